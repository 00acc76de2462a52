import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import { createResource } from '../../../directory/create-resource.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { readMembers } from '../../../directory/read-memberships.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { createRetryingTable } from '../../../directory/store/retrying-table.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { type SweepReport, sweep } from '../../../directory/sweep.ts';
import { dieAt } from '../../helpers/crashes.ts';
import { addGroup, addMembers, createContext, everything, patch } from '../../helpers/directory.ts';
import { LimitedTable, VirtualClock } from '../../helpers/limited-table.ts';
import { seedMembers, seedMemberships, seedUsers } from '../../helpers/seed.ts';
import { createSeededRandom } from '../../helpers/seeded-random.ts';

/** Until when a request's table calls are tried again. */
const DEADLINE_SECONDS = 20;

/** The largest writes, over a table that has DynamoDB's limits, in virtual time (docs/data-model.md, "Long writes"). */
describe('a long write over partitions that take 1,000 units a second', () => {
  let plain: SqliteItemTable;
  let setUp: DirectoryContext;
  let clock: VirtualClock;
  let random: () => number;

  beforeEach(async () => {
    plain = new SqliteItemTable(':memory:');
    setUp = await createContext(plain, { deadlineSeconds: 600 });
    clock = new VirtualClock();
    random = createSeededRandom(3);
  });

  /** A request of its own, as the service makes it. */
  function request(limited: LimitedTable): DirectoryContext {
    const { now, sleep } = clock;
    const deadline = now() + DEADLINE_SECONDS * 1_000;
    return {
      ...setUp,
      now: () => new Date(now()),
      table: createRetryingTable(limited, { now, sleep, random, newId: randomUUID, deadline }),
    };
  }

  /** The sweeper, a while later, with that much time. */
  async function sweepFor(seconds: number, limited: LimitedTable): Promise<SweepReport> {
    const { now, sleep } = clock;
    await clock.run(sleep(61_000));
    const deadline = now() + seconds * 1_000;
    const table = createRetryingTable(limited, { now, sleep, random, newId: randomUUID, deadline });
    return await clock.run(sweep(table, { now: () => new Date(now()), remainingMs: () => deadline - now() }));
  }

  async function memberCount(groupId: string): Promise<number> {
    return (await readMembers(setUp, groupId)).length;
  }

  it('takes 5,000 members in within the time of a request', async () => {
    const users = await seedUsers(setUp, 5_000, 'user');
    const group = await addGroup(setUp, 'Sales');
    const limited = new LimitedTable(plain, clock);
    await clock.run(patch(request(limited), 'Group', group, [addMembers(users)]));
    expect(limited.throttled).toBeGreaterThan(0);
    expect(await memberCount(group)).toBe(5_000);
    expect(await checkInvariants(plain)).toEqual([]);
  });

  it('lets twenty other PATCHes of the group through, and is no later than they can wait', async () => {
    const users = await seedUsers(setUp, 5_020, 'user');
    const group = await addGroup(setUp, 'Sales');
    const limited = new LimitedTable(plain, clock);
    const long = patch(request(limited), 'Group', group, [addMembers(users.slice(0, 5_000))]);
    const others = users.slice(5_000).map(async (id) => {
      await clock.sleep(2_500);
      await patch(request(limited), 'Group', group, [addMembers([id])]);
    });
    await clock.run(Promise.all([long, ...others]));
    expect(await memberCount(group)).toBe(5_020);
    expect(await checkInvariants(plain)).toEqual([]);
  });

  it('answers 503 where even that does not suffice, and the same request again ends it', async () => {
    const users = await seedUsers(setUp, 5_000, 'user');
    const group = await addGroup(setUp, 'Sales');
    // The worst that can be: all users and the members of the group are in one partition.
    const limited = new LimitedTable(plain, clock, /^T#acme#(User$|MEMBERS)/);
    const send = () => clock.run(patch(request(limited), 'Group', group, [addMembers(users)]));
    await expect(send()).rejects.toMatchObject({ status: 503, retryAfterSeconds: 5 });
    expect(await memberCount(group)).toBeLessThan(5_000);
    await send();
    expect(await memberCount(group)).toBe(5_000);
    expect(await checkInvariants(plain)).toEqual([]);
  });

  it('answers a POST as soon as it is binding, and the sweeper brings the members that the time was too short for', async () => {
    const users = await seedUsers(setUp, 5_000, 'user');
    const limited = new LimitedTable(plain, clock, /^T#acme#(User$|MEMBERS)/);
    const body = { attributes: { displayName: 'Sales' }, members: users };
    const { representation } = await clock.run(createResource(request(limited), 'Group', body, everything.Group));
    const id = String(representation['id']);
    expect(representation).toMatchObject({ displayName: 'Sales' });
    expect(representation['members']).toBeUndefined();
    expect(await memberCount(id)).toBeLessThan(5_000);
    expect(await sweepFor(240, limited)).toMatchObject({ open: 1, finished: 1 });
    expect(await memberCount(id)).toBe(5_000);
    expect(await checkInvariants(plain)).toEqual([]);
  });

  it('takes a leaver out of 1,000 groups within the time of a request', async () => {
    const [leaver = ''] = await seedUsers(setUp, 1, 'user');
    const groups: string[] = [];
    for (let n = 0; n < 1_000; n++) groups.push(await addGroup(setUp, `Group ${n}`));
    await seedMemberships(
      setUp,
      groups.map((groupId) => ({ groupId, memberId: leaver })),
    );
    const limited = new LimitedTable(plain, clock);
    await clock.run(deleteResource(request(limited), 'User', leaver, { ifMatch: undefined }));
    expect((await plain.query({ pk: `T#acme#MEMBEROF#${leaver}` })).items).toEqual([]);
    expect(await checkInvariants(plain)).toEqual([]);
  });

  it('deletes a group of 12,000 in the time of a request, and lets the sweeper take its members out', async () => {
    const users = await seedUsers(setUp, 12_000, 'user');
    const group = await addGroup(setUp, 'Everybody');
    await seedMembers(setUp, group, users);
    const limited = new LimitedTable(plain, clock);
    await clock.run(deleteResource(request(limited), 'Group', group, { ifMatch: undefined }));
    const left = (await queryAll(plain, { pk: `T#acme#MEMBERS#${group}` })).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(12_000);
    expect(await sweepFor(240, limited)).toMatchObject({ open: 1, deletions: 1 });
    expect(await queryAll(plain, { pk: `T#acme#MEMBERS#${group}` })).toEqual([]);
    expect(await checkInvariants(plain)).toEqual([]);
  });

  it('lets no deletion keep the others out of the sweep', async () => {
    const users = await seedUsers(setUp, 12_000, 'user');
    const groups = await Promise.all(['One', 'Other'].map((name) => addGroup(setUp, name)));
    const [first = '', second = ''] = groups.sort();
    await seedMembers(setUp, first, users);
    await seedMembers(setUp, second, users.slice(0, 100));
    for (const group of [first, second]) {
      await dieAt(3, plain, { ...setUp, now: () => new Date(clock.now()) }, (dying) =>
        deleteResource(dying, 'Group', group, { ifMatch: undefined }),
      );
    }
    const limited = new LimitedTable(plain, clock);
    expect(await sweepFor(36, limited)).toMatchObject({ open: 2, deletions: 1, postponed: 1 });
    expect(await queryAll(plain, { pk: `T#acme#MEMBERS#${second}` })).toEqual([]);
    const left = (await queryAll(plain, { pk: `T#acme#MEMBERS#${first}` })).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(12_000);
    expect(await sweepFor(50, limited)).toMatchObject({ open: 1, deletions: 1, postponed: 0 });
    expect(await checkInvariants(plain)).toEqual([]);
  });
});
