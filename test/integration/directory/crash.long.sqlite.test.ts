import { describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { getResource } from '../../../directory/get-resource.ts';
import { readMembers } from '../../../directory/read-memberships.ts';
import { replaceResource } from '../../../directory/replace-resource.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { dieAt, expectSound, MANY_CALLS, sweepLater } from '../../helpers/crashes.ts';
import {
  addGroup,
  addMembers,
  addUser,
  createContext,
  everything,
  patch,
  removeMembers,
  requestOf,
} from '../../helpers/directory.ts';
import { seedUsers } from '../../helpers/seed.ts';

/** A request, and what it leaves behind when it is carried out whole. */
interface Scenario {
  readonly name: string;
  /** Prepares a directory; what it returns says what the request does and how its effect is seen. */
  readonly prepare: (context: DirectoryContext) => Promise<{
    readonly request: (context: DirectoryContext) => Promise<unknown>;
    /** What a request that comes next to the same resource does to meet what is left half-way. */
    readonly next: (context: DirectoryContext) => Promise<unknown>;
    /** A picture of the state that the request changes. */
    readonly look: (context: DirectoryContext) => Promise<unknown>;
  }>;
}

/** What a PUT of a group does. */
async function replaceGroup(
  context: DirectoryContext,
  id: string,
  attributes: JsonObject,
  members: readonly string[],
): Promise<unknown> {
  const options = { ifMatch: undefined, selection: everything.Group };
  return await replaceResource(context, 'Group', id, { attributes, members }, options);
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'create of a user',
    prepare: async () => ({
      request: (context) =>
        addUser(context, 'ada@example.com', { externalId: 'ada', emails: [{ value: 'ada@example.com' }] }),
      next: (context) => addUser(context, 'bob@example.com'),
      look: async (context) => (await context.table.query({ pk: 'T#acme#UNIQUE#User.userName', to: 'b' })).items.length,
    }),
  },
  {
    name: 'create of a group of 40',
    prepare: async (setUp) => {
      const users = await seedUsers(setUp, 40, 'user');
      return {
        request: (context) => addGroup(context, 'Sales', users),
        next: async (context) => {
          await patchByName(context, 'sales', [{ op: 'replace', path: 'externalId', value: 'next' }]);
        },
        look: async (context) => await membersByName(context, 'sales'),
      };
    },
  },
  {
    name: 'patch of claimed and indexed attributes',
    prepare: async (setUp) => {
      const user = await addUser(setUp, 'ada@example.com', { externalId: 'ada' });
      return {
        request: (context) =>
          patch(context, 'User', user, [
            { op: 'replace', value: { userName: 'countess@example.com', externalId: 'countess' } },
          ]),
        next: (context) => patch(context, 'User', user, [{ op: 'replace', path: 'title', value: 'next' }]),
        look: async (context) => {
          const { representation } = await getResource(context, 'User', user, everything.User);
          return [representation['userName'], representation['externalId']];
        },
      };
    },
  },
  {
    name: 'patch of one member',
    prepare: async (setUp) => {
      const [first = '', second = ''] = await seedUsers(setUp, 2, 'user');
      const group = await addGroup(setUp, 'Sales', [second]);
      return {
        request: (context) => patch(context, 'Group', group, [addMembers([first]), removeMembers([second])]),
        next: (context) => patch(context, 'Group', group, [{ op: 'replace', path: 'externalId', value: 'next' }]),
        look: async (context) => await readMembers(context, group),
      };
    },
  },
  {
    name: 'long patch: 40 members in, 50 out, and a new name',
    prepare: async (setUp) => {
      const users = await seedUsers(setUp, 90, 'user');
      const [former, coming] = [users.slice(0, 50), users.slice(50)];
      const group = await addGroup(setUp, 'Sales', former);
      return {
        request: (context) =>
          patch(context, 'Group', group, [
            removeMembers(former),
            addMembers(coming),
            { op: 'replace', path: 'displayName', value: 'Sales EU' },
          ]),
        next: (context) => patch(context, 'Group', group, [{ op: 'replace', path: 'externalId', value: 'next' }]),
        look: async (context) => {
          const { representation } = await getResource(context, 'Group', group, everything.Group);
          return [representation['displayName'], representation['members']];
        },
      };
    },
  },
  {
    name: 'replacement of the members of a group',
    prepare: async (setUp) => {
      const users = await seedUsers(setUp, 80, 'user');
      const [former, coming] = [users.slice(0, 45), users.slice(35)];
      const group = await addGroup(setUp, 'Sales', former);
      return {
        request: (context) => replaceGroup(context, group, { displayName: 'Sales' }, coming),
        next: (context) => patch(context, 'Group', group, [{ op: 'replace', path: 'externalId', value: 'next' }]),
        look: async (context) => await readMembers(context, group),
      };
    },
  },
  {
    name: 'replacement of a group, its name and 75 of its members',
    prepare: async (setUp) => {
      const users = await seedUsers(setUp, 80, 'user');
      const [former, coming] = [users.slice(0, 40), users.slice(5)];
      const group = await addGroup(setUp, 'Sales', former);
      return {
        request: (context) => replaceGroup(context, group, { displayName: 'Sales EU', externalId: 'eu' }, coming),
        next: (context) => patch(context, 'Group', group, [{ op: 'replace', path: 'externalId', value: 'eu' }]),
        look: async (context) => {
          const { representation } = await getResource(context, 'Group', group, everything.Group);
          return [representation['displayName'], representation['members']];
        },
      };
    },
  },
  {
    name: 'delete of a user in five groups',
    prepare: async (setUp) => {
      const user = await addUser(setUp, 'ada@example.com', { externalId: 'ada' });
      for (let n = 0; n < 5; n++) await addGroup(setUp, `Group ${n}`, [user]);
      return {
        request: (context) => deleteResource(context, 'User', user, { ifMatch: undefined }),
        next: (context) => addUser(context, 'bob@example.com'),
        look: async (context) => [
          (await context.table.get({ pk: 'T#acme#User', sk: user })) === undefined,
          (await context.table.query({ pk: `T#acme#MEMBEROF#${user}` })).items.length,
        ],
      };
    },
  },
  {
    name: 'delete of a group of 60 that is in another group',
    prepare: async (setUp) => {
      const group = await addGroup(setUp, 'Sales', await seedUsers(setUp, 60, 'user'));
      await addGroup(setUp, 'Everybody', [group]);
      return {
        request: (context) => deleteResource(context, 'Group', group, { ifMatch: undefined }),
        next: (context) => addUser(context, 'bob@example.com'),
        look: async (context) => [
          (await context.table.get({ pk: 'T#acme#Group', sk: group })) === undefined,
          (await readMembers(context, group)).length,
          (await context.table.query({ pk: `T#acme#MEMBEROF#${group}` })).items.length,
        ],
      };
    },
  },
];

