import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemRuntime } from '../../../lambda/aws/runtime.ts';
import { AFTERWARDS_MILLIS } from '../../../lambda/http/afterwards.ts';
import { getOrCreateAdminKey } from '../../../local/admin-key.ts';
import { type DirectoryServer, ensureTenants, startDirectoryServer } from '../../../local/directory-server.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { type CliRun, runCli } from '../../helpers/cli.ts';
import { createStreamedTable, drain, RecordingPublisher } from '../../helpers/feed.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { patchOf, RecordedLog } from '../../helpers/scim-server.ts';

let folder: string;
let server: DirectoryServer;
let token: string;
let ada: string;
let sales: string;
let log: RecordedLog;
let offsetMillis = 0;
const now = () => Date.now() + offsetMillis;

const local = () => ['--local', folder, '--endpoint', `http://127.0.0.1:${server.port}/admin`];

async function cli(...argv: readonly string[]): Promise<CliRun> {
  return await runCli([...argv, ...local()], { fetch, dependencies: { now: () => new Date(now()) } });
}

/** Entries of the report, newest first; it must succeed. */
// biome-ignore lint/suspicious/noExplicitAny: whatever was answered; a test's expectations are its check.
async function report(...argv: readonly string[]): Promise<any[]> {
  const { exitCode, stdout, stderr } = await cli('report', ...argv, '--json');
  if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout).entries;
}

