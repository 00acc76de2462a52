import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { getOrCreateAdminKey } from '../../../local/admin-key.ts';
import { type DirectoryServer, ensureTenants, startDirectoryServer } from '../../../local/directory-server.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { type CliRun, runCli } from '../../helpers/cli.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { MemoryTokenStore, patchOf, RecordedLog } from '../../helpers/scim-server.ts';
import { createTestTable } from '../../helpers/tables.ts';

let folder: string;
let server: DirectoryServer;
let token: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scim-stack-guard-'));
  const key = await getOrCreateAdminKey(join(folder, 'admin.key'), randomBytes);
  const tokens = new MemoryTokenStore();
  const table = await createTestTable();
  const admin = { key, vault: new MemoryVault() };
  server = await startDirectoryServer({ host: '127.0.0.1', port: 0, table, tokens, admin, log: new RecordedLog() });
  await ensureTenants(table, ['acme'], new Date());
  token = tokens.issue('acme');
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function cli(...argv: readonly string[]): Promise<CliRun> {
  const local = ['--local', folder, '--endpoint', `http://127.0.0.1:${server.port}/admin`];
  return await runCli([...argv, ...local], { fetch });
}

async function scim(method: string, path: string, body: JsonObject): Promise<{ status: number; json: JsonObject }> {
  const response = await fetch(`${server.tenantUrl('acme')}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as JsonObject };
}

it('shows, lists, releases and rejects what is held', { timeout: 60_000 }, async () => {
  expect((await cli('guard', 'set', 'acme', '--at-least', '1', '--percent', '0')).exitCode).toBe(0);
  const ids: string[] = [];
  for (const n of [0, 1, 2, 3]) {
    ids.push(String((await scim('POST', '/Users', { userName: `user-${n}@example.com`, active: true })).json['id']));
  }
  const body = patchOf({ op: 'replace', path: 'active', value: false });
  const statuses: number[] = [];
  for (const id of ids) statuses.push((await scim('PATCH', `/Users/${id}`, body)).status);
  expect(statuses).toEqual([200, 503, 503, 503]);

  expect((await cli('guard', 'show', 'acme')).stdout).toMatch(/default +on +60 min +1 of 1 +0 of 1 +holds/);
  const listed = (await cli('guard', 'list', 'acme')).stdout;
  expect(listed).toContain('u…@e…');
  expect(listed).not.toContain('user-1@example.com');

  expect((await cli('guard', 'release', 'acme', '--user', 'user-1@example.com')).stdout).toContain('is released');
  expect((await cli('guard', 'reject', 'acme', '--user', 'user-2@example.com')).stdout).toContain('is rejected');
  expect((await scim('PATCH', `/Users/${ids[2]}`, body)).status).toBe(400);
  expect((await cli('guard', 'release', 'acme', '--all', '--yes')).stdout).toContain('1 request of default released');
  expect((await scim('PATCH', `/Users/${ids[3]}`, body)).status).toBe(200);
  expect((await cli('guard', 'clear', 'acme', '--all')).stdout).toContain('1 request of default cleared');
  expect((await cli('guard', 'release', 'acme')).exitCode).toBe(2);
  const actions = (await cli('audit', '--tenant', 'acme')).stdout;
  for (const action of ['policy.set', 'guard.release', 'guard.decide', 'guard.clear'])
    expect(actions).toContain(action);
});
