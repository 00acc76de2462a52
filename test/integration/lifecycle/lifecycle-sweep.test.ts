import { beforeEach, describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { type Due, listDue } from '../../../directory/lifecycle/due.ts';
import { type LifecycleReport, sweepLifecycle } from '../../../directory/lifecycle/lifecycle-sweep.ts';
import type { ItemTable, ScannableTable } from '../../../directory/store/item-table.ts';
import { claimKey, tombstoneKey } from '../../../directory/store/keys.ts';
import { purgedKey } from '../../../directory/store/log-keys.ts';
import { tenantKey } from '../../../directory/store/tenant-keys.ts';
import { sweepLater } from '../../helpers/crashes.ts';
import { addGroup, addUser, createContext, patch } from '../../helpers/directory.ts';
import { daysLater, readUser, removeUser, withSettings } from '../../helpers/lifecycle.ts';
import { allIn, createTestTable } from '../../helpers/tables.ts';

let table: ScannableTable;
let context: DirectoryContext;

beforeEach(async () => {
  table = await createTestTable();
  context = await createContext(table);
});

/** What an operator has set, where the sweep reads it. */
async function set(settings: { deleteAfterDeactivatedDays?: number; retentionDays?: number }, tenant = 'acme') {
  await table.writeOne({ kind: 'update', key: tenantKey(tenant), set: { settings: { ...settings } } });
  return withSettings(context, settings);
}

async function sweepAfter(days: number, on: ItemTable = context.table, remainingMs = 60_000): Promise<LifecycleReport> {
  const { now } = daysLater(context, days);
  return await sweepLifecycle(on, { now, newId: context.newId, remainingMs: () => remainingMs });
}

async function dueIn(asked: DirectoryContext, days: number): Promise<readonly Due[]> {
  const due: Due[] = [];
  let after: string | undefined;
  do {
    const page = await listDue(asked, daysLater(context, days).now(), after);
    due.push(...page.due);
    after = page.next;
  } while (after !== undefined);
  return due;
}

/** The table, of which all calls of a kind fail after so many. */
function without(target: ItemTable, broken: 'write' | 'query', after: number): ItemTable {
  let calls = 0;
  return new Proxy(target, {
    get: (_, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...given: unknown[]): Promise<unknown> => {
        if (name === broken && ++calls > after) throw new Error('broken');
        return await Reflect.apply(member, target, given);
      };
    },
  });
}

const NOTHING = { tenants: 1, deleted: 0, purged: 0, groups: 0, postponed: 0, reminded: 0, left: 0, failed: 0 };

