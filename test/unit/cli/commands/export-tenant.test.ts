import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENDPOINT, runCli } from '../../../helpers/cli.ts';
import { type FakeAnswers, FakeRefusal } from '../../../helpers/fake-admin-api.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scim-stack-export-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const tenantLine = { kind: 'tenant' as const, tenant: { name: 'acme' } };
const userLine = { kind: 'user' as const, sequence: 1, resource: { id: '1', userName: 'ada@example.com' } };
const twoPages: FakeAnswers = {
  exportTenant: ({ query }) =>
    query['after'] === undefined ? { lines: [tenantLine], next: 'x' } : { lines: [userLine] },
};
const text = `${JSON.stringify(tenantLine)}\n${JSON.stringify(userLine)}\n`;

describe('scim-stack tenants export', () => {
  it('writes every page as JSON Lines', async () => {
    const { stdout } = await runCli(['tenants', 'export', 'acme', ...ENDPOINT], { answers: twoPages });
    expect(stdout).toBe(text);
  });

  it('writes a file that only its owner may read', async () => {
    const path = join(folder, 'acme.jsonl');
    const { stdout } = await runCli(['tenants', 'export', 'acme', '-o', path, ...ENDPOINT], { answers: twoPages });
    expect(await readFile(path, 'utf8')).toBe(text);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(stdout).toBe(`2 lines of acme in ${path}\n`);
  });

  it('leaves an existing file alone, unless told to replace it', async () => {
    const path = join(folder, 'acme.jsonl');
    await writeFile(path, 'precious');
    const args = ['tenants', 'export', 'acme', '-o', path, ...ENDPOINT];
    const { exitCode, stderr } = await runCli(args, { answers: twoPages });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('--force');
    expect(await readFile(path, 'utf8')).toBe('precious');
    await runCli([...args, '--force'], { answers: twoPages });
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('leaves no half of an export behind', async () => {
    const exportTenant: FakeAnswers['exportTenant'] = ({ query }) => {
      if (query['after'] !== undefined) throw new FakeRefusal(500, 'internal', 'internal error');
      return { lines: [tenantLine], next: 'x' };
    };
    const args = ['tenants', 'export', 'acme', '-o', join(folder, 'acme.jsonl'), ...ENDPOINT];
    expect((await runCli(args, { answers: { exportTenant } })).exitCode).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });
});
