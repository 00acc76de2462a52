import * as fc from 'fast-check';
import type { Action, Condition, Item, ItemTable, Key, Query } from '../../directory/store/item-table.ts';
import { InvalidRequestError, WriteRefusedError } from '../../directory/store/table-errors.ts';

/** One call of a table, as data, to be made on several tables. */
export type Call =
  | { readonly kind: 'get'; readonly key: Key }
  | { readonly kind: 'getMany'; readonly keys: readonly Key[] }
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'write'; readonly actions: readonly Action[]; readonly token: string | undefined }
  | { readonly kind: 'writeOne'; readonly action: Exclude<Action, { kind: 'check' }> };

type Callable = Pick<ItemTable, 'get' | 'getMany' | 'query' | 'write' | 'writeOne'>;

/** Few, so that calls meet; in an order that differs between UTF-8 and UTF-16. */
const sortKeys = ['a', 'a\u0000', 'a\u0001b', 'b', 'é', '\uFFFD', '\u{1F600}', '0', '00'];
const names = ['n', 'version', 'text', 'a.b', '#x', 'size', 'constructor', 'toString', 'urn:x:User'];

const key: fc.Arbitrary<Key> = fc.record({ pk: fc.constantFrom('p', 'P', 'p#'), sk: fc.constantFrom(...sortKeys) });

const number = fc.oneof(
  fc.integer({ min: -3, max: 5 }),
  fc.maxSafeInteger(),
  fc.constantFrom(0.1, -2.5, 1e-130, 123_456.789, 1.000_000_000_000_000_2),
);
const text = fc.oneof(fc.constantFrom('', 'x', 'é\u0000"\\'), fc.string({ unit: 'grapheme', maxLength: 8 }));
const { value } = fc.letrec<{ value: Item[string] }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names, 'value', 'type'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
/**
 * What is added to is always an integer: where another action of the transaction is refused too, DynamoDB Local answers
 * with the one or the other by their order, and AWS does not say which it prefers.
 */
const addable = fc.integer({ min: -3, max: 5 });

const attributes = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...names.slice(2)), value, { maxKeys: 4, noNullPrototype: true }),
    fc.record({ n: addable, version: fc.integer({ min: 1, max: 3 }) }, { requiredKeys: [], noNullPrototype: true }),
  )
  .map(([any, numbers]) => ({ ...any, ...numbers }));

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom<Condition[]>({ kind: 'exists' }, { kind: 'notExists' }),
  fc.integer({ min: 1, max: 3 }).map((version): Condition => ({ kind: 'versionIs', version })),
  fc.constantFrom(...names).map((attribute): Condition => ({ kind: 'absent', attribute })),
  fc
    .tuple(fc.constantFrom(...names, 'sk'), fc.oneof(text, number, fc.boolean()))
    .map(([attribute, expected]): Condition => ({ kind: 'equals', attribute, value: expected })),
  fc
    .tuple(fc.constantFrom<('atMost' | 'atLeast')[]>('atMost', 'atLeast'), fc.constantFrom(...names), number)
    .map(([kind, attribute, bound]): Condition => ({ kind, attribute, value: bound })),
);
const conditions = fc.array(condition, { maxLength: 2 });

const put = fc.tuple(key, attributes, conditions).map(([{ pk, sk }, rest, guards]) => ({
  kind: 'put' as const,
  item: { ...rest, pk, sk },
  conditions: guards,
}));
const remove = fc.record({ kind: fc.constant('delete' as const), key, conditions });
const check = fc.record({
  kind: fc.constant('check' as const),
  key,
  conditions: fc.array(condition, { minLength: 1, maxLength: 2 }),
});
const update = fc
  .tuple(
    key,
    attributes,
    fc.dictionary(fc.constantFrom('n', 'version', 'm'), fc.integer({ min: -2, max: 2 }), { maxKeys: 2 }),
    fc.uniqueArray(fc.constantFrom(...names, 'm'), { maxLength: 3 }),
    conditions,
  )
  .map(([itemKey, set, add, removed, guards]) => ({
    kind: 'update' as const,
    key: itemKey,
    set: Object.fromEntries(Object.entries(set).filter(([name]) => !Object.hasOwn(add, name))),
    add: { ...add },
    // Never empty, and never a name twice.
    remove: [...removed.filter((name) => !Object.hasOwn(set, name) && !Object.hasOwn(add, name)), 'old'],
    conditions: guards,
  }));

const query: fc.Arbitrary<Query> = fc.record(
  {
    pk: fc.constantFrom('p', 'P', 'p#'),
    from: fc.constantFrom(...sortKeys),
    to: fc.constantFrom(...sortKeys),
    after: fc.constantFrom(...sortKeys),
    backwards: fc.boolean(),
    limit: fc.integer({ min: 1, max: 4 }),
    consistent: fc.constant(true),
  },
  { requiredKeys: ['pk'] },
);

/** Calls that break no limit that can be known beforehand. */
export const call: fc.Arbitrary<Call> = fc.oneof(
  fc.record({ kind: fc.constant('get' as const), key }),
  fc.record({ kind: fc.constant('getMany' as const), keys: fc.array(key, { maxLength: 5 }) }),
  fc.record({ kind: fc.constant('query' as const), query }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      actions: fc.uniqueArray(fc.oneof(put, put, remove, update, update, check), {
        minLength: 1,
        maxLength: 4,
        selector: (action) =>
          JSON.stringify(action.kind === 'put' ? [action.item.pk, action.item.sk] : [action.key.pk, action.key.sk]),
      }),
      token: fc.constantFrom(undefined, undefined, 'first', 'second'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('writeOne' as const), action: fc.oneof(put, remove, update) }),
  },
);

/** The same call, under a token that no other run has: tokens hold for all tables of a DynamoDB. */
export function withTokensOf(run: string, made: Call): Call {
  return made.kind === 'write' && made.token !== undefined ? { ...made, token: `${made.token}-${run}` } : made;
}

/** What a table answers, in a form that can be compared: for a query all pages together. */
export async function answerOf(table: Callable, made: Call): Promise<unknown> {
  try {
    return { value: await resultOf(table, made) };
  } catch (error) {
    if (error instanceof WriteRefusedError) return { refusals: error.refusals };
    if (error instanceof InvalidRequestError) return { invalid: true };
    throw error;
  }
}

async function resultOf(table: Callable, made: Call): Promise<unknown> {
  switch (made.kind) {
    case 'get':
      return await table.get(made.key);
    case 'getMany':
      return await table.getMany(made.keys);
    case 'query':
      return await allOf(table, made.query);
    case 'write':
      return await table.write(made.actions, made.token === undefined ? {} : { token: made.token });
    case 'writeOne':
      return await table.writeOne(made.action);
  }
}

async function allOf(table: Callable, range: Query): Promise<readonly Item[]> {
  const page = await table.query(range);
  if (range.limit !== undefined && page.items.length > range.limit) throw new Error('more items than the limit');
  if (page.next === undefined) return page.items;
  return [...page.items, ...(await allOf(table, { ...range, after: page.next }))];
}
