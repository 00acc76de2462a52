import { describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { getResource } from '../../../directory/get-resource.ts';
import { listResources } from '../../../directory/list-resources.ts';
import { readMembers } from '../../../directory/read-memberships.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { parseFilter } from '../../../scim/filter/parser.ts';
import { dieAt, expectSound, MANY_CALLS, sweepLater } from '../../helpers/crashes.ts';
import { addGroup, addMembers, createContext, everything, patch, removeMembers } from '../../helpers/directory.ts';
import { seedMemberships, seedUsers } from '../../helpers/seed.ts';

describe('what comes after a long PATCH that died half-way', () => {
  it.each([
    { later: 'a removal', change: 'addition', first: addMembers, second: removeMembers },
    { later: 'an addition', change: 'removal', first: removeMembers, second: addMembers },
  ])('has the last word: $later after the $change', async ({ change, first, second }) => {
    for (let at = 1; at < MANY_CALLS; at++) {
      const table = new SqliteItemTable(':memory:');
      const context = await createContext(table, { deadlineSeconds: 120 });
      const users = await seedUsers(context, 120, 'user');
      const group = await addGroup(context, 'Sales', change === 'removal' ? users : []);
      const died = await dieAt(at, table, context, (dying) => patch(dying, 'Group', group, [first(users)]));
      const some = users.slice(20, 70);
      await patch(context, 'Group', group, [second(some)]);
      await sweepLater(context);
      await expectSound(table);
      const members = new Set((await readMembers(context, group)).map(({ id }) => id));
      expect(some.filter((id) => members.has(id))).toEqual(change === 'removal' ? some : []);
      // Of the others all have changed or none, by whether the first change had become binding.
      const others = users.filter((id) => !some.includes(id) && members.has(id));
      expect([0, 70]).toContain(others.length);
      table.close();
      if (!died) return;
    }
    throw new Error(`the request makes more than ${MANY_CALLS} calls`);
  });
});

describe('a deletion that died half-way', () => {
  it.each([
    { type: 'User', what: 'a user in 60 groups' },
    { type: 'Group', what: 'a group of 60 in another group' },
  ] as const)('is whole for every reader at once: $what', async ({ type }) => {
    for (let at = 1; at < MANY_CALLS; at++) {
      const table = new SqliteItemTable(':memory:');
      const context = await createContext(table, { deadlineSeconds: 120 });
      const users = await seedUsers(context, 60, 'user');
      const gone = type === 'User' ? (users[0] ?? '') : await addGroup(context, 'Gone', users);
      const around: string[] = [];
      for (let n = 0; n < (type === 'User' ? 60 : 1); n++) around.push(await addGroup(context, `Group ${n}`));
      await seedMemberships(
        context,
        around.map((groupId) => ({ groupId, memberId: gone })),
        type,
      );
      const died = await dieAt(at, table, context, (dying) =>
        deleteResource(dying, type, gone, { ifMatch: undefined }),
      );
      const isGone = (await table.get({ pk: `T#acme#${type}`, sk: gone })) === undefined;
      const seen = await seeAround(context, gone, around, users);
      if (isGone) expect(seen).toEqual({ found: false, asMember: 0, byFilter: 0, asGroup: 0, byGroup: 0 });
      else expect(seen.found).toBe(true);
      await sweepLater(context);
      await expectSound(table);
      table.close();
      if (!died) return;
    }
    throw new Error(`the request makes more than ${MANY_CALLS} calls`);
  });

  /** In how many ways a resource is still to be seen: itself, from the groups around it, from its members. */
  async function seeAround(context: DirectoryContext, id: string, around: readonly string[], users: readonly string[]) {
    const found = async (type: 'User' | 'Group', filter: string) => {
      const query = { filter: parseFilter(filter), startIndex: 1, count: 100, selection: everything[type] };
      return (await listResources(context, type, query)).totalResults;
    };
    const lists = await Promise.all(around.map((group) => readMembers(context, group)));
    const views = await Promise.all(
      users.map((user) => getResource(context, 'User', user, everything.User).catch(() => undefined)),
    );
    return {
      found: (await found('User', `id eq "${id}"`)) + (await found('Group', `id eq "${id}"`)) > 0,
      asMember: lists.filter((members) => members.some((member) => member.id === id)).length,
      byFilter:
        (await found('Group', `members eq "${id}"`)) +
        (await found('Group', `id eq "${around[0]}" and members eq "${id}"`)),
      asGroup: views.filter((view) => JSON.stringify(view?.representation['groups'] ?? []).includes(id)).length,
      byGroup:
        (await found('User', `groups eq "${id}"`)) + (await found('User', `id eq "${users[1]}" and groups eq "${id}"`)),
    };
  }
});
