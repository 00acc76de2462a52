import { beforeEach, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import type { ScannableTable } from '../../../directory/store/item-table.ts';
import { policyKey } from '../../../directory/store/tenant-keys.ts';
import { TenantCache } from '../../../directory/tenants.ts';
import type { Difference, Move } from '../../../lambda/contract/access-routes.ts';
import type { JsonObject, JsonValue } from '../../../scim/json.ts';
import { policy } from '../../helpers/access.ts';
import { AdminApi } from '../../helpers/admin-api.ts';
import { addGroup, addUser, createContext, patch } from '../../helpers/directory.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { seedMembers, seedUsers } from '../../helpers/seed.ts';
import { createTestTable, tableKind } from '../../helpers/tables.ts';

const path = { tenant: 'acme' };
const guard = { mode: 'on', percent: 20, atLeast: 50, windowMinutes: 60, applications: {} };
const empty = {
  roles: [],
  defaultRole: null,
  mappings: [],
  signIn: { matchBy: 'externalId', heldUsers: 'deny' },
  guard,
};

let table: ScannableTable;
let admin: AdminApi;

beforeEach(async () => {
  table = await createTestTable();
  admin = new AdminApi(table, new MemoryVault());
  for (const name of ['acme', 'globex']) await admin.ok('createTenant', { body: { name } });
});

async function set(document: JsonValue, version?: number) {
  const bound = version === undefined ? {} : { version };
  return await admin.call('setPolicy', { path, body: { policy: document, ...bound } });
}

describe('the policy of a tenant', () => {
  it('is empty at first, and has every default written out', async () => {
    expect(await admin.ok('showPolicy', { path })).toEqual({ version: 0, policy: empty });
    await set(policy);
    expect(await admin.ok('showPolicy', { path })).toEqual({
      version: 1,
      changedAt: '2026-11-01T00:00:00.000Z',
      policy: { ...empty, ...policy },
    });
    expect(await admin.ok('showPolicy', { path: { tenant: 'globex' } })).toEqual({ version: 0, policy: empty });
  });

  it('tells in what it differs from the one before', async () => {
    await set(policy);
    const { body } = await set({
      roles: ['editor', 'admin', 'guest'],
      defaultRole: 'guest',
      mappings: [
        { by: 'displayName', value: 'Admins', role: 'editor' },
        { by: 'externalId', value: 'x-1', role: 'admin' },
      ],
      signIn: { matchBy: 'userName' },
    });
    expect(body.version).toBe(2);
    expect(body.differences).toEqual([
      { kind: 'added', what: 'role guest' },
      { kind: 'removed', what: 'role viewer' },
      { kind: 'changed', what: 'rank of roles', before: 'admin > editor', after: 'editor > admin' },
      { kind: 'changed', what: 'mapping of the group with displayName "Admins"', before: 'admin', after: 'editor' },
      { kind: 'removed', what: 'mapping of the group with displayName "Editors"', before: 'editor' },
      { kind: 'added', what: 'mapping of the group with externalId "x-1"', after: 'admin' },
      { kind: 'changed', what: 'defaultRole', before: 'viewer', after: 'guest' },
      { kind: 'changed', what: 'signIn.matchBy', before: 'externalId', after: 'userName' },
    ] satisfies Difference[]);
  });

  it('is what an export of it says, applied again: nothing changes, and nothing is recorded', async () => {
    await set(policy);
    const { policy: exported } = await admin.ok('showPolicy', { path });
    expect((await set(exported)).body).toMatchObject({ version: 1, differences: [] });
    const { records } = await admin.ok('listAudit', { query: { tenant: 'acme' } });
    expect(records.filter(({ action }: { action: string }) => action === 'policy.set')).toHaveLength(1);
  });

  it('is bound to the version that it was made from', async () => {
    await set(policy, 0);
    const stale = await set({}, 0);
    expect([stale.status, stale.body.error.code]).toEqual([409, 'conflict']);
    expect(stale.body.error.message).toContain('version 1');
    expect((await set({}, 1)).body).toMatchObject({ version: 2, policy: empty });
  });

  it('is one of those that are set at the same time, and every version is recorded', async () => {
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((role) => set({ roles: [role] })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status !== 200 && status !== 409)).toEqual([]);
    const done = answers.filter(({ status }) => status === 200);
    const { version } = await admin.ok('showPolicy', { path });
    expect(new Set(done.map(({ body }) => body.version)).size).toBe(version);
    const { records } = await admin.ok('listAudit', { query: { tenant: 'acme' } });
    expect(records.filter(({ action }: { action: string }) => action === 'policy.set')).toHaveLength(version);
  });

  it('is recorded, with what was before', async () => {
    admin.time += 1;
    await set(policy);
    admin.time += 1;
    await set({});
    const { records } = await admin.ok('listAudit', { query: { tenant: 'acme' } });
    expect(records).toMatchObject([
      { action: 'policy.set', before: policy, after: empty },
      { action: 'policy.set', before: empty, after: policy },
      { action: 'tenants.create' },
    ]);
  });

  it('is refused with every fault at once, and nothing is written', async () => {
    const { status, body } = await set({
      roles: ['admin', 'Admin', ' x', 7],
      defaultRole: 'nobody',
      mappings: [
        { by: 'name', value: 'Admins', role: 'admin' },
        { by: 'id', value: 'Sales', role: 'admin' },
        { by: 'displayName', value: '', role: 'admin', more: true },
        { by: 'externalId', value: 'a\u0001b', role: 'admin' },
        { by: 'externalId', value: 'a\ud800', role: 'admin' },
      ],
      signIn: { matchBy: 'phone', heldUsers: 'maybe' },
      guard: { mode: 'loud', percent: 120, applications: { 'a b': {}, entra: { atLeast: 0 } } },
      ownership: 1,
    });
    expect([status, body.error.code]).toEqual([400, 'invalid']);
    for (const place of [
      'roles.2: expected the name of a role',
      'roles.3:',
      'mappings.0.by:',
      'mappings.1.value: expected the id of a group',
      'mappings.2.value:',
      'mappings.2: Unrecognized key: "more"',
      'mappings.3.value: expected text without control characters',
      'mappings.4.value: expected text without control characters',
      'signIn.matchBy:',
      'signIn.heldUsers:',
      'guard.mode:',
      'guard.percent:',
      'guard.applications.a b:',
      'guard.applications.entra.atLeast:',
      'the policy: Unrecognized key: "ownership"',
    ]) {
      expect(body.error.message).toContain(`- ${place}`);
    }
    expect(await admin.ok('showPolicy', { path })).toEqual({ version: 0, policy: empty });
  });

  it('is refused where it names what is not there, or the same thing twice', async () => {
    const { status, body } = await set({
      roles: ['admin', 'Admin'],
      defaultRole: 'nobody',
      mappings: [
        { by: 'displayName', value: 'Sales', role: 'seller' },
        { by: 'displayName', value: 'SALES', role: 'admin' },
        { by: 'externalId', value: 'Sales', role: 'admin' },
        { by: 'externalId', value: 'SALES', role: 'admin' },
      ],
    });
    expect(status).toBe(400);
    expect(body.error.message.split('\n')).toEqual([
      'this cannot be a policy:',
      '- roles.1: the same name as roles.0, but for upper and lower case',
      '- defaultRole: "nobody" is none of the roles',
      '- mappings.0.role: "seller" is none of the roles',
      '- mappings.1: the same group as mappings.0',
    ]);
  });

  it.each([[[]], ['x'], [null], [7]])('is refused where it is no object: %j', async (document) => {
    const { status, body } = await set(document);
    expect([status, body.error.message]).toEqual([400, expect.stringContaining('- the policy:')]);
  });

  it('is refused where it is too large to be read at every sign-in', async () => {
    const mapping = (n: number) => ({ by: 'displayName', value: `${n}-${'x'.repeat(500)}`, role: 'admin' });
    const mappings = Array.from({ length: 500 }, (_, n) => mapping(n));
    expect((await set({ roles: ['admin'], mappings })).body.error.message).toContain('at most 100000 are possible');
    const more = { roles: ['admin'], mappings: [...mappings, mapping(500)] };
    expect((await set(more)).body.error.message).toContain('- mappings: Too big');
  });

  it('is recorded in pages that an answer can hold, however large it is', async () => {
    const large = (role: string) => ({
      roles: [role],
      mappings: Array.from({ length: 160 }, (_, n) => ({ by: 'externalId', value: `${n}-${'x'.repeat(500)}`, role })),
    });
    for (let n = 0; n < 40; n++) {
      admin.time += 1;
      await set(large(`role ${n}`));
    }
    const sizes: number[] = [];
    let found = 0;
    for (let after: string | undefined, isLast = false; !isLast; isLast = after === undefined) {
      const page = await admin.ok('listAudit', {
        query: { tenant: 'acme', ...(after === undefined ? {} : { after }) },
      });
      sizes.push(Buffer.byteLength(JSON.stringify(JSON.stringify(page))));
      found += page.records.length;
      after = page.next;
    }
    expect([found, sizes.length > 1]).toEqual([41, true]);
    expect(Math.max(...sizes)).toBeLessThan(6_000_000);
  });

  it('of no tenant, or one that is being deleted, is refused, and goes with the tenant', async () => {
    expect((await admin.call('setPolicy', { path: { tenant: 'nobody' }, body: { policy } })).status).toBe(404);
    expect((await admin.call('showPolicy', { path: { tenant: 'nobody' } })).status).toBe(404);
    await set(policy);
    await admin.ok('deleteTenant', { path, body: { confirm: 'acme' } });
    expect((await set({})).status).toBe(409);
    admin.time += 120_000;
    for (let call = 0; call < 5 && (await table.get(policyKey('acme'))) !== undefined; call++) {
      await admin.ok('deleteTenant', { path, body: { confirm: 'acme' } });
    }
    expect(await table.get(policyKey('acme'))).toBeUndefined();
  });

  it('is read with the tenant, by the same one query, also where a later release has said more', async () => {
    await set(policy);
    const document: JsonObject = { ...policy, ownership: { office: 1 }, signIn: { matchBy: 'email', later: true } };
    await table.writeOne({ kind: 'update', key: policyKey('acme'), set: { document } });
    const calls: string[] = [];
    const metered = table.withMeter({ count: ({ operation }) => calls.push(operation) });
    const tenant = await new TenantCache({ now: Date.now }).find(metered, 'acme');
    expect(calls).toEqual(['query']);
    expect(tenant?.policy).toEqual({ ...policy, signIn: { matchBy: 'email', heldUsers: 'deny' }, guard });
  });

  it('is in the export of the tenant, with the role locks of its users', async () => {
    await set(policy);
    const ada = await addUser(await createContext(table), 'ada@example.com');
    await admin.ok('lockRole', { path: { tenant: 'acme', id: ada }, body: { role: 'admin' } });
    const kinds = new Map<string, JsonObject>();
    for (let after: string | undefined = undefined, isLast = false; !isLast; isLast = after === undefined) {
      const page = await admin.ok('exportTenant', { path, query: after === undefined ? {} : { after } });
      for (const line of page.lines) kinds.set(line.kind, line);
      after = page.next;
    }
    expect(kinds.get('policy')).toEqual({ kind: 'policy', version: 1, policy: { ...empty, ...policy } });
    expect(kinds.get('user')).toMatchObject({ resource: { id: ada }, roleLock: { role: 'admin' } });
  });
});

