import { describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { getResource } from '../../../directory/get-resource.ts';
import { listResources } from '../../../directory/list-resources.ts';
import { readMembers } from '../../../directory/read-memberships.ts';
import type { ItemTable, ScannableTable } from '../../../directory/store/item-table.ts';
import { JOURNALS } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { sweep } from '../../../directory/sweep.ts';
import { ScimError } from '../../../scim/errors.ts';
import { parseFilter } from '../../../scim/filter/parser.ts';
import { createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { concurrencyModes } from '../../helpers/concurrency-modes.ts';
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
import { seedMembers, seedUsers } from '../../helpers/seed.ts';
import { createTestTable } from '../../helpers/tables.ts';

const MODES = concurrencyModes(7, 11);

/** What the tests of one mode work with. */
interface Scene {
  readonly context: DirectoryContext;
  /** A request of its own, with its own retries, over the table in its mode. */
  readonly request: () => DirectoryContext;
  /** The table as it is, for the checker. */
  readonly plain: ScannableTable;
}

describe.each(MODES)('concurrent requests, table mode $kind', (mode) => {
  async function createScene(): Promise<Scene> {
    const plain = await createTestTable();
    const table: ItemTable =
      mode.kind === 'plain' || !(plain instanceof SqliteItemTable) ? plain : createAdversarialTable(plain, mode);
    const context = await createContext(plain, { deadlineSeconds: 120 });
    return { context, request: () => requestOf(context, table, 60), plain };
  }

  /** Nothing is inconsistent, and what is left to do the sweeper does: no journal blocks its group for ever. */
  async function expectSound({ plain, context }: Scene): Promise<void> {
    expect(await checkInvariants(plain)).toEqual([]);
    const later = new Date(Date.now() + 600_000);
    await sweep(requestOf(context, plain).table, { now: () => later, remainingMs: () => 60_000 });
    expect(await checkInvariants(plain)).toEqual([]);
    expect(await queryAll(plain, { pk: JOURNALS })).toEqual([]);
  }

  async function memberIds({ context }: Scene, groupId: string): Promise<readonly string[]> {
    return (await readMembers(context, groupId)).map(({ id }) => id).sort();
  }

  it('keeps every one of fifty members that are added at once', async () => {
    const scene = await createScene();
    const users = await seedUsers(scene.context, 50, 'user');
    const group = await addGroup(scene.context, 'Sales');
    await Promise.all(users.map((id) => patch(scene.request(), 'Group', group, [addMembers([id])])));
    expect(await memberIds(scene, group)).toEqual([...users].sort());
    const { version } = await getResource(scene.context, 'Group', group, everything.Group);
    expect(version).toBe(51);
    await expectSound(scene);
  });

  it('loses no change when two clients patch different attributes of one user', async () => {
    const scene = await createScene();
    const user = await addUser(scene.context, 'ada@example.com');
    for (let round = 0; round < 200; round++) {
      await Promise.all([
        patch(scene.request(), 'User', user, [{ op: 'replace', path: 'title', value: `title ${round}` }]),
        patch(scene.request(), 'User', user, [{ op: 'replace', path: 'name.givenName', value: `name ${round}` }]),
      ]);
      const { representation } = await getResource(scene.context, 'User', user, everything.User);
      expect(representation).toMatchObject({ title: `title ${round}`, name: { givenName: `name ${round}` } });
    }
    await expectSound(scene);
  });

  it('lets one of two creates of the same userName win and refuses the other with 409', async () => {
    const scene = await createScene();
    for (let round = 0; round < 20; round++) {
      const outcomes = await Promise.allSettled([
        addUser(scene.request(), `User-${round}@example.com`),
        addUser(scene.request(), `user-${round}@EXAMPLE.com`),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const refused = outcomes.find((outcome) => outcome.status === 'rejected');
      expect(refused?.reason).toMatchObject({ status: 409, scimType: 'uniqueness' });
    }
    await expectSound(scene);
  });

  it('leaves no membership behind when a member is added while it is deleted', async () => {
    const scene = await createScene();
    const group = await addGroup(scene.context, 'Sales');
    for (let round = 0; round < 20; round++) {
      const user = await addUser(scene.context, `user-${round}@example.com`);
      const [addition] = await Promise.allSettled([
        patch(scene.request(), 'Group', group, [addMembers([user])]),
        deleteResource(scene.request(), 'User', user, { ifMatch: undefined }),
      ]);
      // Either order is right; the addition that comes second finds nobody to add.
      if (addition.status === 'rejected') expect(addition.reason).toMatchObject({ status: 400 });
    }
    await expectSound(scene);
    expect(await memberIds(scene, group)).toEqual([]);
  });

  it('finds a user under one name or the other, never under a wrong one, while it is renamed', async () => {
    const scene = await createScene();
    const user = await addUser(scene.context, 'name-0@example.com');
    const find = async (userName: string) => {
      const list = await listResources(scene.request(), 'User', {
        filter: parseFilter(`userName eq "${userName}"`),
        startIndex: 1,
        count: 10,
        selection: everything.User,
      });
      return list.resources.map(({ representation }) => representation['userName']);
    };
    for (let round = 0; round < 20; round++) {
      const [before, after] = [`name-${round}@example.com`, `name-${round + 1}@example.com`];
      const [, foundBefore, foundAfter] = await Promise.all([
        patch(scene.request(), 'User', user, [{ op: 'replace', path: 'userName', value: after }]),
        find(before),
        find(after),
      ]);
      for (const name of foundBefore) expect(name).toBe(before);
      for (const name of foundAfter) expect(name).toBe(after);
      expect(await find(before)).toEqual([]);
      expect(await find(after)).toEqual([after]);
    }
    await expectSound(scene);
  });

  it('carries out both of two long PATCHes of one group', async () => {
    const scene = await createScene();
    const users = await seedUsers(scene.context, 240, 'user');
    const [first, second, former] = [users.slice(0, 100), users.slice(100, 200), users.slice(200)];
    const group = await addGroup(scene.context, 'Sales');
    await patch(scene.context, 'Group', group, [addMembers(former)]);
    await Promise.all([
      patch(scene.request(), 'Group', group, [addMembers(first)]),
      patch(scene.request(), 'Group', group, [removeMembers(former), addMembers(second)]),
    ]);
    expect(await memberIds(scene, group)).toEqual([...first, ...second].sort());
    await expectSound(scene);
  });

  it('carries out small PATCHes during a long one', async () => {
    const scene = await createScene();
    const users = await seedUsers(scene.context, 130, 'user');
    const [many, few] = [users.slice(0, 120), users.slice(120)];
    const group = await addGroup(scene.context, 'Sales');
    await Promise.all([
      patch(scene.request(), 'Group', group, [addMembers(many)]),
      ...few.map((id) => patch(scene.request(), 'Group', group, [addMembers([id])])),
      patch(scene.request(), 'Group', group, [{ op: 'replace', path: 'displayName', value: 'Sales EU' }]),
    ]);
    expect(await memberIds(scene, group)).toEqual([...users].sort());
    const { representation } = await getResource(scene.context, 'Group', group, everything.Group);
    expect(representation['displayName']).toBe('Sales EU');
    await expectSound(scene);
  });

  it('shows all of a long PATCH to what comes after somebody has finished it', async () => {
    const scene = await createScene();
    const users = await seedUsers(scene.context, 34, 'user');
    for (let round = 0; round < 25; round++) {
      const group = await addGroup(scene.context, `Group ${round}`);
      const addition = patch(scene.request(), 'Group', group, [addMembers(users)]);
      while ((await getResource(scene.context, 'Group', group, everything.Group)).version === 1) await turns(1);
      await turns(round * 10);
      // A change of the name has to wait for the long write, and so finishes it: nothing of it may come later.
      await patch(scene.request(), 'Group', group, [{ op: 'replace', path: 'displayName', value: `Named ${round}` }]);
      await patch(scene.request(), 'Group', group, [{ op: 'remove', path: 'members' }]);
      await addition;
      expect(await memberIds(scene, group)).toEqual([]);
    }
    await expectSound(scene);
  });

  it('leaves out a member that is deleted in the middle of a long PATCH', async () => {
    const scene = await createScene();
    const users = await seedUsers(scene.context, 120, 'user');
    const [gone = '', ...others] = users;
    const group = await addGroup(scene.context, 'Sales');
    const [addition] = await Promise.allSettled([
      patch(scene.request(), 'Group', group, [addMembers(users)]),
      deleteResource(scene.request(), 'User', gone, { ifMatch: undefined }),
    ]);
    await expectSound(scene);
    const members = await memberIds(scene, group);
    if (addition.status === 'fulfilled') expect(members).toEqual([...others].sort());
    else expect({ reason: addition.reason.status, members }).toEqual({ reason: 400, members: [] });
  });

  it('deletes a group in the middle of a long PATCH', async () => {
    const scene = await createScene();
    const users = await seedUsers(scene.context, 120, 'user');
    const group = await addGroup(scene.context, 'Sales');
    const [addition, deletion] = await Promise.allSettled([
      patch(scene.request(), 'Group', group, [addMembers(users)]),
      deleteResource(scene.request(), 'Group', group, { ifMatch: undefined }),
    ]);
    expect(deletion.status).toBe('fulfilled');
    if (addition.status === 'rejected') expect(addition.reason).toMatchObject({ status: 404 });
    await expectSound(scene);
    expect(await memberIds(scene, group)).toEqual([]);
    await expect(getResource(scene.context, 'Group', group, everything.Group)).rejects.toBeInstanceOf(ScimError);
  });

  it('deletes a user in 300 groups that are being synced', async () => {
    const scene = await createScene();
    const [leaver = '', ...others] = await seedUsers(scene.context, 31, 'user');
    const groups: string[] = [];
    for (let n = 0; n < 300; n++) groups.push(await addGroup(scene.context, `Group ${n}`));
    for (const group of groups) await seedMembers(scene.context, group, [leaver]);
    await Promise.all([
      deleteResource(scene.request(), 'User', leaver, { ifMatch: undefined }),
      ...others.map((id, n) => patch(scene.request(), 'Group', groups[n] ?? '', [addMembers([id])])),
    ]);
    await expectSound(scene);
    for (const [n, group] of groups.entries()) {
      expect(await memberIds(scene, group)).toEqual(n < others.length ? [others[n]] : []);
    }
  });
});

/** Lets others go on for some turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}
