import { beforeEach, describe, expect, it } from 'vitest';
import type { ItemTable } from '../../../directory/store/item-table.ts';
import { FORMAT } from '../../../directory/store/items.ts';
import { tombstoneKey } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { AUDIT } from '../../../directory/store/tenant-keys.ts';
import { AdminApi, PRINCIPAL } from '../../helpers/admin-api.ts';
import { addGroup, addUser, createContext } from '../../helpers/directory.ts';
import { removeUser } from '../../helpers/lifecycle.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { createTestTable } from '../../helpers/tables.ts';

const tenant = 'acme';
const path = { tenant, application: 'entra' };
const UNKNOWN = '2819c223-7f76-453a-919d-413861904646';

let table: ItemTable;
let admin: AdminApi;

beforeEach(async () => {
  table = await createTestTable();
  admin = new AdminApi(table, new MemoryVault());
  admin.time = Date.now();
  await admin.ok('createTenant', { body: { name: tenant } });
  await admin.ok('createApplication', { path, body: { name: 'entra' } });
});

async function ada(): Promise<string> {
  const context = await createContext(table);
  const id = await addUser(context, 'ada@example.com', { externalId: 'ada-1', displayName: 'Ada' });
  await addGroup(context, 'Sales', [id]);
  return id;
}

/** What the audit has about people. */
async function audited(): Promise<readonly unknown[]> {
  const records = await queryAll(table, { pk: AUDIT });
  return records.flatMap(({ action, principal, after }) =>
    String(action).startsWith('users.') ? [{ action, principal, after }] : [],
  );
}

describe('deleting, restoring and purging a user', () => {
  it('is an operator’s, and recorded with the principal and nothing of the person but the id', async () => {
    const id = await ada();
    expect(await admin.ok('deleteUser', { path: { tenant, id }, body: {} })).toEqual({ id });
    expect((await admin.call('showUser', { path: { tenant, id } })).status).toBe(404);
    const { users } = await admin.ok('listDeletedUsers', { path });
    expect(users).toMatchObject([
      { id, userName: 'ada@example.com', externalId: 'ada-1', displayName: 'Ada', deletedBy: '@operator' },
    ]);
    expect(Date.parse(users[0].restorableUntil) - Date.parse(users[0].deletedAt)).toBe(30 * 86_400_000);
    const restored = await admin.ok('restoreUser', { path: { tenant, id }, body: {} });
    expect(restored).toMatchObject({ id, done: true, groups: [expect.any(String)], skipped: [] });
    expect((await admin.ok('showUser', { path: { tenant, id } })).groups).toHaveLength(1);
    await admin.ok('deleteUser', { path: { tenant, id }, body: {} });
    expect((await admin.call('purgeUser', { path: { tenant, id }, body: { confirm: tenant } })).status).toBe(400);
    expect(await admin.ok('purgeUser', { path: { tenant, id }, body: { confirm: id } })).toEqual({ id, done: true });
    expect((await admin.ok('listDeletedUsers', { path })).users).toEqual([]);
    const record = (action: string) => ({ action, principal: PRINCIPAL, after: { id } });
    expect(await audited()).toHaveLength(4);
    expect(await audited()).toEqual(
      expect.arrayContaining([record('users.delete'), record('users.restore'), record('users.purge')]),
    );
    expect(JSON.stringify(await queryAll(table, { pk: AUDIT }))).not.toMatch(/ada@|ada-1/);
  });

  it('is refused where it cannot be, and records nothing', async () => {
    const id = await ada();
    const call = async (operation: 'deleteUser' | 'restoreUser' | 'purgeUser', of: string) => {
      const body = operation === 'purgeUser' ? { confirm: of } : {};
      const answer = await admin.call(operation, { path: { tenant, id: of }, body });
      return [answer.status, answer.body.error?.code];
    };
    expect(await call('restoreUser', id)).toEqual([409, 'conflict']);
    expect(await call('purgeUser', id)).toEqual([409, 'conflict']);
    for (const operation of ['deleteUser', 'restoreUser', 'purgeUser'] as const) {
      expect(await call(operation, UNKNOWN)).toEqual([404, 'not_found']);
    }
    expect(await audited()).toEqual([]);
  });

  it('lists the deleted page after page, in no other tenant', async () => {
    const context = await createContext(table);
    const ids: string[] = [];
    for (let n = 0; n < 101; n++) ids.push(await addUser(context, `user-${n}`));
    for (const id of ids) await removeUser(context, id);
    const first = await admin.ok('listDeletedUsers', { path });
    const second = await admin.ok('listDeletedUsers', { path, query: { after: first.next } });
    expect([...first.users, ...second.users].map(({ id }) => id).sort()).toEqual(ids.sort());
    expect(second.next).toBeUndefined();
    await admin.ok('createTenant', { body: { name: 'globex' } });
    expect((await admin.ok('listDeletedUsers', { path: { tenant: 'globex' } })).users).toEqual([]);
    expect((await admin.call('restoreUser', { path: { tenant: 'globex', id: ids[0] ?? '' }, body: {} })).status).toBe(
      404,
    );
  });
});

