import { beforeEach, describe, expect, it } from 'vitest';
import type { ItemTable } from '../../../directory/store/item-table.ts';
import { AdminApi, PRINCIPAL } from '../../helpers/admin-api.ts';
import { addGroup, addUser, createContext } from '../../helpers/directory.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { nameOwners, own } from '../../helpers/ownership.ts';
import { createTestTable } from '../../helpers/tables.ts';

const path = { tenant: 'acme', application: 'entra' };
const defaults = {
  uniqueGroupNames: true,
  maxPageSize: 100,
  maxMemberChanges: 5_000,
  maxBulkOperations: 1_000,
  maxBulkBytes: 1_048_576,
  eventAttributes: ['userName', 'externalId', 'displayName', 'active'],
  webhookUrl: null,
  retentionDays: 30,
  deleteAfterDeactivatedDays: null,
  returningUsers: 'create',
  requiredAttributes: [],
  inactiveOnCreate: 'accept',
  createDefaults: { timezone: 'Etc/UTC' },
  locallyOwned: [],
};
const features = { create: true, update: true, deactivate: true, delete: true, groups: true };

let table: ItemTable;
let admin: AdminApi;

beforeEach(async () => {
  table = await createTestTable();
  admin = new AdminApi(table, new MemoryVault());
  await admin.ok('createTenant', { body: { name: 'acme' } });
});

describe('tenants', () => {
  it('are made with settings, listed by name, and shown with what they have', async () => {
    const made = await admin.call('createTenant', { body: { name: 'globex', settings: { maxPageSize: 50 } } });
    expect(made.status).toBe(201);
    const { tenants } = await admin.ok('listTenants');
    expect(tenants).toEqual([
      { name: 'acme', state: 'active', created: '2026-11-01T00:00:00.000Z' },
      { name: 'globex', state: 'active', created: '2026-11-01T00:00:00.000Z' },
    ]);
    const context = await createContext(table, { tenant: 'globex' });
    await addGroup(context, 'Sales', [await addUser(context, 'ada'), await addUser(context, 'bob')]);
    await admin.ok('createApplication', { path: { tenant: 'globex' }, body: { name: 'entra' } });
    expect(await admin.ok('showTenant', { path: { tenant: 'globex' } })).toEqual({
      name: 'globex',
      state: 'active',
      created: '2026-11-01T00:00:00.000Z',
      tenantUrl: 'https://abc123.execute-api.aws.example/prod/globex/scim/v2',
      settings: { ...defaults, maxPageSize: 50 },
      counts: { users: 2, groups: 1 },
      applications: [
        {
          name: 'entra',
          created: '2026-11-01T00:00:00.000Z',
          muted: false,
          features,
          immutableExternalId: false,
          token: { state: 'none', warnings: [] },
        },
      ],
    });
  });

  it('have one name each, and never that of the admin API', async () => {
    expect((await admin.call('createTenant', { body: { name: 'acme' } })).status).toBe(409);
    expect((await admin.call('createTenant', { body: { name: 'admin' } })).status).toBe(400);
    expect((await admin.call('createApplication', { path, body: { name: 'Not/possible' } })).status).toBe(400);
    await admin.ok('createApplication', { path, body: { name: 'entra' } });
    expect((await admin.call('createApplication', { path, body: { name: 'entra' } })).status).toBe(409);
  });

  it.each([
    'showTenant',
    'changeTenant',
    'pauseTenant',
    'resumeTenant',
    'suspendTenant',
    'deleteTenant',
    'exportTenant',
    'checkTenant',
    'checkExternalIds',
    'listApplications',
    'createApplication',
    'muteApplication',
    'showToken',
    'issueToken',
    'rotateToken',
    'revokeToken',
    'listUsers',
    'showUser',
    'listGroups',
    'showGroup',
    'listCycles',
  ] as const)('that are not there are 404 to %s', async (operation) => {
    const bodies: Readonly<Record<string, object>> = {
      changeTenant: { settings: {} },
      suspendTenant: { confirm: 'nobody' },
      deleteTenant: { confirm: 'nobody' },
      createApplication: { name: 'entra' },
      muteApplication: { muted: true },
      revokeToken: { which: 'all' },
    };
    const options = { path: { tenant: 'nobody', application: 'x', id: 'x' }, body: bodies[operation] ?? {} };
    const { status, body } = await admin.call(operation, options);
    expect([status, body.error.code]).toEqual([404, 'not_found']);
  });

  it('have their settings changed, but not the one that groups are indexed by', async () => {
    await admin.ok('changeTenant', { path, body: { settings: { uniqueGroupNames: false } } });
    await addGroup(await createContext(table), 'Sales');
    const changed = await admin.ok('changeTenant', { path, body: { settings: { maxMemberChanges: 10 } } });
    expect(changed.settings).toEqual({ ...defaults, uniqueGroupNames: false, maxMemberChanges: 10 });
    const refused = await admin.call('changeTenant', { path, body: { settings: { uniqueGroupNames: true } } });
    expect(refused.status).toBe(409);
  });

  it('are paused for a while, resumed, suspended only by name', async () => {
    const paused = await admin.ok('pauseTenant', { path, body: { minutes: 90 } });
    expect(paused).toMatchObject({ state: 'paused', pausedUntil: '2026-11-01T01:30:00.000Z' });
    expect(paused.advice.join(' ')).toContain('Entra');
    admin.time += 91 * 60_000;
    expect((await admin.ok('showTenant', { path })).state).toBe('active');
    expect((await admin.ok('resumeTenant', { path })).state).toBe('active');
    const unconfirmed = await admin.call('suspendTenant', { path, body: { confirm: 'acmee' } });
    expect([unconfirmed.status, unconfirmed.body.error.code]).toEqual([400, 'unconfirmed']);
    expect((await admin.ok('suspendTenant', { path, body: { confirm: 'acme' } })).state).toBe('suspended');
    expect((await admin.call('pauseTenant', { path, body: {} })).status).toBe(409);
    expect((await admin.ok('resumeTenant', { path })).state).toBe('active');
  });

  it('of before the operators had any say can be changed', async () => {
    await table.writeOne({ kind: 'update', key: { pk: 'T#acme', sk: 'SETTINGS' }, remove: ['version'] });
    await admin.ok('pauseTenant', { path, body: {} });
    await admin.ok('resumeTenant', { path });
  });
});

