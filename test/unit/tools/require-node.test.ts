import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ProcessResult, projectRoot, runProcess } from '../../helpers/processes.ts';

const guard = join(projectRoot, 'tools', 'require-node.mjs');

/** Runs the guard as if under another version of Node. */
async function runUnder(version: string, file = guard): Promise<ProcessResult> {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  return await runProcess(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, file]);
}

describe('require-node', () => {
  it.each(['24.0.0', '24.21.0', '26.1.0'])('says nothing under Node %s', async (version) => {
    expect(await runUnder(version)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.each(['18.20.0', '20.20.2', '22.22.0', '23.11.1'])(
    'says in one line what to do under Node %s',
    async (version) => {
      const { status, stdout, stderr } = await runUnder(version);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^scim-stack needs Node 24, and this is [\d.]+: run "npm ci" .* or install Node 24\n$/u);
      expect(stderr).toContain(version);
    },
  );

  it('says so when npm ci was not run', async () => {
    const root = await mkdtemp(join(tmpdir(), 'scim-stack-guard-'));
    try {
      await mkdir(join(root, 'tools'));
      await copyFile(guard, join(root, 'tools', 'require-node.mjs'));
      const { status, stderr } = await runUnder('24.21.0', join(root, 'tools', 'require-node.mjs'));
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: 'scim-stack has no dependencies installed: run "npm ci"\n',
      });
    } finally {
      await rm(root, { recursive: true });
    }
  });

  it('stands before every npm script', async () => {
    const { scripts } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8'));
    const unguarded = Object.entries(scripts).filter(
      ([, script]) => !String(script).startsWith('node tools/require-node.mjs && '),
    );
    expect(unguarded).toEqual([]);
  });

  it('asks for the version that package.json brings', async () => {
    const { devDependencies } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8'));
    expect((await runUnder('4.0.0')).stderr).toContain(`needs Node ${String(devDependencies.node).split('.')[0]},`);
  });
});
