import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Bug, TinyScimServer } from '../../helpers/tiny-scim-server.ts';

const main = fileURLToPath(new URL('../../../replay/main.ts', import.meta.url));
const TIMEOUT_MS = 60_000;

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param stopAfter - Interrupted once its standard error holds this. */
async function run(argv: readonly string[], stopAfter?: string): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (stopAfter !== undefined && stderr.includes(stopAfter)) child.kill('SIGINT');
  });
  await once(child, 'close');
  return { status: child.exitCode, stdout, stderr };
}

async function runAgainst(bugs: readonly Bug[], argv: readonly string[], stopAfter?: string): Promise<Ended> {
  await using server = await TinyScimServer.start(...bugs);
  return await run(['--tenant-url', server.url, '--token', 'secret', ...argv], stopAfter);
}

describe('replay/main.ts', { timeout: TIMEOUT_MS }, () => {
  it('prints its help on standard output with status 0', async () => {
    const { status, stdout, stderr } = await run(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('Examples:');
  });

  it('ends with status 2 and a reason where the command line is wrong', async () => {
    const { status, stdout, stderr } = await run(['--token', 'x']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('--tenant-url');
  });

  it('prints nothing but one JSON object with --json, and ends with status 0', async () => {
    const { status, stdout, stderr } = await runAgainst([], ['--users', '5', '--groups', '1', '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'passed', errors: [] });
    expect(stderr).toContain('initial cycle: users 5/5');
  });

  it('ends with status 1 where an answer was wrong', async () => {
    const { status, stdout } = await runAgainst(['omits Location'], ['--users', '5', '--groups', '1']);
    expect(status).toBe(1);
    expect(stdout).toContain('FAILED');
  });

  it('reports what was done when it is interrupted, and ends with status 130', async () => {
    const { status, stdout } = await runAgainst([], ['--users', '5000', '--verbose'], 'POST /Users');
    expect(status).toBe(130);
    expect(stdout).toContain('INTERRUPTED');
    expect(stdout).toContain('--clean deletes them');
  });

  it('ends with status 1 and one line where the token file cannot be read', async () => {
    const { status, stderr } = await run(['--tenant-url', 'http://127.0.0.1:9/scim', '--token-file', '/no/such/file']);
    expect(status).toBe(1);
    expect(stderr).toContain('cannot read the token file');
  });
});
