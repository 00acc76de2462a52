import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { exportTenant } from '../../../directory/operator/export-tenant.ts';
import { addTenant, changeSettings, getTenant } from '../../../directory/operator/tenants.ts';
import type { ItemTable } from '../../../directory/store/item-table.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { AUDIT, tenantKey } from '../../../directory/store/tenant-keys.ts';
import { TenantCache } from '../../../directory/tenants.ts';
import { CallLog } from '../../helpers/call-log.ts';
import { addUser, createContext, requestOf } from '../../helpers/directory.ts';
import { type AskedList, askList, idsOf, nextCursorOf, walkList } from '../../helpers/lists.ts';
import { seedUsers } from '../../helpers/seed.ts';
import { createTestTable } from '../../helpers/tables.ts';

let table: ItemTable;
let context: DirectoryContext;

beforeAll(async () => {
  table = await createTestTable();
  context = await createContext(table, { deadlineSeconds: 300 });
  await seedUsers(context, 12, 'user');
});

/** A cursor of the query's first page. */
async function cursorOf(asked: AskedList, of = context): Promise<string> {
  const cursor = nextCursorOf(await askList(of, { count: '5', cursor: '', ...asked }));
  if (cursor === undefined) throw new Error('the first page was the last');
  return cursor;
}

const refused = (scimType: string) => expect.objectContaining({ status: 400, scimType });

describe('a walk by cursor', () => {
  it('begins with an empty cursor and ends with a page that has none', async () => {
    const first = await askList(context, { cursor: '', count: '5' });
    expect(first.resources).toHaveLength(5);
    const second = await askList(context, { cursor: nextCursorOf(first) ?? '', count: '5' });
    const third = await askList(context, { cursor: nextCursorOf(second) ?? '', count: '5' });
    expect([second, third].map(({ resources }) => resources.length)).toEqual([5, 2]);
    expect(nextCursorOf(third)).toBeUndefined();
    expect(new Set([first, second, third].flatMap(idsOf)).size).toBe(12);
  });

  it.each([1, 4, 6, 12, 13, 100])('has no empty page at its end, whatever the count: %i', async (count) => {
    let pages = 1;
    await walkList(context, { count: String(count) }, async () => {
      pages += 1;
    });
    expect(pages).toBe(Math.ceil(12 / count));
  });

  it('counts what the counters or the page itself tell, and says nothing where it would cost a scan', async () => {
    const total = async (asked: AskedList) => (await askList(context, { cursor: '', ...asked })).totalResults;
    expect(await total({ count: '5' })).toBe(12);
    expect(await total({ count: '5', sortBy: 'userName' })).toBe(12);
    expect(await total({ count: '5', filter: 'title pr' })).toBe(0);
    expect(await total({ count: '5', filter: 'displayName sw "User"' })).toBeUndefined();
    expect(await total({ count: '0', filter: 'displayName sw "User"' })).toBe(12);
  });

  it('answers a count of 0 with the number alone, and a negative one likewise', async () => {
    for (const count of ['0', '-3']) {
      const page = await askList(context, { cursor: '', count });
      expect(page).toMatchObject({ totalResults: 12, startIndex: undefined, resources: [] });
      expect(nextCursorOf(page)).toBeUndefined();
    }
  });

  it('goes on where its last resource was deleted meanwhile', async () => {
    const own = await createContext(await createTestTable(), { deadlineSeconds: 60 });
    await seedUsers(own, 6, 'user');
    for (const sortBy of [undefined, 'userName', 'displayName']) {
      const asked = sortBy === undefined ? { count: '2' } : { count: '2', sortBy };
      const all = await walkList(own, asked);
      const cursor = await cursorOf(asked, own);
      await deleteResource(own, 'User', all[1] ?? '', { ifMatch: undefined });
      expect(idsOf(await askList(own, { ...asked, cursor }))).toEqual(all.slice(2, 4));
    }
  });
});

