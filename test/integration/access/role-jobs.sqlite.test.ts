import { describe, expect, it } from 'vitest';
import { followRoles } from '../../../directory/access/follow-roles.ts';
import { finishRoleJob } from '../../../directory/access/role-jobs.ts';
import { newEntry } from '../../../directory/feed/new-entry.ts';
import { setPolicy } from '../../../directory/operator/policy.ts';
import { roleJobPartition } from '../../../directory/store/access-keys.ts';
import type { Query } from '../../../directory/store/item-table.ts';
import { JournalEntryItemSchema, parseItem } from '../../../directory/store/items.ts';
import { JOURNALS } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { tenantKey, tenantPartition } from '../../../directory/store/tenant-keys.ts';
import { sweep } from '../../../directory/sweep.ts';
import { policy } from '../../helpers/access.ts';
import { type AdversarialMode, createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { addGroup, addMembers, patch, removeMembers, requestOf } from '../../helpers/directory.ts';
import { readLog } from '../../helpers/feed.ts';
import { interrupted } from '../../helpers/interrupted-table.ts';
import { operatorOf, sweepAll } from '../../helpers/ownership.ts';
import { announcedRoles, createRoleScene, tally, tellOf } from '../../helpers/role-jobs.ts';
import { seedMembers, seedMemberships } from '../../helpers/seed.ts';
import { allIn } from '../../helpers/tables.ts';

describe('a job that dies at any call', () => {
  it('is carried on, through a cycle of groups, and tells each user once', async () => {
    for (let at = 1; at < 120; at++) {
      const { table, context, ids } = await createRoleScene(6);
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
      expect(tally(await announcedRoles(table))).toEqual({ admin: 6 });
      const log = await readLog(table);
      expect(log.filter(({ role }) => role?.to === 'admin').length).toBe(6);
      expect(await queryAll(table, { pk: roleJobPartition('acme') })).toEqual([]);
      if (!died) return;
    }
    throw new Error('it never came to its end');
  });
});

describe('a job of a tenant whose deletion begins', () => {
  it.each([1, 2, 3, 4, 5])('ends, and writes nothing more: before look %d at the tenant', async (deletedAt) => {
    const { table, context } = await createRoleScene(500);
    let look = 0;
    let itemsThen = -1;
    const query = async ({ pk }: Query) => {
      if (pk !== tenantPartition('acme')) return;
      look += 1;
      if (look !== deletedAt) return;
      await table.writeOne({ kind: 'update', key: tenantKey('acme'), set: { state: 'deleting' } });
      itemsThen = (await allIn(table)).length;
    };
    let asked = 0;
    const hasTime = () => asked++ < 50; // which one that goes round in circles uses up
    const [entry] = await queryAll(context.table, { pk: JOURNALS });
    if (entry === undefined) throw new Error('there is no job');
    const cleaner = { table: interrupted(table, { query }), now: () => new Date(), hasTime };
    expect(await finishRoleJob(cleaner, parseItem(JournalEntryItemSchema, entry))).toBe(true);
    expect((await allIn(table)).length).toBe(itemsThen);
    expect(asked).toBeLessThan(10);
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
    const { table, context, ids } = await createRoleScene(10);
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
    expect(tally(await announcedRoles(table))).toEqual({ admin: 5, editor: 5 });
    const told = (await readLog(table)).flatMap(({ role, resource }) =>
      role === undefined ? [] : [[resource?.id, role]],
    );
    expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(told.length);
  });
});
