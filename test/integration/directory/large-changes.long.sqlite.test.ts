import { beforeEach, describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { getResource } from '../../../directory/get-resource.ts';
import { readMembers } from '../../../directory/read-memberships.ts';
import { replaceResource } from '../../../directory/replace-resource.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { type AdversarialMode, createAdversarialTable } from '../../helpers/adversarial-table.ts';
import {
  addGroup,
  addMembers,
  createContext,
  everything,
  patch,
  removeMembers,
  requestOf,
} from '../../helpers/directory.ts';
import { seedMembers, seedUsers } from '../../helpers/seed.ts';

/** The most members that one request may change. */
const MOST = 5_000;

const MODES: readonly AdversarialMode[] = [
  { kind: 'overlap' },
  { kind: 'torn' },
  { kind: 'chaos', seed: 5, rate: 0.1 },
];

describe.each(MODES)('5,000 member changes among other requests, table mode $kind', (mode) => {
  let plain: SqliteItemTable;
  let context: DirectoryContext;
  let users: readonly string[];
  let group: string;

  beforeEach(async () => {
    plain = new SqliteItemTable(':memory:');
    context = await createContext(plain, { deadlineSeconds: 300 });
    users = await seedUsers(context, MOST + 20, 'user');
    group = await addGroup(context, 'Sales');
  });

  /** A request of its own, with its own retries, over the table in its mode. */
  function request(): DirectoryContext {
    return requestOf(context, createAdversarialTable(plain, mode), 50);
  }

  async function memberIds(): Promise<readonly string[]> {
    return (await readMembers(context, group)).map(({ id }) => id).sort();
  }

  it('take 5,000 in while others come and one goes', async () => {
    const [many, few] = [users.slice(0, MOST), users.slice(MOST)];
    const [gone = ''] = many;
    const [long] = await Promise.allSettled([
      patch(request(), 'Group', group, [addMembers(many)]),
      ...few.map((id) => patch(request(), 'Group', group, [addMembers([id])])),
      deleteResource(request(), 'User', gone, { ifMatch: undefined }),
      patch(request(), 'Group', group, [{ op: 'replace', path: 'displayName', value: 'Sales EU' }]),
    ]);
    // Who is deleted before the change begins to bind is no user to add.
    if (long.status === 'rejected') expect(long.reason).toMatchObject({ status: 400 });
    const expected = long.status === 'rejected' ? few : [...many.slice(1), ...few];
    expect(await memberIds()).toEqual(expected);
    const { representation } = await getResource(context, 'Group', group, everything.Group);
    expect(representation['displayName']).toBe('Sales EU');
    expect(await checkInvariants(plain)).toEqual([]);
  });

  it('take 5,000 out while others come', async () => {
    const [many, few] = [users.slice(0, MOST), users.slice(MOST)];
    await seedMembers(context, group, many);
    await Promise.all([
      patch(request(), 'Group', group, [removeMembers(many)]),
      ...few.map((id) => patch(request(), 'Group', group, [addMembers([id])])),
    ]);
    expect(await memberIds()).toEqual(few);
    expect(await checkInvariants(plain)).toEqual([]);
  });

  it('replace one half by another, whole, though somebody else changes the group meanwhile', async () => {
    const [former, coming] = [users.slice(0, 2_500), users.slice(2_400, 4_900)];
    await seedMembers(context, group, former);
    const body = { attributes: { displayName: 'Support' }, members: coming };
    await Promise.all([
      replaceResource(request(), 'Group', group, body, { ifMatch: undefined, selection: everything.Group }),
      patch(request(), 'Group', group, [removeMembers(former.slice(0, 1))]),
    ]);
    expect(await memberIds()).toEqual(coming);
    const { representation } = await getResource(context, 'Group', group, everything.Group);
    expect(representation['displayName']).toBe('Support');
    expect(await checkInvariants(plain)).toEqual([]);
  });
});
