import { beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import type { Query, QueryPage } from '../../../directory/store/item-table.ts';
import { counterKey, resourcePartition } from '../../../directory/store/keys.ts';
import { CallLog } from '../../helpers/call-log.ts';
import { addGroup, createContext } from '../../helpers/directory.ts';
import { askList, idsOf, nextCursorOf, walkList } from '../../helpers/lists.ts';
import { seedMembers, seedUsers } from '../../helpers/seed.ts';
import { createTestTable } from '../../helpers/tables.ts';

const USERS = 2_500;
const UNSERVED = 'title pr or displayName ew "7"';

let context: DirectoryContext;
let ids: readonly string[];

beforeAll(async () => {
  context = await createContext(await createTestTable(), { deadlineSeconds: 300 });
  ids = await seedUsers(context, USERS, 'user');
}, 120_000);

/** The same tenant, seen over a table that counts. */
function counted(): { readonly log: CallLog; readonly metered: DirectoryContext } {
  const log = new CallLog();
  return { log, metered: { ...context, table: context.table.withMeter(log) } };
}

/** A directory whose counters say that it has that many users; there are none. */
async function createClaimedSize(users: number): Promise<DirectoryContext> {
  const claimed = await createContext(await createTestTable());
  const key = counterKey(claimed.tenant.name, 'User', '00');
  await claimed.table.writeOne({ kind: 'put', item: { ...key, format: 1, count: users } });
  return claimed;
}

/** The same, where each query takes that long. */
function slowedDown(seconds: number): DirectoryContext {
  let elapsed = 0;
  const query = async (asked: Query): Promise<QueryPage> => {
    elapsed += seconds * 1_000;
    return await context.table.query(asked);
  };
  return { ...context, table: { ...context.table, query }, now: () => new Date(Date.now() + elapsed) };
}

describe('a filter that no index serves', () => {
  it('counts exactly, and reads of what it answers one page alone a second time', async () => {
    const { log, metered } = counted();
    const page = await askList(metered, { filter: UNSERVED, startIndex: '101', count: '10' });
    expect(page.totalResults).toBe(USERS / 10);
    expect(page.resources).toHaveLength(10);
    // The counters, sixteen ranges, and the page.
    expect(log.kinds).toEqual({ query: 17, getMany: 1 });
    expect(log.calls.find(({ operation }) => operation === 'getMany')?.size).toBe(10);
  });

  it('is eventually consistent, at half the price', async () => {
    const { log, metered } = counted();
    await askList(metered, { filter: UNSERVED, count: '0' });
    const seen = log.calls.filter(({ operation, size }) => operation === 'query' && size > 100 && size < 256);
    expect(seen).toHaveLength(16);
    // A user of the test has some 600 bytes.
    for (const { readUnits, size } of seen) expect(readUnits).toBeLessThan((size * 700) / 8_192 + 1);
  });

  it('reads one range of a small directory', async () => {
    const small = await createContext(await createTestTable());
    await seedUsers(small, 50, 'user');
    const log = new CallLog();
    await askList({ ...small, table: small.table.withMeter(log) }, { filter: UNSERVED, count: '0' });
    expect(log.kinds).toEqual({ query: 2 });
  });

  it('is refused up front, unread, where the counters say that it cannot finish', async () => {
    const large = await createClaimedSize(50_001);
    const log = new CallLog();
    const refused = askList({ ...large, table: large.table.withMeter(log) }, { filter: UNSERVED });
    await expect(refused).rejects.toMatchObject({
      status: 400,
      scimType: 'tooMany',
      message: expect.stringMatching(/50001.*50000.*userName, externalId, emails\.value, .*cursor/),
    });
    expect(log.kinds).toEqual({ query: 1 });
    expect((await askList(await createClaimedSize(50_000), { filter: UNSERVED })).totalResults).toBe(0);
  });

  it('is refused once it has taken too long for the gateway', async () => {
    await expect(askList(slowedDown(3), { filter: UNSERVED })).rejects.toMatchObject({
      status: 400,
      scimType: 'tooMany',
      message: expect.stringContaining('longer than 14 s'),
    });
    expect((await askList(slowedDown(0.1), { filter: UNSERVED })).totalResults).toBe(USERS / 10);
  });

  it('is refused once it has read more than it may, however few the resources are', async () => {
    const query = async (asked: Query): Promise<QueryPage> => {
      const page = await context.table.query(asked);
      // As if each were larger than a page of DynamoDB has room for two of.
      const [first] = page.items;
      if (!asked.pk.endsWith('#User') || first === undefined || page.items.length < 2) return page;
      return { items: [first], next: first.sk };
    };
    await expect(
      askList({ ...context, table: { ...context.table, query } }, { filter: UNSERVED }),
    ).rejects.toMatchObject({ status: 400, scimType: 'tooMany', message: expect.stringContaining('160 MB') });
  });
});

describe('a walk by cursor along a filter that no index serves', () => {
  it('finds all, in bounded pieces, in a directory of any size', async () => {
    // Each query takes three seconds: a page looks at some, and says where to go on.
    let pages = 1;
    const found = await walkList(slowedDown(3), { filter: UNSERVED, count: '100' }, async () => {
      pages += 1;
    });
    expect(pages).toBeGreaterThan(USERS / 10 / 100);
    expect(found).toEqual(idsOf(await readAllScanned()));
  });

  async function readAllScanned() {
    const resources = [];
    for (let startIndex = 1; startIndex <= USERS / 10; startIndex += 100) {
      resources.push(...(await askList(context, { filter: UNSERVED, startIndex: String(startIndex) })).resources);
    }
    return { resources };
  }

  it('may have a page with nobody, and yet a next one', async () => {
    const page = await askList(slowedDown(9), { filter: 'title pr', cursor: '', count: '10' });
    expect(page).toMatchObject({ resources: [], totalResults: undefined });
    expect(nextCursorOf(page)).toBeDefined();
  });

  it('looks at some 10,000 resources a page, asks no counters, and goes on behind them', async () => {
    const [user] = (await context.table.query({ pk: resourcePartition('acme', 'User'), limit: 1 })).items;
    let read = 0;
    const query = async ({ pk, after, limit = 1 }: Query): Promise<QueryPage> => {
      expect(pk).toBe(resourcePartition('acme', 'User'));
      const first = after === undefined ? 0 : Number(after) + 1;
      read += limit;
      const items = Array.from({ length: limit }, (_, n) => ({ ...user, pk, sk: String(first + n).padStart(9, '0') }));
      return { items, next: String(first + limit - 1).padStart(9, '0') };
    };
    const endless = { ...context, table: { ...context.table, query } };
    const asked = { filter: 'title pr', count: '10' };
    const first = await askList(endless, { ...asked, cursor: '' });
    expect(first.resources).toEqual([]);
    expect(read).toBeGreaterThanOrEqual(10_000);
    expect(read).toBeLessThan(20_000);
    const second = await askList(endless, { ...asked, cursor: nextCursorOf(first) ?? '' });
    expect(second.resources).toEqual([]);
    expect(nextCursorOf(second)).toBeDefined();
  });

  it('is not refused where the counters say how many there are', async () => {
    const large = await createClaimedSize(1_000_000);
    expect((await askList(large, { filter: UNSERVED, cursor: '' })).resources).toEqual([]);
  });
});

describe('the members of a large group', () => {
  it('are walked along their memberships: no page reads more than its part of them', async () => {
    const group = await addGroup(context, 'Large');
    await seedMembers(context, group, ids);
    const filter = `groups eq "${group}"`;
    const units: number[] = [];
    const found: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const { log, metered } = counted();
      const page = await askList(metered, { filter, cursor, count: '50' });
      found.push(...idsOf(page));
      cursor = nextCursorOf(page);
      units.push(log.readUnits);
    }
    expect(found).toEqual([...ids].sort());
    const middle = units.slice(1, -1);
    expect(Math.max(...middle) - Math.min(...middle)).toBeLessThanOrEqual(0.5 * Math.min(...middle));
  });

  it('are walked beyond what one look at their memberships finds', async () => {
    const group = await addGroup(context, 'Sparse');
    await seedMembers(context, group, ids);
    const filter = `groups eq "${group}" and displayName ew "77"`;
    const found = await walkList(context, { filter, count: '100' });
    expect(found).toHaveLength(USERS / 100);
    expect(new Set(found).size).toBe(found.length);
    expect([...found].sort()).toEqual(found);
  });

  it('are looked at by reading all users where there are too many of them, and counted exactly', async () => {
    const group = await addGroup(context, 'Also large');
    await seedMembers(context, group, ids.slice(0, 1_000));
    const { totalResults } = await askList(context, { filter: `groups eq "${group}"`, count: '1' });
    expect(totalResults).toBe(1_000);
  });
});