describe('the audit', () => {
  it('tells who changed what, before and after, newest first', async () => {
    admin.time += 1_000;
    await admin.ok('changeTenant', { path, body: { settings: { maxPageSize: 10 } } });
    admin.time += 1_000;
    await admin.ok('pauseTenant', { path, body: { minutes: 1 }, principal: 'arn:aws:iam::1:user/bob' });
    const { records } = await admin.ok('listAudit');
    expect(records).toMatchObject([
      {
        time: '2026-11-01T00:00:02.000Z',
        principal: 'arn:aws:iam::1:user/bob',
        action: 'tenants.pause',
        tenant: 'acme',
        before: { state: 'active' },
        after: { state: 'paused', pausedUntil: '2026-11-01T00:01:02.000Z' },
      },
      {
        principal: PRINCIPAL,
        action: 'tenants.settings',
        requestId: 'request-1',
        before: { settings: { maxPageSize: 100 } },
        after: { settings: { maxPageSize: 10 } },
      },
      { action: 'tenants.create' },
    ]);
  });

  it('is asked by time, actor and tenant, and holds no refused call', async () => {
    admin.passDays(1);
    await admin.ok('createTenant', { body: { name: 'globex' }, principal: 'arn:aws:iam::1:user/bob' });
    await admin.call('createTenant', { body: { name: 'globex' } });
    const actions = async (query: Record<string, string>) =>
      (await admin.ok('listAudit', { query })).records.map((record: { tenant: string }) => record.tenant);
    expect(await actions({ from: '2026-11-02' })).toEqual(['globex']);
    expect(await actions({ to: '2026-11-01' })).toEqual(['acme']);
    expect(await actions({ actor: 'bob' })).toEqual(['globex']);
    expect(await actions({ tenant: 'acme' })).toEqual(['acme']);
    expect(await actions({})).toEqual(['globex', 'acme']);
  });
});

describe('the export', () => {
  it('has every line of a tenant, deleted users included, once', async () => {
    const context = await createContext(table);
    const ada = await addUser(context, 'ada', { externalId: 'e-1' });
    const group = await addGroup(context, 'Sales', [ada]);
    await admin.ok('createApplication', { path, body: { name: 'entra' } });
    await nameOwners(context, { companyOwners: [ada] });
    await own(context, ada, 'plan');
    const lines = [];
    let next: string | undefined;
    do {
      const page = await admin.ok('exportTenant', { path, query: next === undefined ? {} : { after: next } });
      lines.push(...page.lines);
      next = page.next;
    } while (next !== undefined);
    expect(lines).toMatchObject([
      { kind: 'tenant', tenant: { name: 'acme' } },
      { kind: 'application', application: { name: 'entra' } },
      { kind: 'user', sequence: 2, resource: { id: ada, userName: 'ada', externalId: 'e-1' } },
      { kind: 'group', sequence: 1, resource: { id: group, displayName: 'Sales' } },
      { kind: 'membership', sequence: 1, group, member: ada, type: 'User' },
      { kind: 'owners', subscriptionOwner: null, companyOwners: [ada] },
      { kind: 'ownership', type: 'document', id: 'plan', user: ada },
    ]);
  });

  it('refuses a position that it did not give', async () => {
    const { status } = await admin.call('exportTenant', { path, query: { after: 'x' } });
    expect(status).toBe(400);
  });
});

describe('users and groups', () => {
  it('are read as an identity provider reads them', async () => {
    const context = await createContext(table);
    const id = await addUser(context, 'ada@example.com', { externalId: 'jdoe' });
    const group = await addGroup(context, 'Sales', [id]);
    const found = await admin.ok('listUsers', { path, query: { filter: 'userName eq "ADA@example.com"' } });
    expect(found).toMatchObject({ totalResults: 1, Resources: [{ id, userName: 'ada@example.com' }] });
    expect(await admin.ok('showUser', { path: { ...path, id } })).toMatchObject({ groups: [{ value: group }] });
    expect(await admin.ok('showGroup', { path: { ...path, id: group } })).toMatchObject({ members: [{ value: id }] });
    expect((await admin.ok('listGroups', { path })).Resources).toHaveLength(1);
    expect((await admin.call('listUsers', { path, query: { filter: 'nothing eq' } })).status).toBe(400);
    expect((await admin.call('showUser', { path: { ...path, id: 'unknown' } })).status).toBe(404);
  });

  it('whose externalId is no GUID are counted', async () => {
    const context = await createContext(table);
    const suspect = await addUser(context, 'ada', { externalId: 'ada.l' });
    await addUser(context, 'bob', { externalId: '3f0c5a7e-1111-4222-8333-444455556666' });
    await addUser(context, 'cy');
    const report = await admin.ok('checkExternalIds', { path });
    expect(report).toEqual({ users: 3, suspect: 1, examples: [suspect] });
  });
});