describe('sweepLifecycle', () => {
  it('deletes who has been deactivated for long, and nobody else, as the lifecycle itself', async () => {
    await set({ deleteAfterDeactivatedDays: 10 });
    const gone = await addUser(context, 'gone', { active: false });
    const active = await addUser(context, 'active');
    const recent = await addUser(daysLater(context, 5), 'recent', { active: false });
    expect(await sweepAfter(9)).toEqual(NOTHING);
    expect(await sweepAfter(11)).toEqual({ ...NOTHING, deleted: 1 });
    await expect(readUser(context, gone)).rejects.toMatchObject({ status: 404 });
    for (const id of [active, recent]) expect(await readUser(context, id)).toMatchObject({ id });
    expect(await table.get(tombstoneKey('acme', 'User', gone))).toMatchObject({ by: { application: '@lifecycle' } });
    expect(await checkInvariants(table)).toEqual([]);
  });

  it('is off unless the tenant says otherwise', async () => {
    const id = await addUser(context, 'gone', { active: false });
    expect(await sweepAfter(3_000)).toEqual(NOTHING);
    expect(await readUser(context, id)).toMatchObject({ active: false });
  });

  it('lets a re-activated user be, and counts anew once deactivated again', async () => {
    await set({ deleteAfterDeactivatedDays: 10 });
    const id = await addUser(context, 'ada', { active: false });
    await patch(daysLater(context, 9), 'User', id, [{ op: 'replace', path: 'active', value: true }]);
    expect(await sweepAfter(11)).toEqual(NOTHING);
    await patch(daysLater(context, 12), 'User', id, [{ op: 'replace', path: 'active', value: false }]);
    expect(await sweepAfter(21)).toEqual(NOTHING);
    expect(await sweepAfter(23)).toEqual({ ...NOTHING, deleted: 1 });
  });

  it('does not delete who is activated between the look and the deletion', async () => {
    await set({ deleteAfterDeactivatedDays: 10 });
    const id = await addUser(context, 'ada', { active: false });
    let isActivated = false;
    const busy: ItemTable = new Proxy(context.table, {
      get: (target, name) => {
        if (name === 'get' && !isActivated) {
          return async (key: Parameters<ItemTable['get']>[0]) => {
            if (!isActivated) {
              isActivated = true;
              await patch(context, 'User', id, [{ op: 'replace', path: 'active', value: true }]);
            }
            return await target.get(key);
          };
        }
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    expect(await sweepAfter(11, busy)).toEqual({ ...NOTHING, postponed: 1 });
    expect(isActivated).toBe(true);
    expect(await readUser(context, id)).toMatchObject({ active: true });
  });

  it('purges whose retention is over, also of those that it has deleted itself', async () => {
    await set({ deleteAfterDeactivatedDays: 10, retentionDays: 20 });
    const [deleted, deactivated] = [await addUser(context, 'one'), await addUser(context, 'two', { active: false })];
    await removeUser(context, deleted);
    expect(await sweepAfter(19)).toEqual({ ...NOTHING, deleted: 1 });
    expect(await sweepAfter(21)).toEqual({ ...NOTHING, purged: 1 });
    expect(await table.get(purgedKey('acme', 'User', deleted))).toMatchObject({ by: { application: '@lifecycle' } });
    expect(await table.get(tombstoneKey('acme', 'User', deactivated))).toBeDefined();
    expect(await sweepAfter(40)).toEqual({ ...NOTHING, purged: 1 });
    expect(await table.get(tombstoneKey('acme', 'User', deactivated))).toBeUndefined();
  });

  it('goes through every tenant, each by its own settings', async () => {
    await set({ deleteAfterDeactivatedDays: 10 });
    const others = ['beta', 'gamma'];
    for (const tenant of others) {
      const other = await createContext(table, { tenant });
      await removeUser(other, await addUser(other, 'ada'));
    }
    await addUser(context, 'ada', { active: false });
    expect(await sweepAfter(31)).toEqual({ ...NOTHING, tenants: 3, deleted: 1, purged: 2 });
  });

  it('forgets deleted groups after the retention, whoever has their name by now', async () => {
    await set({ retentionDays: 20 });
    const member = await addUser(context, 'member');
    const gone = await addGroup(context, 'Gone', [member]);
    const renamed = await addGroup(context, 'Renamed', [member, gone]);
    for (const id of [gone, renamed]) await deleteResource(context, 'Group', id, { ifMatch: undefined });
    const namesake = await addGroup(context, 'Renamed', [member]);
    await sweepLater(context);
    expect(await sweepAfter(19)).toEqual(NOTHING);
    expect(await sweepAfter(21)).toEqual({ ...NOTHING, groups: 2 });
    const left = (await allIn(table)).filter((item) => [gone, renamed].some((id) => JSON.stringify(item).includes(id)));
    expect(left).toEqual([]);
    expect(await table.get(claimKey('acme', 'Group', 'displayName', 'gone'))).toBeUndefined();
    expect(await table.get(claimKey('acme', 'Group', 'displayName', 'renamed'))).toMatchObject({
      resourceId: namesake,
    });
    expect(await checkInvariants(table)).toEqual([]);
    expect(await sweepAfter(21)).toEqual(NOTHING);
  });

  it('goes on with a group that it forgot in part', async () => {
    await set({ retentionDays: 20 });
    const group = await addGroup(context, 'Gone', [await addUser(context, 'member')]);
    await deleteResource(context, 'Group', group, { ifMatch: undefined });
    const broken = without(context.table, 'write', 1);
    await expect(sweepAfter(21, broken)).rejects.toThrow('broken');
    expect(await table.get(tombstoneKey('acme', 'Group', group))).toBeDefined();
    expect(await sweepAfter(21)).toEqual({ ...NOTHING, groups: 1 });
    expect((await allIn(table)).filter((item) => JSON.stringify(item).includes(group))).toEqual([]);
  });

  it('goes on behind what it does not understand, in every tenant, and tells of it', async () => {
    const format = { format: 1, version: 1 };
    for (const tenant of ['beta', 'gamma']) {
      const other = await createContext(table, { tenant });
      await removeUser(other, await addUser(other, 'ada'));
    }
    for (const type of ['User', 'Group'] as const) {
      const key = tombstoneKey('beta', type, '00000000-0000-4000-8000-000000000000');
      await table.writeOne({ kind: 'put', item: { ...key, ...format } });
    }
    await table.writeOne({ kind: 'update', key: tenantKey('acme'), set: { settings: { retentionDays: 'long' } } });
    const failures: unknown[] = [];
    const { now } = daysLater(context, 31);
    const onFailure = (what: unknown) => failures.push(what);
    const report = await sweepLifecycle(table, { now, newId: context.newId, remainingMs: () => 60_000, onFailure });
    expect(report).toEqual({ ...NOTHING, tenants: 2, purged: 2, failed: 3 });
    expect(failures).toHaveLength(3);
    expect(failures).toEqual(
      expect.arrayContaining([
        { kind: 'tenant', tenant: 'acme' },
        { kind: 'user', tenant: 'beta' },
        { kind: 'group', tenant: 'beta' },
      ]),
    );
  });

  it('counts nobody as purged whose deletion took all the time', async () => {
    const id = await addUser(context, 'ada');
    await addGroup(context, 'Sales', [id]);
    // The request that deletes dies before the membership goes.
    await removeUser({ ...context, table: without(context.table, 'query', 0) }, id).catch(() => undefined);
    let looks = 0;
    // Reminder, both pages, user: and then no more.
    const remainingMs = () => (looks++ < 4 ? 60_000 : 0);
    const { now } = daysLater(context, 31);
    const report = await sweepLifecycle(table, { now, newId: context.newId, remainingMs });
    expect(report).toEqual({ ...NOTHING, tenants: 0, postponed: 1, left: 1 });
    expect(await table.get(tombstoneKey('acme', 'User', id))).toBeDefined();
  });

  it('stops when its time is over, and says what is left', async () => {
    await createContext(table, { tenant: 'beta' });
    expect(await sweepAfter(1, context.table, 1_000)).toEqual({ ...NOTHING, tenants: 0, left: 2 });
  });
});

describe('what is due', () => {
  it('is told beforehand: whom the next sweep will delete and purge', async () => {
    const asked = await set({ deleteAfterDeactivatedDays: 10, retentionDays: 20 });
    const leaving = await addUser(context, 'leaving', { active: false });
    const deleted = await addUser(context, 'deleted');
    await addUser(context, 'staying');
    await removeUser(context, deleted);
    expect(await dueIn(asked, 9)).toEqual([]);
    expect(await dueIn(asked, 11)).toMatchObject([{ action: 'delete', id: leaving, userName: 'leaving' }]);
    expect(await dueIn(asked, 21)).toMatchObject([
      { action: 'delete', id: leaving },
      { action: 'purge', id: deleted, userName: 'deleted' },
    ]);
    const report = await sweepAfter(21);
    expect([report.deleted, report.purged]).toEqual([1, 1]);
    expect(await dueIn(asked, 21)).toEqual([]);
  });
});
