import { beforeEach, describe, expect, it } from 'vitest';
import type {
  Action,
  Condition,
  Item,
  ItemValue,
  Key,
  Query,
  ScannableTable,
  SingleAction,
} from '../../../directory/store/item-table.ts';
import { allIn, createTestTable } from '../../helpers/tables.ts';

let table: ScannableTable;
beforeEach(async () => {
  table = await createTestTable();
});

const key: Key = { pk: 'T#acme#User', sk: '1' };
const other: Key = { pk: 'T#acme#User', sk: '2' };

function put(item: Item, ...conditions: readonly Condition[]): SingleAction {
  return { kind: 'put', item, conditions };
}

async function allOf(query: Query): Promise<readonly Item[]> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const page = await table.query(after === undefined ? query : { ...query, after });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}

describe('get', () => {
  it('gives back every kind of value as it was put', async () => {
    const item = {
      ...key,
      text: 'Ünïcode \u{1F600} "quoted" \\ \u0000 \u0001 \u2028',
      empty: '',
      integer: 42,
      negative: -17.25,
      largest: Number.MAX_SAFE_INTEGER,
      smallest: 1e-130,
      yes: true,
      no: false,
      nothing: null,
      list: [1, 'two', [], [null, [true]], {}],
      map: { constructor: { name: 'Set' }, 'a.b': 1, toString: 'own', size: 3 },
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { employeeNumber: '7' },
    };
    await table.writeOne(put(item));
    // Not toStrictEqual: it takes the constructor in the map for that of a class.
    expect(await table.get(key)).toEqual(item);
  });

  it('finds nothing under a key that differs in one part', async () => {
    await table.writeOne(put({ ...key }));
    expect(await table.get({ pk: key.pk, sk: '11' })).toBeUndefined();
    expect(await table.get({ pk: 'T#acme#User1', sk: '1' })).toBeUndefined();
    expect(await table.get({ pk: key.pk, sk: '1\u0000' })).toBeUndefined();
  });

  it('reads -0 as 0, for DynamoDB knows no other', async () => {
    await table.writeOne(put({ ...key, zero: -0 }));
    expect(await table.get(key)).toStrictEqual({ ...key, zero: 0 });
  });

  it('hands out items that share nothing with the stored one', async () => {
    const list: ItemValue[] = ['a'];
    await table.writeOne(put({ ...key, list }));
    list.push('b');
    expect(await table.get(key)).toStrictEqual({ ...key, list: ['a'] });
  });
});

describe('getMany', () => {
  it('answers in the order of the keys, with repeats, and undefined for what is not there', async () => {
    await table.write([put({ ...key, n: 1 }), put({ ...other, n: 2 })]);
    const absent = { pk: 'T#acme#User', sk: '3' };
    expect(await table.getMany([other, absent, key, other])).toStrictEqual([
      { ...other, n: 2 },
      undefined,
      { ...key, n: 1 },
      { ...other, n: 2 },
    ]);
  });

  it('takes more keys than one batch of DynamoDB, and none', async () => {
    const keys = Array.from({ length: 205 }, (_, i) => ({ pk: 'many', sk: String(i) }));
    for (let i = 0; i < 200; i += 100) {
      await table.write(keys.slice(i, i + 100).map((each): Action => ({ kind: 'put', item: each })));
    }
    expect(await table.getMany(keys)).toStrictEqual(keys.map((each, i) => (i < 200 ? each : undefined)));
    expect(await table.getMany([])).toStrictEqual([]);
  });
});

