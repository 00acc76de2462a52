import { beforeEach, describe, expect, it } from 'vitest';
import { deleteResource } from '../../../directory/delete-resource.ts';
import type { ItemTable, ScannableTable } from '../../../directory/store/item-table.ts';
import { AdminApi } from '../../helpers/admin-api.ts';
import { addGroup, addUser, createContext, requestOf } from '../../helpers/directory.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { seedMembers, seedUsers } from '../../helpers/seed.ts';
import { allIn, createTestTable } from '../../helpers/tables.ts';

const path = { tenant: 'acme', application: 'entra' };
const body = { confirm: 'acme' };

let table: ScannableTable;
let admin: AdminApi;

beforeEach(async () => {
  table = await createTestTable();
  admin = new AdminApi(table, new MemoryVault());
  for (const tenant of ['acme', 'acme-2']) {
    await admin.ok('createTenant', { body: { name: tenant } });
    admin.time += 1;
    await admin.ok('createApplication', { path: { tenant }, body: { name: 'entra' } });
    admin.time += 1;
    await admin.ok('issueToken', { path: { ...path, tenant }, body: {} });
  }
});

/** A table that dies at the n-th write, and the process with it. */
function dyingAfter(writes: number): ItemTable {
  let left = writes;
  const dieInTime = <A extends readonly unknown[], R>(write: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      left -= 1;
      if (left < 0) throw new Error('the process died');
      return await write(...args);
    };
  };
  return {
    get: (key) => table.get(key),
    getMany: (keys) => table.getMany(keys),
    query: (query) => table.query(query),
    write: dieInTime((...args: Parameters<ItemTable['write']>) => table.write(...args)),
    writeOne: dieInTime((...args: Parameters<ItemTable['writeOne']>) => table.writeOne(...args)),
    withMeter: () => dyingAfter(writes),
  };
}

async function deleteToTheEnd(): Promise<void> {
  for (let calls = 0; calls < 20; calls++) {
    const { done, retryAfterSeconds } = await admin.ok('deleteTenant', { path, body });
    if (done) return;
    admin.time += (retryAfterSeconds ?? 0) * 1_000;
  }
  throw new Error('the deletion came to no end');
}

/** Everything in the table that names the tenant, but for the one that is meant to stay. */
async function traces(): Promise<readonly string[]> {
  const items = await allIn(table);
  return items.filter((item) => /acme(?!-2)/.test(JSON.stringify(item))).map(({ pk, sk }) => `${pk} ${sk}`);
}

describe('deleting a tenant', () => {
  it('of 1,000 users, killed half-way and resumed, leaves nothing but the record of its deletion', async () => {
    const context = await createContext(table);
    const ids = await seedUsers(context, 1_000, 'acme');
    const group = await addGroup(context, 'All of acme');
    await seedMembers(context, group, ids.slice(0, 300));
    await deleteResource(requestOf(context, table), 'User', ids[0] ?? '', { ifMatch: undefined });
    await deleteResource(requestOf(context, table), 'Group', await addGroup(context, 'Gone', ids.slice(1, 9)), {
      ifMatch: undefined,
    });
    const neighbours = await seedUsers(await createContext(table, { tenant: 'acme-2' }), 5, 'other');

    for (const writes of [0, 1, 40, 1_500, 700]) {
      const dying = new AdminApi(dyingAfter(writes), admin.vault);
      dying.time = admin.time;
      expect((await dying.call('deleteTenant', { path, body })).status).toBe(500);
    }
    await deleteToTheEnd();

    expect(await traces()).toEqual([expect.stringMatching(/^AUDIT /)]);
    expect([...admin.vault.secrets.keys()]).toEqual(['acme-2/entra']);
    const { records } = await admin.ok('listAudit', { query: { tenant: 'acme' } });
    expect(records).toMatchObject([
      {
        action: 'tenants.delete',
        before: { state: 'active', users: 999, groups: 1 },
        after: { deletedAt: expect.any(String) },
        history: [{ action: 'tenants.create' }, { action: 'applications.create' }, { action: 'tokens.issue' }],
      },
    ]);
    expect((await admin.call('deleteTenant', { path, body })).status).toBe(404);
    const other = await admin.ok('showTenant', { path: { tenant: 'acme-2' } });
    expect(other).toMatchObject({
      counts: { users: neighbours.length },
      applications: [{ token: { state: 'valid' } }],
    });
    await admin.ok('createTenant', { body: { name: 'acme' } });
  });

  it('waits for requests that began before, and finds what they wrote', async () => {
    const first = await admin.ok('deleteTenant', { path, body });
    expect(first).toMatchObject({ done: false, retryAfterSeconds: 60 });
    await addUser(await createContext(table), 'late');
    admin.time += 60_000;
    await deleteToTheEnd();
    expect(await traces()).toHaveLength(1);
  });

  it('is refused without the name, and nothing brings a tenant back afterwards', async () => {
    const unconfirmed = await admin.call('deleteTenant', { path, body: { confirm: 'acme-2' } });
    expect([unconfirmed.status, unconfirmed.body.error.code]).toEqual([400, 'unconfirmed']);
    expect((await admin.ok('showTenant', { path })).state).toBe('active');
    await admin.ok('deleteTenant', { path, body });
    expect((await admin.ok('showTenant', { path })).state).toBe('deleting');
    for (const operation of ['resumeTenant', 'pauseTenant', 'issueToken'] as const) {
      expect((await admin.call(operation, { path, body: operation === 'resumeTenant' ? undefined : {} })).status).toBe(
        409,
      );
    }
  });
});