async function scim(method: string, path: string, body?: JsonObject) {
  const response = await fetch(`${server.tenantUrl('acme')}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { requestId: response.headers.get('x-amzn-requestid'), body: text === '' ? undefined : JSON.parse(text) };
}

/** A customer's morning: Ada arrives, is renamed, joins a group; two requests fail, one changes nothing. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scim-stack-report-'));
  const key = await getOrCreateAdminKey(join(folder, 'admin.key'), randomBytes);
  const vault = new MemoryVault();
  log = new RecordedLog();
  const streamed = await createStreamedTable();
  const { table } = streamed;
  await ensureTenants(table, ['acme', 'globex'], new Date());
  // However loaded the machine is, what the log has to take is taken.
  const sleep = (millis: number) => systemRuntime.sleep(millis === AFTERWARDS_MILLIS ? 30_000 : millis);
  const runtime = { ...systemRuntime, now, sleep };
  const admin = { key, vault };
  server = await startDirectoryServer({ host: '127.0.0.1', port: 0, table, tokens: vault, admin, log, runtime });
  token = JSON.parse((await cli('tokens', 'issue', 'acme', '--json')).stdout).token;
  const user = { userName: 'ada.byron@example.com', externalId: 'emp-7', title: 'Miss' };
  ada = (await scim('POST', '/Users', user)).body.id;
  sales = (await scim('POST', '/Groups', { displayName: 'Sales', members: [{ value: ada }] })).body.id;
  const rename = patchOf({ op: 'replace', value: { userName: 'ada.lovelace@example.com', title: 'Countess' } });
  await scim('PATCH', `/Users/${ada}`, rename);
  await scim('PATCH', `/Users/${ada}`, rename);
  await scim('POST', '/Users', { userName: 'ADA.lovelace@example.com' });
  await scim('GET', '/Users?filter=userName%20eq');
  await drain(streamed, new RecordingPublisher());
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe('scim-stack report against the local run', () => {
  it('has every action and its outcome, newest first, with its cycle', async () => {
    const entries = await report('acme');
    expect(
      entries.map(({ operation, outcome, resource, status }) => [operation, outcome, resource?.type, status]),
    ).toEqual([
      ['read', 'failed', 'User', 400],
      ['create', 'failed', 'User', 409],
      ['update', 'unchanged', 'User', 200],
      ['update', 'success', 'User', undefined],
      ['create', 'success', 'Group', undefined],
      ['create', 'success', 'User', undefined],
    ]);
    expect(new Set(entries.map(({ cycle }) => cycle)).size).toBe(1);
    expect(entries.every(({ cycle }) => cycle !== undefined)).toBe(true);
  });

  it('names the request that the client was answered, so that both sides can speak of it', async () => {
    const { requestId } = await scim('DELETE', '/Users/00000000-0000-4000-8000-000000000000');
    expect((await report('acme', '--limit', '1'))[0]).toMatchObject({ requestId, operation: 'delete', status: 404 });
  });

  it.each([
    ['her id', () => ada, 3],
    ['the externalId', () => 'emp-7', 3],
    ['what she is called', () => 'ada.lovelace@example.com', 4],
    ['what she was called', () => 'Ada.Byron@example.com', 3],
  ])('finds what happened to a person by %s', async (_, user, count) => {
    const entries = await report('acme', '--user', user());
    expect(entries).toHaveLength(count);
    expect(entries.every(({ resource }) => resource.type === 'User')).toBe(true);
  });

  it('combines user, application, timespan and outcome', async () => {
    const user = ['--user', 'ada.lovelace@example.com'];
    expect(await report('acme', ...user, '--outcome', 'failed')).toMatchObject([{ operation: 'create', status: 409 }]);
    expect(await report('acme', ...user, '--application', 'default', '--from', '1h')).toHaveLength(4);
    expect(await report('acme', ...user, '--application', '@operator', '--from', '1h')).toEqual([]);
    expect(await report('acme', ...user, '--application', 'default', '--to', '1h')).toEqual([]);
    expect(await report('globex')).toEqual([]);
  });

  it('shows a group by its id, with its name', async () => {
    expect(await report('acme', '--user', sales)).toMatchObject([
      { names: { displayName: 'Sales' }, membersAdded: [ada], operation: 'create' },
    ]);
  });

  it('masks personal values unless an operator asks, which is recorded without them', async () => {
    const masked = JSON.stringify(await report('acme', '--user', ada));
    expect(masked).not.toMatch(/lovelace|byron|emp-7|Countess/i);
    const [rename] = await report('acme', '--user', 'ada.lovelace@example.com', '--reveal', '--outcome', 'success');
    expect(rename.names).toMatchObject({ userName: 'ada.lovelace@example.com', externalId: 'emp-7' });
    expect(rename.changes).toContainEqual({ path: 'title', before: 'Miss', after: 'Countess' });
    const audit = JSON.parse((await cli('audit', '--tenant', 'acme', '--json')).stdout);
    expect(audit.records[0]).toMatchObject({
      action: 'log.reveal',
      after: { outcome: 'success', user: expect.any(String) },
    });
    expect(JSON.stringify(audit)).not.toContain('lovelace');
    expect(JSON.stringify(log.lines)).not.toMatch(/lovelace|byron|emp-7|Countess/i);
  });

  it('writes CSV and JSON Lines of all of it', async () => {
    const csv = (await cli('report', 'acme', '--format', 'csv')).stdout.trimEnd().split('\r\n');
    const lines = (await cli('report', 'acme', '--format', 'json')).stdout.trimEnd().split('\n');
    expect(csv).toHaveLength(lines.length + 1);
    expect(lines.length).toBeGreaterThanOrEqual(6);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ application: expect.any(String) });
  });

  it('explains what cannot be asked', async () => {
    expect(await cli('report', 'initech')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('there is no tenant "initech"'),
    });
    expect(await cli('report', 'acme', '--application', 'okta')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('has no application "okta"'),
    });
  });

  it('is shortened by nothing but a purge, which leaves the last day', async () => {
    const early = await cli('log', 'purge', 'acme', '--before', '1h', '--yes');
    expect(early).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('the log of the last 24 hours stays') });
    const before = (await report('acme')).length;
    offsetMillis += 400 * 86_400_000;
    expect(await report('acme')).toHaveLength(before);
    const purged = await cli('log', 'purge', 'acme', '--before', '365d', '--yes');
    expect(purged).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+ items of before/) });
    expect(await report('acme')).toEqual([]);
  });
});