describe.each(SCENARIOS)('$name, interrupted at any call', ({ prepare }) => {
  /** A directory of its own, as the request finds it. */
  async function createScene() {
    const table = new SqliteItemTable(':memory:');
    const context = await createContext(table, { deadlineSeconds: 120 });
    return { table, context, ...(await prepare(context)) };
  }

  it.each([
    { successor: 'the sweeper', nextComesFirst: false },
    { successor: 'the next request and the sweeper', nextComesFirst: true },
  ])('is carried out whole or not at all when its process dies; by $successor', async ({ nextComesFirst }) => {
    for (let at = 1; at < MANY_CALLS; at++) {
      const { table, context, request, next, look } = await createScene();
      const before = await look(context);
      const died = await dieAt(at, table, context, request);
      if (nextComesFirst) {
        try {
          await next(context);
        } catch (error) {
          // The resource that the next request is about may not have come into being, or be gone.
          expect(error).toMatchObject({ status: 404 });
        }
      }
      await sweepLater(context);
      await expectSound(table);
      const after = await look(context);
      if (!died) {
        expect(after).not.toEqual(before);
        table.close();
        return;
      }
      const { context: whole, request: again, look: lookAgain } = await createScene();
      await again(whole);
      const done = await lookAgain(whole);
      // Ids differ from directory to directory; how many there are does not.
      expect([shapeOf(before), shapeOf(done)]).toContainEqual(shapeOf(after));
      table.close();
    }
    throw new Error(`the request makes more than ${MANY_CALLS} calls`);
  });

  it.each(['conflict', 'unavailable', 'timeoutBefore', 'timeoutAfter'] as const)(
    'is carried out whole when any one call meets %s',
    async (fault) => {
      const { context: whole, request: undisturbed, look: lookUndisturbed } = await createScene();
      await undisturbed(whole);
      const done = shapeOf(await lookUndisturbed(whole));
      for (let at = 1; at < MANY_CALLS; at++) {
        const { table, context, request, look } = await createScene();
        const adversarial = createAdversarialTable(table, { kind: 'fault', at, fault });
        await request(requestOf(context, adversarial));
        expect(shapeOf(await look(context))).toEqual(done);
        await sweepLater(context);
        await expectSound(table);
        table.close();
        if (adversarial.calls < at) return;
      }
      throw new Error(`the request makes more than ${MANY_CALLS} calls`);
    },
  );
});

/** The same without ids and times. */
function shapeOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id'));
}

async function groupIdByName(context: DirectoryContext, name: string): Promise<string | undefined> {
  const claim = await context.table.get({ pk: 'T#acme#UNIQUE#Group.displayName', sk: name });
  const id = claim?.['resourceId'];
  return typeof id === 'string' ? id : undefined;
}

async function membersByName(context: DirectoryContext, name: string): Promise<number> {
  const id = await groupIdByName(context, name);
  return id === undefined ? 0 : (await readMembers(context, id)).length;
}

async function patchByName(context: DirectoryContext, name: string, operations: Parameters<typeof patch>[3]) {
  const id = await groupIdByName(context, name);
  if (id !== undefined) await patch(context, 'Group', id, operations);
}
