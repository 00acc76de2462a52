import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardBaseKey, heldPartition } from '../../../directory/store/access-keys.ts';
import { FORMAT } from '../../../directory/store/items.ts';
import { memberKey, membersPartition, resourceKey } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { addGroup, createContext } from '../../helpers/directory.ts';
import { createStreamedTable, type StreamedTable } from '../../helpers/feed.ts';
import { patchOf, ScimServer } from '../../helpers/scim-server.ts';
import { seedMembers, seedUsers } from '../../helpers/seed.ts';
import { tableKind } from '../../helpers/tables.ts';

// DynamoDB Local takes minutes for as many.
const [USERS, MEMBERS] = tableKind === 'sqlite' ? [1_000, 5_000] : [300, 300];
const A_FIFTH = USERS / 5;

let streamed: StreamedTable;
let server: ScimServer;

beforeEach(async () => {
  streamed = await createStreamedTable(() => false);
  server = new ScimServer(streamed.table);
  await server.start(['acme']);
});

afterEach(async () => {
  await server.close();
});

/** What the feed would have counted. */
async function count(of: Parameters<typeof guardBaseKey>[1], number: number): Promise<void> {
  const item = { ...guardBaseKey('acme', of, '0'), format: FORMAT, count: number };
  await streamed.table.writeOne({ kind: 'put', item });
}

describe('the guard at its default', () => {
  it(`stops an emptied directory of ${USERS} users at a fifth, whatever comes at once`, {
    timeout: 300_000,
  }, async () => {
    const context = await createContext(streamed.table, { deadlineSeconds: 300 });
    const ids = await seedUsers(context, USERS, 'user');
    await count({ application: context.application }, USERS);
    const body = patchOf({ op: 'Replace', path: 'active', value: 'False' });
    const statuses = new Map<number, number>();
    const queue = ids.values();
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (const id of queue) {
          const { status } = await server.send('acme', 'PATCH', `/Users/${id}`, { body });
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }),
    );
    expect(Object.fromEntries(statuses)).toEqual({ 200: A_FIFTH, 503: USERS - A_FIFTH });
    const users = await streamed.table.getMany(ids.map((id) => resourceKey('acme', 'User', id)));
    expect(users.filter((user) => user?.['deactivatedAt'] === undefined)).toHaveLength(USERS - A_FIFTH);
    expect(await queryAll(streamed.table, { pk: heldPartition('acme', 'default') })).toHaveLength(USERS - A_FIFTH);
  });

  it(`stops one PUT that empties a group of ${MEMBERS}`, { timeout: 300_000 }, async () => {
    const context = await createContext(streamed.table, { deadlineSeconds: 300 });
    const ids = await seedUsers(context, MEMBERS, 'user');
    const group = await addGroup(context, 'Everybody');
    await seedMembers(context, group, ids);
    await count('memberships', MEMBERS);
    const body = { displayName: 'Everybody', members: [] };
    expect((await server.send('acme', 'PUT', `/Groups/${group}`, { body })).status).toBe(503);
    const members = await queryAll(streamed.table, { pk: membersPartition('acme', group) });
    expect(members).toHaveLength(MEMBERS);
    expect(await streamed.table.get(memberKey('acme', group, ids[0] ?? ''))).toBeDefined();
  });
});
