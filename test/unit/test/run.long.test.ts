import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ProcessResult, projectRoot, runProcess } from '../../helpers/processes.ts';
import { parts } from '../../runner/parts.ts';

async function npmTest(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<ProcessResult> {
  return await runProcess(process.execPath, [join(projectRoot, 'test', 'run.ts'), ...args], { env });
}

describe('npm test', () => {
  it('tells with --help of every part', async () => {
    const { status, stdout } = await npmTest(['--help']);
    expect(status).toBe(0);
    for (const { name, about } of parts) expect(stdout).toContain(`  ${name.padEnd(14)}${about}\n`);
  });

  it('runs the parts that are asked for, and ends with what came of them', async () => {
    const { status, stdout, stderr } = await npmTest(['boundaries']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^✓ boundaries: [\d.]+ s\n\n1 passed, 0 failed\n$/u);
  });

  it.each([[['untit']], [['--quick']], [['unit', '--project=x']]])('refuses %j in one line', async (args) => {
    const { status, stdout, stderr } = await npmTest(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.trimEnd()).toMatch(/^.+$/u);
  });

  it('ends at once where Python is missing, with the line that installs it', async () => {
    const env = { ...process.env, PATH: '/nowhere', JAVA_HOME: '' };
    expect(await npmTest(['unit', 'conformance'], env)).toEqual({
      status: 2,
      stdout: '',
      stderr: 'Python >= 3.10 is needed, and there is no python3: apt-get install python3 python3-venv\n',
    });
  });

  it('ends at once where Java is missing and cannot be fetched, with the line that installs it', async () => {
    const env = { ...process.env, PATH: '/nowhere', JAVA_HOME: '', SCIM_STACK_JAVA: '' };
    const { status, stdout, stderr } = await npmTest(['dynamodb'], env);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^DynamoDB Local needs Java >= 17: apt-get install openjdk-17-jre-headless \(.+\)\n$/u);
  });
});