describe('query', () => {
  const sortKeys = ['a', 'b', 'ba', 'c', 'é', '\uFFFD', '\u{1F600}'];

  async function fill(): Promise<void> {
    await table.write(sortKeys.map((sk): Action => ({ kind: 'put', item: { pk: 'p', sk } })));
    await table.writeOne(put({ pk: 'p2', sk: 'b' }));
  }

  async function keysOf(query: Omit<Query, 'pk'>): Promise<readonly string[]> {
    return (await allOf({ pk: 'p', ...query })).map(({ sk }) => sk);
  }

  it('orders a partition by the UTF-8 bytes of the sort key', async () => {
    await fill();
    expect(await keysOf({})).toStrictEqual(sortKeys);
    expect(await keysOf({ backwards: true })).toStrictEqual(sortKeys.toReversed());
  });

  it.each<[Omit<Query, 'pk'>, readonly string[]]>([
    [{ from: 'b' }, ['b', 'ba', 'c', 'é', '\uFFFD', '\u{1F600}']],
    [{ to: 'b' }, ['a', 'b']],
    [{ from: 'aa', to: 'bb' }, ['b', 'ba']],
    [{ from: 'b', to: 'b' }, ['b']],
    [{ from: 'c', to: 'b' }, []],
    [{ after: 'c' }, ['é', '\uFFFD', '\u{1F600}']],
    [{ after: 'c', backwards: true }, ['ba', 'b', 'a']],
    [{ from: 'b', after: 'a', to: 'c' }, ['b', 'ba', 'c']],
    [{ from: 'b', after: 'b', to: 'c' }, ['ba', 'c']],
    [{ from: 'b', after: 'bb', to: 'c' }, ['c']],
    [{ from: 'b', after: 'c', to: 'c' }, []],
    [{ from: 'b', after: 'd', to: 'c' }, []],
    [{ from: 'b', after: 'd', to: 'c', backwards: true }, ['c', 'ba', 'b']],
    [{ from: 'b', after: 'c', to: 'c', backwards: true }, ['ba', 'b']],
    [{ from: 'b', after: 'b', to: 'c', backwards: true }, []],
    [{ from: 'b', after: 'a', to: 'c', backwards: true }, []],
    [{ after: '\uFFFD' }, ['\u{1F600}']],
    [{ consistent: false, to: 'a' }, ['a']],
  ])('reads the range %j', async (query, expected) => {
    await fill();
    expect(await keysOf(query)).toStrictEqual(expected);
    expect(await keysOf({ ...query, limit: 1 })).toStrictEqual(expected);
    expect(await keysOf({ ...query, limit: 2 })).toStrictEqual(expected);
  });

  it('gives no more than the limit, and where to go on', async () => {
    await fill();
    expect(await table.query({ pk: 'p', limit: 2 })).toStrictEqual({
      items: [
        { pk: 'p', sk: 'a' },
        { pk: 'p', sk: 'b' },
      ],
      next: 'b',
    });
  });

  it('has no next where the range is exhausted', async () => {
    await fill();
    expect(await table.query({ pk: 'p', from: 'c', limit: 100 })).not.toHaveProperty('next');
    expect(await table.query({ pk: 'nobody' })).toStrictEqual({ items: [] });
  });

  it('ends a page at about 1 MB and goes on from there', async () => {
    const items = Array.from({ length: 8 }, (_, i) => ({ pk: 'big', sk: `${i}`, text: 'x'.repeat(300_000) }));
    for (const item of items) await table.writeOne(put(item));
    const page = await table.query({ pk: 'big' });
    expect(page.next).toBeDefined();
    expect(page.items.length).toBeLessThan(5);
    expect(page.items.length).toBeGreaterThan(2);
    expect(await allOf({ pk: 'big' })).toStrictEqual(items);
    expect(await allOf({ pk: 'big', backwards: true })).toStrictEqual(items.toReversed());
  });
});

describe('scan', () => {
  it('reads every item of the table once', async () => {
    const items = Array.from({ length: 1_200 }, (_, i) => ({ pk: `p${i % 7}`, sk: String(10_000 + i) }));
    for (let i = 0; i < items.length; i += 100) {
      await table.write(items.slice(i, i + 100).map((item): Action => ({ kind: 'put', item })));
    }
    const found = await allIn(table);
    expect(found.toSorted((a, b) => Number(a.sk) - Number(b.sk))).toStrictEqual(items);
  });
});
