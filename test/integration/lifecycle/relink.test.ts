import { beforeEach, describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import { purgeUser } from '../../../directory/lifecycle/purge-user.ts';
import { restoreUser } from '../../../directory/lifecycle/restore-user.ts';
import type { ItemTable, ScannableTable } from '../../../directory/store/item-table.ts';
import { ResourceItemSchema } from '../../../directory/store/items.ts';
import { formerMembershipPartition, JOURNALS, resourceKey } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { concurrencyModes } from '../../helpers/concurrency-modes.ts';
import { sweepToTheEnd } from '../../helpers/crashes.ts';
import { addGroup, addUser, createContext, idOf, requestOf } from '../../helpers/directory.ts';
import {
  daysLater,
  groupsOf,
  post,
  readUser,
  removeUser,
  withApplication,
  withSettings,
} from '../../helpers/lifecycle.ts';
import { createTestTable } from '../../helpers/tables.ts';

const ADA = { userName: 'ada@example.com', externalId: 'ada-1' };

let table: ScannableTable;
let context: DirectoryContext;
/** The same of an application whose externalIds never change hands. */
let immutable: DirectoryContext;

beforeEach(async () => {
  table = await createTestTable();
  context = withSettings(await createContext(table), { returningUsers: 'relink' });
  immutable = withApplication(context, { immutableExternalId: true });
});

async function expectSound(plain: ScannableTable = table): Promise<void> {
  expect(await checkInvariants(plain)).toEqual([]);
  await sweepToTheEnd({ ...context, table: plain });
  expect(await checkInvariants(plain)).toEqual([]);
  expect(await queryAll(plain, { pk: JOURNALS })).toEqual([]);
}

async function postedId(asked: DirectoryContext, body: JsonObject): Promise<string> {
  const { representation, status, done } = await post(asked, body);
  expect([status, done.kind]).toEqual([201, 'created']);
  return idOf(representation ?? {});
}

async function deletedAda(more: JsonObject = {}): Promise<string> {
  const id = await addUser(context, ADA.userName, { externalId: ADA.externalId, ...more });
  await removeUser(context, id);
  return id;
}

describe('relink', () => {
  it('gives whoever returns the former id, with what is sent now and no groups', async () => {
    const id = await addUser(context, ADA.userName, { externalId: ADA.externalId, title: 'Countess' });
    await addGroup(context, 'Sales', [id]);
    await removeUser(context, id);
    expect(await postedId(context, { ...ADA, nickName: 'Ada' })).toBe(id);
    const user = await readUser(context, id);
    expect(user).toMatchObject({ ...ADA, nickName: 'Ada' });
    expect(user).not.toHaveProperty('title');
    expect(await groupsOf(context, id)).toEqual([]);
    expect(ResourceItemSchema.parse(await table.get(resourceKey('acme', 'User', id)))).toMatchObject({
      version: 3,
      broughtBack: 'relinked',
    });
    await expectSound();
    expect(await queryAll(table, { pk: formerMembershipPartition('acme', id) })).toEqual([]);
  });

  it('leaves what is locally owned as it was, whatever the POST says, and takes it for what is required', async () => {
    const owning = withSettings(context, {
      locallyOwned: ['nickName', 'locale', 'name.middleName'],
      createDefaults: { locale: 'en' },
    });
    const own = { nickName: 'Countess', locale: 'de', name: { middleName: 'Byron' } };
    const id = await addUser(context, ADA.userName, { externalId: ADA.externalId, ...own });
    await removeUser(owning, id);
    const sent = { ...ADA, nickName: 'Ada', name: { familyName: 'Lovelace' } };
    expect(await postedId(owning, sent)).toBe(id);
    const user = await readUser(owning, id);
    expect(user).toMatchObject({ ...own, name: { middleName: 'Byron', familyName: 'Lovelace' } });
    await removeUser(owning, id);
    const newcomer = await readUser(owning, await postedId(owning, { ...sent, externalId: 'other' }));
    expect(newcomer).toMatchObject({ locale: 'en', name: { familyName: 'Lovelace' } });
    expect(newcomer).not.toHaveProperty('nickName');
    await expectSound();
  });

  it('does not bring back the groups of before by a later restoration', async () => {
    const id = await addUser(context, ADA.userName, { externalId: ADA.externalId });
    await addGroup(context, 'Before', [id]);
    await removeUser(context, id);
    await postedId(context, ADA);
    const group = await addGroup(context, 'After', [id]);
    await removeUser(context, id);
    expect((await restoreUser(context, id)).groups).toEqual([group]);
    await expectSound();
  });

  it.each([
    { what: 'the userName differs', body: { userName: 'bob@example.com', externalId: 'ada-1' } },
    { what: 'the externalId differs', body: { userName: 'ada@example.com', externalId: 'ada-2' } },
    { what: 'the externalId differs in case', body: { userName: 'ada@example.com', externalId: 'ADA-1' } },
    { what: 'there is no externalId', body: { userName: 'ada@example.com' } },
  ])('makes a new user where $what', async ({ body }) => {
    const id = await deletedAda();
    expect(await postedId(context, body)).not.toBe(id);
    await expectSound();
  });

  it('knows a userName that differs in case', async () => {
    const id = await deletedAda();
    expect(await postedId(context, { ...ADA, userName: 'ADA@example.com' })).toBe(id);
    await expectSound();
  });

  it('makes a new user where neither had an externalId', async () => {
    const id = await addUser(context, 'eve@example.com');
    await removeUser(context, id);
    expect(await postedId(context, { userName: 'eve@example.com' })).not.toBe(id);
  });

  it('makes a new user after the retention', async () => {
    const id = await deletedAda();
    expect(await postedId(daysLater(context, 31), ADA)).not.toBe(id);
  });

  it.each([true, false])('refuses with 409 where the user is there, active: %s', async (active) => {
    await addUser(context, ADA.userName, { externalId: ADA.externalId, active });
    await expect(post(context, ADA)).rejects.toMatchObject({ status: 409, scimType: 'uniqueness' });
    await expectSound();
  });

  it('never gives the id to a newcomer who has taken the userName', async () => {
    const id = await deletedAda();
    const newcomer = await postedId(context, { userName: ADA.userName, externalId: 'new-1' });
    expect(newcomer).not.toBe(id);
    await expect(post(context, ADA)).rejects.toMatchObject({ status: 409, scimType: 'uniqueness' });
    expect(await readUser(context, newcomer)).toMatchObject({ externalId: 'new-1' });
    await expectSound();
  });

  it('brings back the one deleted last of several that match', async () => {
    const create = withSettings(context, { returningUsers: 'create' });
    const [first, second] = [daysLater(create, -2), daysLater(create, -1)];
    const older = await addUser(first, ADA.userName, { externalId: ADA.externalId });
    await removeUser(first, older);
    const newer = await addUser(second, ADA.userName, { externalId: ADA.externalId });
    await removeUser(second, newer);
    expect(await postedId(context, ADA)).toBe(newer);
    await expectSound();
  });

  it('counts on over a second deletion and return', async () => {
    const id = await deletedAda();
    expect(await postedId(context, ADA)).toBe(id);
    await removeUser(context, id);
    expect(await postedId(context, ADA)).toBe(id);
    const { version } = ResourceItemSchema.parse(await table.get(resourceKey('acme', 'User', id)));
    expect(version).toBe(5);
    await expectSound();
  });
});

describe('relink by an externalId that never changes hands', () => {
  it('follows a person who returns under another userName, which frees the former one', async () => {
    const id = await deletedAda();
    expect(await postedId(immutable, { userName: 'countess@example.com', externalId: 'ada-1' })).toBe(id);
    await expectSound();
    const other = await postedId(immutable, { userName: ADA.userName, externalId: 'other' });
    expect(other).not.toBe(id);
    await expectSound();
  });

  it('leaves the former userName to whoever has it by now', async () => {
    const id = await deletedAda();
    const newcomer = await postedId(immutable, { userName: ADA.userName, externalId: 'new-1' });
    expect(await postedId(immutable, { userName: 'countess@example.com', externalId: 'ada-1' })).toBe(id);
    expect(await readUser(immutable, newcomer)).toMatchObject({ userName: ADA.userName });
    await expectSound();
  });

  it('refuses with 409 where a user with the externalId is there', async () => {
    await addUser(context, ADA.userName, { externalId: ADA.externalId, active: false });
    const body = { userName: 'countess@example.com', externalId: 'ada-1' };
    await expect(post(immutable, body)).rejects.toMatchObject({
      status: 409,
      scimType: 'uniqueness',
      message: expect.stringContaining('externalId'),
    });
  });

  it('does not trust what another application has created', async () => {
    const id = await deletedAda();
    const other = withApplication({ ...context, application: 'hr' }, { immutableExternalId: true });
    expect(await postedId(other, { userName: 'countess@example.com', externalId: 'ada-1' })).not.toBe(id);
  });
});

describe.each(concurrencyModes(5, 17))('relink under concurrency, table mode $kind', (mode) => {
  async function createScene() {
    const plain = await createTestTable();
    const disturbed: ItemTable =
      mode.kind === 'plain' || !(plain instanceof SqliteItemTable) ? plain : createAdversarialTable(plain, mode);
    const calm = withSettings(await createContext(plain, { deadlineSeconds: 120 }), { returningUsers: 'relink' });
    const request = (): DirectoryContext => requestOf(calm, disturbed, 60);
    return { plain, calm, request };
  }
  const ROUNDS = 12;
  const of = (round: number) => ({ userName: `user-${round}@example.com`, externalId: `external-${round}` });

  it('lets one of two POSTs of a returning user win, and refuses the other with 409', async () => {
    const { plain, calm, request } = await createScene();
    for (let round = 0; round < ROUNDS; round++) {
      const id = await addUser(calm, of(round).userName, { externalId: of(round).externalId });
      await addGroup(calm, `Group ${round}`, [id]);
      await removeUser(calm, id);
      const outcomes = await Promise.allSettled([post(request(), of(round)), post(request(), of(round))]);
      const [won, ...also] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      expect(also).toEqual([]);
      expect(won?.representation?.['id']).toBe(id);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected')
          expect(outcome.reason).toMatchObject({ status: 409, scimType: 'uniqueness' });
      }
      expect(await groupsOf(calm, id)).toEqual([]);
    }
    await expectSound(plain);
  });

  it('gives the id to whoever has both names, not to somebody with one of them who comes at the same time', async () => {
    const { plain, calm, request } = await createScene();
    for (let round = 0; round < ROUNDS; round++) {
      const { userName, externalId } = of(round);
      const id = await addUser(calm, userName, { externalId });
      await removeUser(calm, id);
      const [newcomer, namesake, returning] = await Promise.allSettled([
        post(request(), { userName, externalId: `new-${round}` }),
        post(request(), { userName: `other-${round}@example.com`, externalId }),
        post(request(), of(round)),
      ]);
      expect(namesake.status).toBe('fulfilled');
      for (const outcome of [newcomer, namesake]) {
        if (outcome.status === 'fulfilled') expect(outcome.value.representation?.['id']).not.toBe(id);
      }
      // Of the two who want the userName one has it.
      expect([newcomer.status, returning.status].sort()).toEqual(['fulfilled', 'rejected']);
      if (returning.status === 'fulfilled') expect(returning.value.representation?.['id']).toBe(id);
    }
    await expectSound(plain);
  });

  it('relinks or refuses, and never makes a second user, while the first is being deleted', async () => {
    const { plain, calm, request } = await createScene();
    for (let round = 0; round < ROUNDS; round++) {
      const id = await addUser(calm, of(round).userName, { externalId: of(round).externalId });
      const group = await addGroup(calm, `Group ${round}`, [id]);
      const [, returning] = await Promise.allSettled([removeUser(request(), id), post(request(), of(round))]);
      if (returning.status === 'fulfilled') {
        expect(returning.value.representation?.['id']).toBe(id);
        expect(await groupsOf(calm, id)).not.toContain(group);
      } else {
        expect(returning.reason).toMatchObject({ status: 409, scimType: 'uniqueness' });
      }
    }
    await expectSound(plain);
  });

  it('lets one of a restoration and a returning POST win', async () => {
    const { plain, calm, request } = await createScene();
    for (let round = 0; round < ROUNDS; round++) {
      const id = await addUser(calm, of(round).userName, { externalId: of(round).externalId });
      const group = await addGroup(calm, `Group ${round}`, [id]);
      await removeUser(calm, id);
      const [restored, posted] = await Promise.allSettled([restoreUser(request(), id), post(request(), of(round))]);
      expect([restored.status, posted.status].sort()).toEqual(['fulfilled', 'rejected']);
      expect(await groupsOf(calm, id)).toEqual(restored.status === 'fulfilled' ? [group] : []);
    }
    await expectSound(plain);
  });

  it('lets one of a restoration and a purge win', async () => {
    const { plain, calm, request } = await createScene();
    for (let round = 0; round < ROUNDS; round++) {
      const id = await addUser(calm, of(round).userName, { externalId: of(round).externalId });
      await addGroup(calm, `Group ${round}`, [id]);
      await removeUser(calm, id);
      const [restored, purged] = await Promise.allSettled([restoreUser(request(), id), purgeUser(request(), id)]);
      expect([restored.status, purged.status].sort()).toEqual(['fulfilled', 'rejected']);
      const isThere = (await plain.get(resourceKey('acme', 'User', id))) !== undefined;
      expect(isThere).toBe(restored.status === 'fulfilled');
    }
    await expectSound(plain);
  });
});