describe('what is due', () => {
  it('is told for as many days ahead as asked', async () => {
    const id = await ada();
    await admin.ok('deleteUser', { path: { tenant, id }, body: {} });
    const due = async (days?: string) => {
      const found: unknown[] = [];
      let after: string | undefined;
      do {
        const query = { ...(days === undefined ? {} : { days }), ...(after === undefined ? {} : { after }) };
        const page = await admin.ok('listDue', { path, query });
        found.push(...page.due);
        after = page.next;
      } while (after !== undefined);
      return found;
    };
    expect(await due()).toEqual([]);
    expect(await due('29')).toEqual([]);
    expect(await due('31')).toMatchObject([{ action: 'purge', id, userName: 'ada@example.com' }]);
    admin.passDays(31);
    expect(await due()).toHaveLength(1);
  });

  it('says how many could not be read', async () => {
    const id = await ada();
    await admin.ok('deleteUser', { path: { tenant, id }, body: {} });
    await table.writeOne({ kind: 'put', item: { ...tombstoneKey(tenant, 'User', UNKNOWN), format: FORMAT } });
    const unreadable: unknown[] = [];
    let after: string | undefined;
    do {
      const page = await admin.ok('listDue', { path, query: after === undefined ? {} : { after } });
      unreadable.push(page.unreadable);
      after = page.next;
    } while (after !== undefined);
    expect(unreadable).toEqual([0, 1]);
  });
});

describe('the settings about users', () => {
  it('are kept in the schemas’ spelling, and refused where they name nothing', async () => {
    const settings = { requiredAttributes: ['DisplayName'], locallyOwned: ['title'], returningUsers: 'relink' };
    const changed = await admin.ok('changeTenant', { path, body: { settings } });
    expect(changed.settings).toMatchObject({ ...settings, requiredAttributes: ['displayName'] });
    const refused = async (change: object) => {
      const { status, body } = await admin.call('changeTenant', { path, body: { settings: change } });
      return [status, body.error.message];
    };
    expect(await refused({ requiredAttributes: ['shoeSize'] })).toEqual([400, expect.stringContaining('shoeSize')]);
    expect(await refused({ locallyOwned: ['displayName'] })).toEqual([400, expect.stringContaining('one of the two')]);
    expect(await refused({ retentionDays: 0 })).toEqual([400, expect.stringContaining('retentionDays')]);
    expect((await admin.call('createTenant', { body: { name: 'x', settings: { locallyOwned: ['id'] } } })).status).toBe(
      400,
    );
  });

  it.each([
    ['https://hooks.example.com/scim?x=1', 200],
    ['http://127.0.0.1:9000/hook', 200],
    ['http://localhost/hook', 200],
    [null, 200],
    ['http://hooks.example.com/', 400],
    ['https://user:secret@hooks.example.com/', 400],
    ['https://hooks.example.com/#part', 400],
    ['ftp://hooks.example.com/', 400],
    ['no url', 400],
  ])('take a webhook URL %s: %i', async (webhookUrl, status) => {
    expect((await admin.call('changeTenant', { path, body: { settings: { webhookUrl } } })).status).toBe(status);
  });

  it('know the attributes of the tenant’s own schemas', async () => {
    const document = {
      id: 'urn:example:badge:1.0:User',
      name: 'Badge',
      description: 'Badges of the office',
      attributes: [{ name: 'color', type: 'string', description: 'Of the badge' }],
    };
    await admin.ok('addSchema', { path, body: { document } });
    const locallyOwned = ['urn:example:badge:1.0:User:COLOR'];
    const { settings } = await admin.ok('changeTenant', { path, body: { settings: { locallyOwned } } });
    expect(settings.locallyOwned).toEqual(['urn:example:badge:1.0:User:color']);
  });
});

describe('what an application may do', () => {
  it('is switched one by one, and recorded', async () => {
    const off = { features: { delete: false } };
    const first = await admin.ok('configureApplication', { path, body: off });
    expect(first).toMatchObject({
      features: { create: true, delete: false, groups: true },
      immutableExternalId: false,
    });
    admin.time += 1; // the audit is in the order of time
    const second = await admin.ok('configureApplication', {
      path,
      body: { features: { groups: false }, immutableExternalId: true },
    });
    expect(second).toMatchObject({ features: { delete: false, groups: false }, immutableExternalId: true });
    const { applications } = await admin.ok('listApplications', { path });
    expect(applications).toMatchObject([second]);
    const { records } = await admin.ok('listAudit');
    const configured = records.filter(({ action }: { action: string }) => action === 'applications.configure');
    expect(configured).toHaveLength(2);
    expect(configured[0]).toMatchObject({ application: 'entra', after: { immutableExternalId: true } });
    await admin.ok('configureApplication', { path, body: { immutableExternalId: true } });
    expect((await admin.ok('listAudit')).records).toHaveLength(records.length);
  });

  it('is refused for an application that is not there, and a switch that is none', async () => {
    const missing = { path: { tenant, application: 'okta' }, body: {} };
    expect((await admin.call('configureApplication', missing)).status).toBe(404);
    expect((await admin.call('configureApplication', { path, body: { features: { fly: false } } })).status).toBe(400);
  });
});
