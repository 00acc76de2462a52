import { describe, expect, it } from 'vitest';
import { followRoles } from '../../../directory/access/follow-roles.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import { newEntry } from '../../../directory/feed/new-entry.ts';
import { setPolicy } from '../../../directory/operator/policy.ts';
import { announcedRolePartition, roleJobPartition } from '../../../directory/store/access-keys.ts';
import type { ItemTable } from '../../../directory/store/item-table.ts';
import { JOURNALS } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { sweep } from '../../../directory/sweep.ts';
import { TenantCache } from '../../../directory/tenants.ts';
import { policy } from '../../helpers/access.ts';
import { type AdversarialMode, createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { addGroup, addMembers, createContext, patch, removeMembers, requestOf } from '../../helpers/directory.ts';
import { readLog } from '../../helpers/feed.ts';
import { operatorOf, sweepAll } from '../../helpers/ownership.ts';
import { seedMembers, seedMemberships, seedUsers } from '../../helpers/seed.ts';

async function createScene(
  users: number,
): Promise<{ table: SqliteItemTable; context: DirectoryContext; ids: readonly string[] }> {
  const table = new SqliteItemTable(':memory:');
  const plain = await createContext(table, { deadlineSeconds: 600 });
  await setPolicy(operatorOf(plain), 'acme', { document: policy, version: undefined });
  const tenant = await new TenantCache({ now: Date.now }).find(table, 'acme');
  if (tenant === undefined) throw new Error('there is no tenant');
  const context = { ...plain, tenant };
  return { table, context, ids: await seedUsers(context, users, 'seed') };
}

async function rolesOf(table: ItemTable): Promise<ReadonlyMap<string, unknown>> {
  const items = await queryAll(table, { pk: announcedRolePartition('acme') });
  return new Map(items.map(({ sk, role }) => [sk, role]));
}

function tally(roles: ReadonlyMap<string, unknown>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const role of roles.values()) counts[String(role)] = (counts[String(role)] ?? 0) + 1;
  return counts;
}

/** What the feed has of a group that was taken into another. */
async function tellOf(context: DirectoryContext, table: ItemTable, outer: string, inner: string): Promise<void> {
  const entry = newEntry('acme', ['test', outer, inner], {
    time: new Date().toISOString(),
    application: 'entra',
    requestId: 'r',
    operation: 'update',
    resource: { type: 'Group', id: outer },
    membersAdded: [inner],
  });
  await followRoles({ table, now: () => new Date() }, context.tenant, entry);
}

describe('a group of 100,000 that comes into a mapped one', () => {
  it('has every member told, though the process dies on the way', async () => {
    const { table, context, ids } = await createScene(100_000);
    const [everybody, admins] = [await addGroup(context, 'Everybody'), await addGroup(context, 'Admins')];
    await seedMembers(context, everybody, ids);
    await patch(context, 'Group', admins, [addMembers([everybody])]);
    await tellOf(context, table, admins, everybody);
    const dying = createAdversarialTable(table, { kind: 'fault', at: 60_000, fault: 'death' });
    const options = { now: () => new Date(), remainingMs: () => 600_000 };
    await expect(sweep(dying, options)).rejects.toThrow('died');
    const halfWay = (await rolesOf(table)).size;
    expect([halfWay > 0, halfWay < 100_000]).toEqual([true, true]);
    await sweepAll(context);
    expect(tally(await rolesOf(table))).toEqual({ admin: 100_000 });
    const log = await readLog(table);
    expect(log.filter(({ operation }) => operation === 'role').length).toBe(100_000);
    expect(await queryAll(table, { pk: JOURNALS })).toEqual([]);
    expect(await queryAll(table, { pk: roleJobPartition('acme') })).toEqual([]);
  }, 300_000);
});

describe('a job that dies at any call', () => {
  it('is carried on, through a cycle of groups, and tells each user once', async () => {
    for (let at = 1; at < 60; at++) {
      const { table, context, ids } = await createScene(6);
      await sweepAll(context);
      const groups = [await addGroup(context, 'A'), await addGroup(context, 'B'), await addGroup(context, 'C')];
      const [a = '', b = '', c = ''] = groups;
      for (const [n, group] of groups.entries()) await seedMembers(context, group, ids.slice(2 * n, 2 * n + 2));
      const cycle = [
        { groupId: a, memberId: b },
        { groupId: b, memberId: c },
        { groupId: c, memberId: a },
      ];
      await seedMemberships(context, cycle, 'Group');
      const admins = await addGroup(context, 'Admins');
      await patch(context, 'Group', admins, [addMembers([a])]);
      await tellOf(context, table, admins, a);
      const dying = createAdversarialTable(table, { kind: 'fault', at, fault: 'death' });
      const died = await sweep(dying, { now: () => new Date(), remainingMs: () => 600_000 }).then(
        () => false,
        () => true,
      );
      await sweepAll(context);
      expect(tally(await rolesOf(table))).toEqual({ admin: 6 });
      const log = await readLog(table);
      expect(log.filter(({ role }) => role?.to === 'admin').length).toBe(6);
      expect(await queryAll(table, { pk: roleJobPartition('acme') })).toEqual([]);
      if (!died) return;
    }
    throw new Error('it never came to its end');
  });
});

const modes: readonly AdversarialMode[] = [
  { kind: 'overlap' },
  { kind: 'torn' },
  { kind: 'chaos', seed: 7, rate: 0.1 },
  { kind: 'chaos', seed: 8, rate: 0.3 },
];

describe.each(modes)('announcing over a table in mode %j', (mode) => {
  it('ends with the roles that users have, with memberships, policy and jobs at once', async () => {
    const { table, context, ids } = await createScene(10);
    const admins = await addGroup(context, 'Admins');
    const anew = () => requestOf(context, createAdversarialTable(table, mode));
    const tell = async (members: readonly string[]) => {
      const entry = newEntry('acme', ['test', context.newId()], {
        time: new Date().toISOString(),
        application: 'entra',
        requestId: 'r',
        operation: 'update',
        resource: { type: 'Group', id: admins },
        membersAdded: [...members],
      });
      const { table: own } = anew();
      await followRoles({ table: own, now: () => new Date() }, context.tenant, entry);
    };
    const moves = ids.map(async (id, n) => {
      await patch(anew(), 'Group', admins, [addMembers([id])]);
      const early = tell([id]);
      if (n % 2 === 0) await patch(anew(), 'Group', admins, [removeMembers([id])]);
      await Promise.all([early, tell([id])]);
    });
    const changePolicy = async () => {
      const document = { ...policy, defaultRole: 'editor' };
      await setPolicy(operatorOf(context), 'acme', { document, version: undefined });
      await sweep(anew().table, { now: () => new Date(), remainingMs: () => 60_000 });
    };
    await Promise.all([...moves, changePolicy()]);
    await sweepAll(context);
    expect(tally(await rolesOf(table))).toEqual({ admin: 5, editor: 5 });
    const told = (await readLog(table)).flatMap(({ role, resource }) =>
      role === undefined ? [] : [[resource?.id, role]],
    );
    expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(told.length);
  });
});
