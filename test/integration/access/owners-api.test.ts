import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { type DirectoryServer, ensureTenants, startDirectoryServer } from '../../../local/directory-server.ts';
import { AdminApi } from '../../helpers/admin-api.ts';
import { createContext } from '../../helpers/directory.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { addReport } from '../../helpers/ownership.ts';
import { MemoryTokenStore, RecordedLog } from '../../helpers/scim-server.ts';
import { createTestTable } from '../../helpers/tables.ts';

const KEY = 'k'.repeat(43);
const table = await createTestTable();
const tokens = new MemoryTokenStore();
let server: DirectoryServer;
let context: DirectoryContext;
let admin: AdminApi;
let ada: string;
let bob: string;
let eve: string;

beforeAll(async () => {
  context = await createContext(table);
  await ensureTenants(table, ['globex'], new Date());
  const signed = { key: KEY, vault: new MemoryVault() };
  server = await startDirectoryServer({
    host: '127.0.0.1',
    port: 0,
    table,
    tokens,
    admin: signed,
    log: new RecordedLog(),
  });
  admin = new AdminApi(table, new MemoryVault());
  [ada, bob, eve] = [await addReport(context, 'ada'), await addReport(context, 'bob'), await addReport(context, 'eve')];
});

afterAll(async () => {
  await server.close();
});

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(`http://127.0.0.1:${server.port}/application${path}`, {
    method,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>) };
}

describe('owners', () => {
  it('are nobody at first, and nothing can be registered', async () => {
    expect(await call('GET', '/acme/owners')).toEqual({
      status: 200,
      body: { version: 0, subscriptionOwner: null, companyOwners: [] },
    });
    const { status, body } = await call('PUT', '/acme/ownerships/project/1', { user: ada });
    expect([status, body?.['detail']]).toEqual([409, expect.stringContaining('PUT owners')]);
  });

  it('are named by the application and by operators, audited, and are the same to both', async () => {
    const put = await call('PUT', '/acme/owners', { companyOwners: [ada, bob, ada] });
    expect(put.body).toEqual({ version: 1, subscriptionOwner: null, companyOwners: [ada, bob] });
    const path = { tenant: 'acme' };
    const set = await admin.ok('setOwners', { path, body: { subscriptionOwner: eve } });
    expect(set).toEqual({ version: 2, subscriptionOwner: eve, companyOwners: [ada, bob] });
    expect(await admin.ok('showOwners', { path })).toEqual(set);
    expect((await call('GET', '/acme/owners')).body).toEqual(set);
    const { records } = await admin.ok('listAudit', { query: { tenant: 'acme' } });
    const own = records.filter(({ action }: { action: string }) => action === 'owners.set');
    expect(own.map(({ principal }: { principal: string }) => principal)).toEqual(
      expect.arrayContaining(['@application', expect.stringContaining('arn:')]),
    );
    expect(own).toContainEqual(
      expect.objectContaining({ after: { subscriptionOwner: eve, companyOwners: [ada, bob] } }),
    );
  });

  it('that cannot be are refused, and nothing changes', async () => {
    const before = (await call('GET', '/acme/owners')).body;
    for (const body of [
      { companyOwners: [] },
      { companyOwners: ['nobody'] },
      { subscriptionOwner: 7 },
      { more: 1 },
      [],
    ]) {
      expect((await call('PUT', '/acme/owners', body)).status).toBe(400);
    }
    const { status } = await admin.call('setOwners', { path: { tenant: 'acme' }, body: { companyOwners: [] } });
    expect(status).toBe(400);
    // Of another tenant's users nobody is known.
    expect((await call('PUT', '/globex/owners', { companyOwners: [ada] })).status).toBe(400);
    expect((await call('GET', '/acme/owners')).body).toEqual(before);
  });
});

describe('ownerships', () => {
  const path = `/acme/ownerships/project/${encodeURIComponent('7/ü#1')}`;
  const thing = { type: 'project', id: '7/ü#1' };

  it('are registered, moved, listed, found and removed', async () => {
    expect(await call('PUT', path, { user: bob })).toEqual({ status: 200, body: { ...thing, user: bob, number: 1 } });
    expect((await call('PUT', path, { user: ada })).body).toEqual({ ...thing, user: ada, number: 2 });
    expect((await call('GET', path)).body).toEqual({ ...thing, user: ada, number: 2 });
    const listed = { ownerships: [{ ...thing, user: ada, number: 2 }] };
    expect((await call('GET', `/acme/ownerships?user=${ada}`)).body).toEqual(listed);
    expect(await admin.ok('listOwnerships', { path: { tenant: 'acme', id: ada } })).toEqual(listed);
    expect((await call('GET', `/acme/ownerships?user=${bob}`)).body).toEqual({ ownerships: [] });
    expect((await call('GET', '/globex/ownerships/project/7')).status).toBe(404);
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('GET', path)).status).toBe(404);
  });

  it('are refused where they cannot be', async () => {
    expect((await call('PUT', '/acme/ownerships/a%23b/1', { user: ada })).status).toBe(400);
    expect((await call('PUT', '/acme/ownerships/project/%00', { user: ada })).status).toBe(400);
    expect((await call('PUT', path, { user: 'nobody' })).status).toBe(400);
    expect((await call('PUT', path, {})).status).toBe(400);
    expect((await call('GET', '/acme/ownerships')).status).toBe(400);
    for (const after of ['', 'project', `project%23${'x'.repeat(300)}`, '%23', 'project%23%00']) {
      expect((await call('GET', `/acme/ownerships?user=${ada}&after=${after}`)).status).toBe(400);
    }
    expect((await call('GET', `/acme/ownerships?user=${ada}&after=project%237`)).status).toBe(200);
    expect((await call('POST', path, { user: ada })).status).toBe(405);
  });

  it('of somebody whom an operator deletes pass on; the only company owner cannot be deleted', async () => {
    await call('PUT', path, { user: eve });
    const users = (id: string) => ({ path: { tenant: 'acme', id }, body: {} });
    await admin.ok('deleteUser', users(eve));
    expect((await call('GET', path)).body).toMatchObject({ user: ada });
    await admin.ok('deleteUser', users(ada));
    expect((await call('GET', path)).body).toMatchObject({ user: bob });
    const { status, body } = await admin.call('deleteUser', users(bob));
    expect([status, body.error.message]).toEqual([409, expect.stringContaining('owners set')]);
  });
});