describe('a dry run of a policy', () => {
  let context: DirectoryContext;

  beforeEach(async () => {
    context = await createContext(table, { deadlineSeconds: 600 });
  });

  /** As a client adds it up. */
  async function preview(document: JsonValue): Promise<{ users: number; moves: readonly Move[]; calls: number }> {
    const moves = new Map<string, Move>();
    let users = 0;
    let calls = 0;
    for (let after: string | undefined, isLast = false; !isLast; isLast = after === undefined) {
      const body: JsonObject = { policy: document, ...(after === undefined ? {} : { after }) };
      const page = await admin.ok('previewPolicy', { path, body });
      calls += 1;
      users += page.users;
      for (const { from, to, users: more } of page.moves as readonly Move[]) {
        moves.set(`${from} ${to}`, { from, to, users: (moves.get(`${from} ${to}`)?.users ?? 0) + more });
      }
      after = page.next;
    }
    const sorted = [...moves.values()].toSorted((left, right) => right.users - left.users);
    return { users, moves: sorted, calls };
  }

  it('counts nobody in who is deactivated: they have no role, as they were told', async () => {
    const [ada = '', bob = ''] = await seedUsers(context, 3, 'seed');
    const admins = await addGroup(context, 'Admins', [ada]);
    await set(policy);
    await admin.ok('lockRole', { path: { tenant: 'acme', id: bob }, body: { role: 'editor' } });
    for (const id of [ada, bob]) await patch(context, 'User', id, [{ op: 'replace', path: 'active', value: false }]);
    const changed = { ...policy, mappings: [{ by: 'id', value: admins, role: 'editor' }] };
    expect(await preview(changed)).toEqual({
      users: 3,
      calls: 1,
      moves: [
        { from: null, to: null, users: 2 },
        { from: 'viewer', to: 'viewer', users: 1 },
      ],
    });
    const shown = await admin.ok('showRole', { path: { tenant: 'acme', id: bob } });
    expect([shown.accessRole, shown.lock.role]).toEqual([{ role: null, source: 'inactive' }, 'editor']);
  });

  it('counts who would go from which role to which, nested groups, locks and leavers included', async () => {
    const ids = await seedUsers(context, 40, 'seed');
    const [admins, editors] = [await addGroup(context, 'Admins'), await addGroup(context, 'Editors')];
    await seedMembers(context, editors, ids.slice(0, 20));
    const inner = await addGroup(context, 'Inner');
    await seedMembers(context, inner, ids.slice(20, 25));
    await addGroup(context, 'Outer', [inner]);
    await set(policy);
    await admin.ok('lockRole', { path: { tenant: 'acme', id: ids[0] ?? '' }, body: {} });
    const changed = {
      ...policy,
      mappings: [
        { by: 'id', value: admins, role: 'admin' },
        { by: 'displayName', value: 'outer', role: 'admin' },
      ],
    };
    expect(await preview(changed)).toEqual({
      users: 40,
      calls: 1,
      moves: [
        { from: 'editor', to: 'viewer', users: 19 },
        { from: 'viewer', to: 'viewer', users: 15 },
        { from: 'viewer', to: 'admin', users: 5 },
        { from: 'editor', to: 'editor', users: 1 },
      ],
    });
    // Nothing was changed, and what is said comes about.
    expect((await admin.ok('showPolicy', { path })).version).toBe(1);
    await set(changed);
    expect((await preview(changed)).moves).toEqual([
      { from: 'viewer', to: 'viewer', users: 34 },
      { from: 'admin', to: 'admin', users: 5 },
      { from: 'editor', to: 'editor', users: 1 },
    ]);
  });

  it('goes on page by page, in stretches that a call has time for', async () => {
    const [users, members, calls] = tableKind === 'sqlite' ? [4_500, 3_000, 3] : [2_100, 1_100, 2];
    const ids = await seedUsers(context, users, 'seed');
    const group = await addGroup(context, 'Editors');
    await seedMembers(context, group, ids.slice(0, members));
    expect(await preview(policy)).toEqual({
      users,
      calls,
      moves: [
        { from: null, to: 'editor', users: members },
        { from: null, to: 'viewer', users: users - members },
      ],
    });
  }, 120_000);

  it('tells the mappings whose group is not there, with the first stretch', async () => {
    const sales = await addGroup(context, 'Sales');
    const ops = await addGroup(context, 'Ops');
    await patch(context, 'Group', ops, [{ op: 'add', path: 'externalId', value: 'Ops-1' }]);
    const gone = await addGroup(context, 'Gone');
    await deleteResource(context, 'Group', gone, { ifMatch: undefined });
    const there = [
      { by: 'id', value: sales, role: 'a' },
      { by: 'displayName', value: 'SALES', role: 'a' },
      { by: 'externalId', value: 'Ops-1', role: 'a' },
    ];
    const missing = [
      { by: 'id', value: gone, role: 'a' },
      { by: 'displayName', value: 'Gone', role: 'a' },
      { by: 'externalId', value: 'OPS-1', role: 'a' },
    ];
    const document = { roles: ['a'], mappings: [...there, ...missing] };
    const first = await admin.ok('previewPolicy', { path, body: { policy: document } });
    expect(first.missingGroups).toEqual(missing);
    const later = await admin.ok('previewPolicy', { path, body: { policy: document, after: sales } });
    expect(later.missingGroups).toEqual([]);
  });

  it('reads no memberships where neither policy depends on them', async () => {
    await seedUsers(context, 300, 'seed');
    const queried: string[] = [];
    const watched = new AdminApi(watching(table, queried), new MemoryVault());
    await watched.ok('previewPolicy', { path, body: { policy: { roles: ['a'], defaultRole: 'a' } } });
    expect(queried.filter((pk) => pk.includes('#MEMBEROF#'))).toEqual([]);
    expect(queried).toContain('T#acme#User');
  });

  it('is refused with the faults of the policy', async () => {
    const { status, body } = await admin.call('previewPolicy', { path, body: { policy: { defaultRole: 'x' } } });
    expect([status, body.error.message]).toEqual([400, expect.stringContaining('"x" is none of the roles')]);
  });
});

function watching(inner: ScannableTable, queried: string[]): ScannableTable {
  return new Proxy(inner, {
    get(target, name) {
      if (name === 'query') {
        return (query: Parameters<ScannableTable['query']>[0]) => {
          queried.push(query.pk);
          return target.query(query);
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
