import { beforeEach, describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import { type Due, listDue } from '../../../directory/lifecycle/due.ts';
import { type LifecycleReport, sweepLifecycle } from '../../../directory/lifecycle/lifecycle-sweep.ts';
import type { ItemTable, ScannableTable } from '../../../directory/store/item-table.ts';
import { tombstoneKey } from '../../../directory/store/keys.ts';
import { purgedKey } from '../../../directory/store/log-keys.ts';
import { tenantKey } from '../../../directory/store/tenant-keys.ts';
import { addUser, createContext, patch } from '../../helpers/directory.ts';
import { daysLater, readUser, removeUser, withSettings } from '../../helpers/lifecycle.ts';
import { createTestTable } from '../../helpers/tables.ts';

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

const NOTHING = { tenants: 1, deleted: 0, purged: 0, postponed: 0, reminded: 0, left: 0 };

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