describe('a cursor', () => {
  it('is made of characters that a URL takes as they are', async () => {
    expect(await cursorOf({ sortBy: 'userName' })).toMatch(/^[\w.~-]+$/);
  });

  it('shows no name, though it holds one, and is never the same twice', async () => {
    const cursor = await cursorOf({ sortBy: 'userName' });
    for (const encoding of ['base64url', 'base64', 'hex', 'latin1'] as const) {
      expect(Buffer.from(cursor, encoding).toString('latin1')).not.toMatch(/user-|example/);
    }
    expect(await cursorOf({ sortBy: 'userName' })).not.toBe(cursor);
  });

  it.each<AskedList>([
    { filter: 'displayName sw "User"' },
    { filter: 'displayName sw "Use"' },
    { sortBy: 'userName' },
    { sortBy: 'userName', sortOrder: 'descending' },
    { sortBy: 'externalId' },
    { types: ['Group'] },
    { types: ['User', 'Group'] },
  ])('is invalid for any query but its own: %j', async (other) => {
    for (const asked of [{}, { filter: 'displayName sw "User "' }, { sortBy: 'name.givenName' }]) {
      const cursor = await cursorOf(asked);
      await expect(askList(context, { count: '5', ...other, cursor })).rejects.toEqual(refused('invalidCursor'));
    }
  });

  it("is invalid for another tenant, also one that has the same key by somebody's mistake", async () => {
    const other = await createContext(table, { tenant: 'globex' });
    const cursor = await cursorOf({});
    await expect(askList(other, { count: '5', cursor })).rejects.toEqual(refused('invalidCursor'));
    const { cursorKey } = await getTenant(context, 'acme');
    await table.writeOne({ kind: 'update', key: tenantKey('globex'), set: { cursorKey: cursorKey ?? '' } });
    await expect(askList(other, { count: '5', cursor })).rejects.toEqual(refused('invalidCursor'));
  });

  it('is invalid once any of it is changed, cut or added to', async () => {
    const cursor = await cursorOf({});
    const bytes = Buffer.from(cursor, 'base64url');
    const forged = [...bytes.keys()].map((n) => {
      const copy = Buffer.from(bytes);
      copy[n] = (copy[n] ?? 0) ^ 1;
      return copy.toString('base64url');
    });
    for (const text of [...forged, cursor.slice(0, -4), cursor.slice(0, 8), `${cursor}AAAA`, `${cursor}!`, ' ']) {
      await expect(askList(context, { count: '5', cursor: text })).rejects.toEqual(refused('invalidCursor'));
    }
    // The walk itself goes on.
    expect(idsOf(await askList(context, { count: '5', cursor }))).toHaveLength(5);
  });

  it('is good for an hour and expired then', async () => {
    const cursor = await cursorOf({});
    const issued = context.now().getTime();
    const aged = (seconds: number): DirectoryContext => ({
      ...context,
      now: () => new Date(issued + seconds * 1_000),
    });
    expect(idsOf(await askList(aged(3_600), { count: '5', cursor }))).toHaveLength(5);
    await expect(askList(aged(3_602), { count: '5', cursor })).rejects.toEqual(refused('expiredCursor'));
    // Who forged it learns nothing of times.
    await expect(askList(aged(3_602), { count: '5', cursor: cursor.slice(4) })).rejects.toEqual(
      refused('invalidCursor'),
    );
  });

  it('goes with the count that the walk was begun with', async () => {
    const cursor = await cursorOf({ count: '5' });
    for (const count of ['4', '6', '0', '-1', '100000']) {
      await expect(askList(context, { count, cursor })).rejects.toEqual(refused('invalidCount'));
    }
    await expect(askList(context, { cursor })).rejects.toEqual(refused('invalidCount'));
    await expect(askList(context, { cursor: '', count: '101' })).rejects.toEqual(refused('invalidCount'));
  });

  it('outlives a change of the largest page', async () => {
    const name = 'resized';
    const own = await createContext(table, { tenant: name, deadlineSeconds: 60 });
    await seedUsers(own, 12, 'user');
    const asked = { count: '7' };
    const cursor = await cursorOf(asked, own);
    await changeSettings({ ...own, principal: 'test' }, name, { maxPageSize: 3 });
    const tenant = await new TenantCache({ now: Date.now }).find(table, name);
    const smaller = tenant === undefined ? own : { ...own, tenant };
    expect(idsOf(await askList(smaller, { ...asked, cursor }))).toHaveLength(3);
  });
});

describe("the key of a tenant's cursors", () => {
  let own: DirectoryContext;

  beforeEach(async () => {
    own = await createContext(await createTestTable(), { deadlineSeconds: 60 });
    await addUser(own, 'ada');
    await addUser(own, 'bob');
  });

  const keyOf = async () => (await getTenant(own, 'acme')).cursorKey;
  const asRead = async () => {
    const tenant = await new TenantCache({ now: Date.now }).find(own.table, 'acme');
    return tenant === undefined ? own : { ...own, tenant };
  };

  it('is made with the first cursor, of 32 random bytes, and stays', async () => {
    expect(await keyOf()).toBeUndefined();
    const cursor = await cursorOf({ count: '1' }, own);
    const key = await keyOf();
    expect(Buffer.from(key ?? '', 'base64url')).toHaveLength(32);
    expect(idsOf(await askList(await asRead(), { count: '1', cursor }))).toHaveLength(1);
    expect(await keyOf()).toBe(key);
  });

  it('is one, however many want it at once', async () => {
    const cursors = await Promise.all(
      Array.from({ length: 8 }, () => cursorOf({ count: '1' }, requestOf(own, own.table))),
    );
    for (const cursor of cursors) expect(idsOf(await askList(own, { count: '1', cursor }))).toHaveLength(1);
  });

  it('costs nothing once it is known', async () => {
    await cursorOf({ count: '1' }, own);
    const known = await asRead();
    const log = new CallLog();
    await askList({ ...known, table: known.table.withMeter(log) }, { cursor: '', count: '1' });
    expect(log.kinds).toEqual({ query: 2 });
  });

  it('is kept by a change of the settings', async () => {
    const cursor = await cursorOf({ count: '1' }, own);
    await changeSettings({ ...own, principal: 'test' }, 'acme', { maxPageSize: 50 });
    expect(idsOf(await askList(await asRead(), { count: '1', cursor }))).toHaveLength(1);
  });

  it('is in nothing that an operator sees', async () => {
    await cursorOf({ count: '1' }, own);
    const key = (await keyOf()) ?? '';
    const shown: unknown[] = [];
    for (let after: string | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
      const page: Awaited<ReturnType<typeof exportTenant>> = await exportTenant(await asRead(), after);
      shown.push(page.lines);
      after = page.next;
    }
    await changeSettings({ ...own, principal: 'test' }, 'acme', { maxPageSize: 50 });
    shown.push(await queryAll(own.table, { pk: AUDIT }));
    expect(key).toHaveLength(43);
    expect(shown.length).toBeGreaterThan(2);
    expect(JSON.stringify(shown)).not.toContain(key);
  });

  it("is each tenant's own", async () => {
    await cursorOf({ count: '1' }, own);
    await addTenant({ ...own, principal: 'test' }, 'globex', {});
    const other = await createContext(own.table, { tenant: 'globex' });
    await addUser(other, 'ada');
    await addUser(other, 'bob');
    await cursorOf({ count: '1' }, other);
    expect((await getTenant(own, 'globex')).cursorKey).not.toBe(await keyOf());
  });
});
