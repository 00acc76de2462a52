import type { Item, ItemTable, Key, Query } from './item-table.ts';

const MAX_ITEMS_OF_PAGE = 10_000;

/** Every item of a range, page after page. */
export async function queryAll(table: ItemTable, query: Omit<Query, 'limit' | 'after'>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of queryPages(table, query)) items.push(...page);
  return items;
}

/** The pages of a range, in its order. */
export async function* queryPages(table: ItemTable, query: Query): AsyncIterable<readonly Item[]> {
  let { after } = query;
  do {
    const page = await table.query(after === undefined ? query : { ...query, after });
    yield page.items;
    after = page.next;
  } while (after !== undefined);
}

/** As {@link queryPages}, with a limit that doubles from page to page: most who ask have enough after the first. */
export async function* queryGrowingPages(
  table: ItemTable,
  query: Query & { readonly limit: number },
): AsyncIterable<readonly Item[]> {
  let { after, limit } = query;
  do {
    const page = await table.query({ ...query, limit, ...(after === undefined ? {} : { after }) });
    yield page.items;
    after = page.next;
    limit = Math.min(2 * limit, MAX_ITEMS_OF_PAGE);
  } while (after !== undefined);
}

/** The items of the keys, in their order: one alone by a get, several in one batch. */
export async function getEach(table: ItemTable, keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
  const [key, ...more] = keys;
  if (key === undefined) return [];
  return more.length === 0 ? [await table.get(key)] : await table.getMany(keys);
}
