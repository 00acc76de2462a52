import { beforeEach, describe, expect, it } from 'vitest';
import type {
  Action,
  Condition,
  Item,
  ItemValue,
  Key,
  ScannableTable,
  SingleAction,
} from '../../../directory/store/item-table.ts';
import { InvalidRequestError, ItemTooLargeError } from '../../../directory/store/table-errors.ts';
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

describe('limits', () => {
  const text = (bytes: number) => 'x'.repeat(bytes);
  const names = (count: number) => Array.from({ length: count }, (_, i) => `a${i}`);
  let deep: ItemValue = 'x';
  for (let i = 0; i < 40; i += 1) deep = [deep];

  const refusedItems: readonly (readonly [string, Record<string, ItemValue>])[] = [
    ['an empty partition key', { pk: '' }],
    ['an empty sort key', { sk: '' }],
    ['a partition key of more than 2,048 bytes', { pk: text(2049) }],
    ['a sort key of more than 1,024 bytes', { sk: 'é'.repeat(513) }],
    ['a lone surrogate in a key', { sk: '\uD800' }],
    ['a lone surrogate in a value', { a: { b: ['\uDC00x'] } }],
    ['a lone surrogate in a name', { a: { '\uD800': 1 } }],
    ['an empty name', { a: { '': 1 } }],
    ['a name of more than 4 KB', { a: { ['n'.repeat(4097)]: 1 } }],
    ['the name __proto__', { a: JSON.parse('{"__proto__":1}') }],
    ['a number beyond 2^53', { a: 2 ** 53 }],
    ['a number too near to zero', { a: [1e-131] }],
    ['NaN', { a: Number.NaN }],
    ['Infinity', { a: Number.NEGATIVE_INFINITY }],
    ['too many levels', { a: deep }],
  ];

  it.each(refusedItems)('refuse %s, alone and in a transaction', async (_name, fault) => {
    const item: Item = { ...key, ...fault };
    await expect(table.writeOne(put(item))).rejects.toThrow(InvalidRequestError);
    await expect(table.write([put({ ...other }), put(item)])).rejects.toThrow(InvalidRequestError);
    expect(await allIn(table)).toStrictEqual([]);
  });

  it('refuse an item of more than 400 KB, however it comes about', async () => {
    const name = 'pk'.length + key.pk.length + 'sk'.length + key.sk.length + 'text'.length;
    const largest = { ...key, text: text(400 * 1024 - name) };
    await table.writeOne(put(largest));
    await expect(table.writeOne(put({ ...largest, a: '' }))).rejects.toThrow(ItemTooLargeError);
    await expect(table.write([put({ ...other, text: text(400 * 1024) })])).rejects.toThrow(ItemTooLargeError);
    await expect(table.writeOne({ kind: 'update', key, set: { more: text(100) } })).rejects.toThrow(ItemTooLargeError);
    await expect(table.write([{ kind: 'update', key, set: { more: text(100) } }])).rejects.toThrow(ItemTooLargeError);
    expect(await table.get(key)).toStrictEqual(largest);
  });

  it('refuse a transaction of more than 4 MB', async () => {
    const actions = Array.from({ length: 11 }, (_, i) => put({ pk: 'p', sk: String(i), text: text(399 * 1024) }));
    await expect(table.write(actions)).rejects.toThrow(InvalidRequestError);
    await table.write(actions.slice(1));
    expect(await allIn(table)).toHaveLength(10);
  });

  const refusedWrites: readonly (readonly [string, readonly Action[]])[] = [
    ['no action', []],
    ['one hundred and one actions', Array.from({ length: 101 }, (_, i) => put({ pk: 'p', sk: String(i) }))],
    ['two actions on one item', [put({ ...key }), { kind: 'check', key, conditions: [{ kind: 'notExists' }] }]],
    ['a check without condition', [{ kind: 'check', key, conditions: [] }]],
    ['an update of nothing', [{ kind: 'update', key, set: {} }]],
    ['an update of the key', [{ kind: 'update', key, set: { sk: 'x' } }]],
    ['an update that changes an attribute twice', [{ kind: 'update', key, set: { a: 1 }, remove: ['a'] }]],
    ['an update that adds a fraction', [{ kind: 'update', key, add: { a: 0.5 } }]],
    ['a delete with an empty key', [{ kind: 'delete', key: { pk: 'p', sk: '' } }]],
    ['an update of one hundred and one attributes', [{ kind: 'update', key, remove: names(101) }]],
    [
      'one hundred and one conditions',
      [put({ ...key }, ...names(101).map((attribute) => ({ kind: 'absent', attribute }) as const))],
    ],
    ['a condition on a nameless attribute', [put({ ...key }, { kind: 'absent', attribute: '' })]],
    ['a condition with NaN', [put({ ...key }, { kind: 'atMost', attribute: 'n', value: Number.NaN })]],
  ];

  it.each(refusedWrites)('refuse %s', async (_name, actions) => {
    await expect(table.write(actions)).rejects.toThrow(InvalidRequestError);
    expect(await allIn(table)).toStrictEqual([]);
  });

  it('refuse to add to what is no number, and do nothing then', async () => {
    await table.writeOne(put({ ...key, text: 'x' }));
    const add: SingleAction = { kind: 'update', key, add: { text: 1 } };
    await expect(table.writeOne(add)).rejects.toThrow(InvalidRequestError);
    await expect(table.write([put({ ...other }), add])).rejects.toThrow(InvalidRequestError);
    expect(await allIn(table)).toStrictEqual([{ ...key, text: 'x' }]);
  });

  it.each(['', 'x'.repeat(37)])('refuse the token %j', async (token) => {
    await expect(table.write([put({ ...key })], { token })).rejects.toThrow(InvalidRequestError);
  });

  it('refuse reads with keys that cannot be', async () => {
    await expect(table.get({ pk: '', sk: 'x' })).rejects.toThrow(InvalidRequestError);
    await expect(table.getMany([key, { pk: 'x', sk: '\uD800' }])).rejects.toThrow(InvalidRequestError);
    await expect(table.query({ pk: text(2049) })).rejects.toThrow(InvalidRequestError);
    await expect(table.query({ pk: 'p', from: '' })).rejects.toThrow(InvalidRequestError);
    await expect(table.query({ pk: 'p', limit: 0 })).rejects.toThrow(InvalidRequestError);
    await expect(table.query({ pk: 'p', limit: 1.5 })).rejects.toThrow(InvalidRequestError);
  });
});
