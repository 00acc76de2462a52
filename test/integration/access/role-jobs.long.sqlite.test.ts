import { describe, expect, it } from 'vitest';
import { roleJobPartition } from '../../../directory/store/access-keys.ts';
import { JOURNALS } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { sweep } from '../../../directory/sweep.ts';
import { createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { addGroup, addMembers, patch } from '../../helpers/directory.ts';
import { readLog } from '../../helpers/feed.ts';
import { sweepAll } from '../../helpers/ownership.ts';
import { announcedRoles, createRoleScene, tally, tellOf } from '../../helpers/role-jobs.ts';
import { seedMembers } from '../../helpers/seed.ts';

describe('a group of 100,000 that comes into a mapped one', () => {
  it('has every member told, though the process dies on the way', async () => {
    const { table, context, ids } = await createRoleScene(100_000);
    const [everybody, admins] = [await addGroup(context, 'Everybody'), await addGroup(context, 'Admins')];
    await seedMembers(context, everybody, ids);
    await patch(context, 'Group', admins, [addMembers([everybody])]);
    await tellOf(context, table, admins, everybody);
    const dying = createAdversarialTable(table, { kind: 'fault', at: 60_000, fault: 'death' });
    const options = { now: () => new Date(), remainingMs: () => 600_000 };
    await expect(sweep(dying, options)).rejects.toThrow('died');
    const halfWay = (await announcedRoles(table)).size;
    expect([halfWay > 0, halfWay < 100_000]).toEqual([true, true]);
    await sweepAll(context);
    expect(tally(await announcedRoles(table))).toEqual({ admin: 100_000 });
    const log = await readLog(table);
    expect(log.filter(({ operation }) => operation === 'role').length).toBe(100_000);
    expect(await queryAll(table, { pk: JOURNALS })).toEqual([]);
    expect(await queryAll(table, { pk: roleJobPartition('acme') })).toEqual([]);
  }, 300_000);
});
