import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENTERPRISE_USER_SCHEMA } from '../../../scim/schema/enterprise-user.ts';
import { IDENTITY_PROVIDERS, Life, World } from '../../helpers/life.ts';
import { projectRoot } from '../../helpers/processes.ts';

/**
 * Every event in a person's life, as docs/lifecycle.md has it: a row of its table is a row here, for what Entra sends and for
 * what Okta sends. What the application sees are the types of the events that the change feed publishes.
 */

let world: World;

beforeAll(async () => {
  world = await World.start();
});

afterAll(async () => {
  await world.server.close();
});

/** A row of the table: its name, and what happens. */
interface Row {
  readonly name: string;
  readonly happen: (world: World, life: Life) => Promise<void>;
}

const rows: readonly Row[] = [
  {
    name: 'Joins',
    happen: async (_world, life) => {
      await life.begin();
      const id = await life.join();
      expect((await life.send('GET', `/Users/${id}`)).json).toMatchObject({ ...life.person, timezone: 'Etc/UTC' });
      expect(await life.seen()).toEqual(['user.created']);
    },
  },
  {
    name: 'Arrives disabled',
    happen: async (world, life) => {
      await life.begin();
      expect((await life.post({ active: false })).json).toMatchObject({ active: false });
      expect(await life.seen()).toEqual(['user.created']);
      const strict = new Life(world, life.provider);
      await strict.begin({ inactiveOnCreate: 'refuse' });
      expect((await strict.post({ active: false })).json).toMatchObject({ status: '400', scimType: 'invalidValue' });
      expect(await strict.find()).toEqual([]);
      expect(await strict.seen()).toEqual([]);
    },
  },
  {
    name: 'Arrives incomplete',
    happen: async (_world, life) => {
      await life.begin({ requiredAttributes: ['name.givenName', 'emails[type eq "work"].value'] });
      const { json } = await life.post({ name: { familyName: 'Lovelace' }, emails: [] });
      expect(json).toMatchObject({
        status: '400',
        detail: expect.stringContaining('name.givenName, emails[type eq "work"].value'),
      });
      expect(await life.seen()).toEqual([]);
    },
  },
  {
    name: 'Moves',
    happen: async (_world, life) => {
      await life.begin();
      const id = await life.join();
      const [from, to] = [await life.createGroup('Sales'), await life.createGroup('Board')];
      await life.changeMember(from, 'add', id);
      await life.seen();
      expect(
        (await life.update(id, { title: 'Countess', [ENTERPRISE_USER_SCHEMA]: { department: 'Board' } })).status,
      ).toBe(200);
      await life.changeMember(from, 'remove', id);
      await life.changeMember(to, 'add', id);
      expect(await life.groupsOf(id)).toEqual([to]);
      expect((await life.seen()).toSorted()).toEqual(['membership.added', 'membership.removed', 'user.updated']);
    },
  },
  {
    name: 'Is renamed',
    happen: async (_world, life) => {
      await life.begin();
      const id = await life.join();
      await life.seen();
      await life.update(id, { userName: 'countess@example.com' });
      expect(await life.find('countess@example.com')).toEqual([id]);
      expect(await life.find('ada@example.com')).toEqual([]);
      expect(await life.seen()).toEqual(['user.updated']);
    },
  },
  {
    name: 'Leaves',
    happen: async (_world, life) => {
      await life.begin();
      const { id, group } = await life.joinGroup('Sales');
      await life.seen();
      expect((await life.setActive(id, false)).status).toBe(200);
      expect(await life.find()).toEqual([id]);
      expect(await life.groupsOf(id)).toEqual([group]);
      expect(await life.seen()).toEqual(['user.deactivated']);
    },
  },
  {
    name: 'Returns in time',
    happen: async (_world, life) => {
      await life.begin();
      const { id, group } = await life.joinGroup('Sales');
      await life.setActive(id, false);
      await life.seen();
      await life.setActive(id, true);
      expect((await life.send('GET', `/Users/${id}`)).json).toMatchObject({
        ...life.person,
        groups: [{ value: group }],
      });
      expect(await life.seen()).toEqual(['user.reactivated']);
    },
  },
  {
    name: 'Is deleted',
    happen: async (_world, life) => {
      await life.begin();
      const { id } = await life.joinGroup('Sales');
      await life.setActive(id, false);
      await life.seen();
      // Okta never sends DELETE: there an operator does it.
      if (life.provider === 'Entra') expect((await life.send('DELETE', `/Users/${id}`)).status).toBe(204);
      else await life.operate('deleteUser', id);
      expect((await life.send('GET', `/Users/${id}`)).status).toBe(404);
      expect(await life.find()).toEqual([]);
      expect((await life.seen()).toSorted()).toEqual(['membership.removed', 'user.deleted']);
      expect((await life.post({ externalId: 'somebody-else' })).status).toBe(201);
    },
  },
  {
    name: 'Is unassigned first, then deleted',
    happen: async (world, life) => {
      await life.begin({ deleteAfterDeactivatedDays: 90 });
      const id = await life.join();
      await life.setActive(id, false);
      await life.seen();
      // Nothing more is ever sent.
      world.passDays(91);
      const { due } = await world.admin.ok('listDue', { path: { tenant: life.tenant } });
      expect(due).toMatchObject([{ action: 'delete', id }]);
      await world.sweep();
      expect((await life.send('GET', `/Users/${id}`)).status).toBe(404);
      expect(await life.seen()).toEqual(['user.deleted']);
    },
  },
  {
    name: 'Is deleted by mistake',
    happen: async (_world, life) => {
      await life.begin();
      const { id, group } = await life.joinGroup('Sales');
      const { json: before } = await life.send('GET', `/Users/${id}`);
      if (life.provider === 'Entra') await life.send('DELETE', `/Users/${id}`);
      else await life.operate('deleteUser', id);
      await life.seen();
      expect(await life.operate('restoreUser', id)).toMatchObject({ groups: [group], skipped: [] });
      expect((await life.send('GET', `/Users/${id}`)).json).toMatchObject({
        ...life.person,
        groups: before['groups'] ?? [],
      });
      expect((await life.seen()).toSorted()).toEqual(['membership.added', 'user.restored']);
      // The next cycle finds the same user again.
      expect(await life.find()).toEqual([id]);
      expect((await life.setActive(id, true)).status).toBe(200);
    },
  },
  {
    name: 'Returns after the deletion, as a new user',
    happen: async (world, life) => {
      await life.begin();
      const id = await life.join();
      await life.operate('deleteUser', id);
      await life.seen();
      expect(await life.join()).not.toBe(id);
      expect(await life.seen()).toEqual(['user.created']);
      const path = { tenant: life.tenant, id };
      expect((await world.admin.call('restoreUser', { path, body: {} })).status).toBe(409);
    },
  },
  {
    name: 'Returns after the deletion, relinked',
    happen: async (_world, life) => {
      await life.begin({ returningUsers: 'relink' });
      const { id, group } = await life.joinGroup('Sales');
      await life.operate('deleteUser', id);
      await life.seen();
      expect(await life.join()).toBe(id);
      expect(await life.groupsOf(id)).toEqual([]);
      expect(await life.seen()).toEqual(['user.restored']);
      await life.changeMember(group, 'add', id);
      expect(await life.seen()).toEqual(['membership.added']);
    },
  },
  {
    name: 'Is provisioned anew while deactivated',
    happen: async (_world, life) => {
      await life.begin({ returningUsers: 'relink' });
      const id = await life.join();
      await life.setActive(id, false);
      await life.seen();
      expect((await life.post()).json).toMatchObject({ status: '409', scimType: 'uniqueness' });
      expect(await life.seen()).toEqual([]);
      // So they look, and take the one that is there.
      expect(await life.find()).toEqual([id]);
      await life.setActive(id, true);
      expect(await life.seen()).toEqual(['user.reactivated']);
    },
  },
  {
    name: 'Is purged',
    happen: async (world, life) => {
      await life.begin({ retentionDays: 7 });
      const [id, other] = [
        await life.join(),
        String((await life.post({ userName: 'bob', externalId: 'bob' })).json['id']),
      ];
      await life.operate('deleteUser', id);
      await life.operate('deleteUser', other);
      await life.seen();
      await life.operate('purgeUser', id);
      world.passDays(8);
      await world.sweep();
      expect(await life.seen()).toEqual(['user.purged', 'user.purged']);
      for (const purged of [id, other]) {
        const path = { tenant: life.tenant, id: purged };
        expect((await world.admin.call('restoreUser', { path, body: {} })).status).toBe(409);
      }
    },
  },
];

describe.each(rows)('$name', ({ happen }) => {
  it.each(IDENTITY_PROVIDERS)('%s', async (provider) => {
    await happen(world, new Life(world, provider));
  });
});

it('has a row for every row of docs/lifecycle.md', async () => {
  const text = await readFile(join(projectRoot, 'docs/lifecycle.md'), 'utf8');
  const [, table = ''] = text.split('## A life, event by event');
  const lines = (table.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| '));
  const names = lines.slice(1).map((line) => line.split('|')[1]?.trim());
  expect(names).toEqual(rows.map(({ name }) => name));
});
