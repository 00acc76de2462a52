import { beforeEach, describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { purgeUser } from '../../../directory/lifecycle/purge-user.ts';
import { restoreUser } from '../../../directory/lifecycle/restore-user.ts';
import type { ScannableTable } from '../../../directory/store/item-table.ts';
import { ResourceItemSchema } from '../../../directory/store/items.ts';
import { JOURNALS, resourceKey } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { sweepLater } from '../../helpers/crashes.ts';
import { addGroup, addMembers, addUser, createContext, patch, removeMembers } from '../../helpers/directory.ts';
import { daysLater, groupsOf, post, readUser, removeUser, withSettings } from '../../helpers/lifecycle.ts';
import { createTestTable } from '../../helpers/tables.ts';

let table: ScannableTable;
let context: DirectoryContext;
let operator: DirectoryContext;

beforeEach(async () => {
  table = await createTestTable();
  context = await createContext(table);
  operator = { ...context, application: '@operator', requestId: 'operators-call' };
});

async function expectSound(): Promise<void> {
  expect(await checkInvariants(table)).toEqual([]);
  await sweepLater(context);
  expect(await checkInvariants(table)).toEqual([]);
  expect(await queryAll(table, { pk: JOURNALS })).toEqual([]);
}

async function itemOf(id: string) {
  return ResourceItemSchema.parse(await table.get(resourceKey('acme', 'User', id)));
}

describe('restoreUser', () => {
  it('brings back id, attributes and groups, and the version counts on', async () => {
    const more = { externalId: 'ada-1', title: 'Countess', emails: [{ type: 'work', value: 'ada@example.com' }] };
    const id = await addUser(context, 'ada@example.com', more);
    const groups = [await addGroup(context, 'Sales', [id]), await addGroup(context, 'Board', [id])];
    const before = await readUser(context, id);
    await removeUser(context, id);
    await expect(readUser(context, id)).rejects.toMatchObject({ status: 404 });
    const restored = await restoreUser(operator, id);
    expect(restored).toEqual({ isWhole: true, groups: expect.arrayContaining(groups), skipped: [] });
    const { meta: _before, ...attributes } = before;
    expect(await readUser(context, id)).toMatchObject({ ...attributes, groups: expect.anything() });
    expect([...(await groupsOf(context, id))].sort()).toEqual([...groups].sort());
    expect(await itemOf(id)).toMatchObject({
      version: 3,
      created: (before['meta'] as { created: string }).created,
      broughtBack: 'restored',
      by: { application: '@operator', requestId: 'operators-call' },
      createdBy: 'entra',
    });
    await expectSound();
  });

  it('says of each group who came back, under a new version of the group', async () => {
    const id = await addUser(context, 'ada@example.com');
    const group = await addGroup(context, 'Sales', [id]);
    await removeUser(context, id);
    await restoreUser(operator, id);
    expect(await table.get(resourceKey('acme', 'Group', group))).toMatchObject({
      version: 3,
      delta: { added: [id], removed: [] },
      by: { application: '@operator' },
    });
  });

  it('brings back all of a hundred groups', async () => {
    const id = await addUser(context, 'ada@example.com');
    for (let n = 0; n < 100; n++) await addGroup(context, `Group ${n}`, [id]);
    await removeUser(context, id);
    expect((await restoreUser(operator, id)).groups).toHaveLength(100);
    await expectSound();
  });

  it('names and skips groups that are gone, and joins no group twice', async () => {
    const id = await addUser(context, 'ada@example.com');
    const [gone, there] = [await addGroup(context, 'Gone', [id]), await addGroup(context, 'There', [id])];
    await removeUser(context, id);
    await deleteResource(context, 'Group', gone, { ifMatch: undefined });
    expect(await restoreUser(operator, id)).toEqual({ isWhole: true, groups: [there], skipped: [gone] });
    await expectSound();
  });

  it('does no harm when it is asked for twice, and leaves alone what changed in between', async () => {
    const id = await addUser(context, 'ada@example.com');
    const group = await addGroup(context, 'Sales', [id]);
    await removeUser(context, id);
    await restoreUser(operator, id);
    await patch(context, 'Group', group, [removeMembers([id])]);
    expect(await restoreUser(operator, id)).toEqual({ isWhole: true, groups: [], skipped: [] });
    expect(await groupsOf(context, id)).toEqual([]);
    await sweepLater(context);
    await expect(restoreUser(operator, id)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('refuses where the userName has been taken since, and changes nothing', async () => {
    const id = await addUser(context, 'ada@example.com', { externalId: 'one' });
    await removeUser(context, id);
    const newcomer = await addUser(context, 'ADA@example.com', { externalId: 'two' });
    await expect(restoreUser(operator, id)).rejects.toMatchObject({
      status: 409,
      scimType: 'uniqueness',
      message: expect.stringContaining('userName'),
    });
    await expect(readUser(context, id)).rejects.toMatchObject({ status: 404 });
    expect(await readUser(context, newcomer)).toMatchObject({ externalId: 'two' });
    await expectSound();
  });

  it('takes the userName back where the newcomer has given it up, or is deleted as well', async () => {
    const id = await addUser(context, 'ada@example.com');
    await removeUser(context, id);
    const newcomer = await addUser(context, 'ada@example.com');
    await removeUser(context, newcomer);
    await restoreUser(operator, id);
    expect(await readUser(context, id)).toMatchObject({ userName: 'ada@example.com' });
    await expect(restoreUser(operator, newcomer)).rejects.toMatchObject({ scimType: 'uniqueness' });
    await expectSound();
  });

  it('is refused after the retention, for the purged, the living and the unknown', async () => {
    const [deleted, living] = [await addUser(context, 'ada'), await addUser(context, 'bob')];
    await removeUser(context, deleted);
    const later = daysLater(withSettings(operator, { retentionDays: 7 }), 8);
    await expect(restoreUser(later, deleted)).rejects.toMatchObject({ code: 'conflict', message: /7 days/ });
    await purgeUser(operator, deleted);
    await expect(restoreUser(operator, deleted)).rejects.toMatchObject({ code: 'conflict', message: /purged/ });
    await expect(restoreUser(operator, living)).rejects.toMatchObject({ code: 'conflict', message: /is there/ });
    for (const id of ['no-id', '2819c223-7f76-453a-919d-413861904646']) {
      await expect(restoreUser(operator, id)).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  it('finishes a deletion that is still under way', async () => {
    const id = await addUser(context, 'ada@example.com');
    const group = await addGroup(context, 'Sales', [id]);
    let calls = 0;
    const dying = new Proxy(context.table, {
      get: (target, name) => {
        if (name === 'query') return () => Promise.reject(new Error('the process died'));
        calls += 1;
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    await expect(removeUser({ ...context, table: dying }, id)).rejects.toThrow('died');
    expect(calls).toBeGreaterThan(0);
    expect(await restoreUser(operator, id)).toMatchObject({ groups: [group] });
    await expectSound();
  });

  it('lets a deactivated user begin a new term', async () => {
    const id = await addUser(context, 'ada@example.com', { active: false });
    await removeUser(context, id);
    const later = daysLater(operator, 20);
    await restoreUser(later, id);
    const { deactivatedAt, attributes } = await itemOf(id);
    expect(attributes['active']).toBe(false);
    expect(Date.parse(deactivatedAt ?? '')).toBeGreaterThan(Date.now() + 19 * 86_400_000);
  });

  it('restores what was left of an earlier restoration when the user was deleted in between', async () => {
    const id = await addUser(context, 'ada@example.com');
    const groups = [await addGroup(context, 'One', [id]), await addGroup(context, 'Two', [id])];
    await removeUser(context, id);
    await restoreUser(operator, id);
    await removeUser(context, id);
    await sweepLater(context);
    expect((await restoreUser(operator, id)).groups.toSorted()).toEqual(groups.toSorted());
    await patch(context, 'Group', groups[0] ?? '', [addMembers([id])]);
    await expectSound();
  });
});

describe('a POST in a tenant that makes new users of those who return', () => {
  it('gives a new id, and leaves the tombstone to be restored under another userName alone', async () => {
    const id = await addUser(context, 'ada@example.com', { externalId: 'one' });
    await removeUser(context, id);
    const { representation } = await post(context, { userName: 'ada@example.com', externalId: 'one' });
    expect(representation?.['id']).not.toBe(id);
    await expectSound();
  });
});
