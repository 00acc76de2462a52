import type { Item, ItemTable, Query } from '../store/item-table.ts';
import { boundsOf, type TimeRange } from './log-range.ts';

/** A partition of the log, or of pointers to it, and what stands there before `<time>#<id>`. */
export interface LogSource {
  readonly pk: string;
  readonly prefix: string;
}

/** A stretch of the log: places (`<time>#<id>`), newest first, each once. */
export interface Stretch {
  readonly places: readonly Place[];
  /** Whether there may be more behind the last. */
  readonly isMore: boolean;
}

export interface Place {
  readonly place: string;
  /** What stands there: a pointer, or an entry. */
  readonly item: Item;
}

/**
 * The newest places of several sources together, by one query of each. They all are in the order of time, so that one
 * place tells of each source where it goes on.
 *
 * @param after - Only places before this one.
 */
export async function readStretch(
  table: ItemTable,
  sources: readonly LogSource[],
  { range, after, limit }: { readonly range: TimeRange; readonly after: string | undefined; readonly limit: number },
): Promise<Stretch> {
  const pages = await Promise.all(
    sources.map(async ({ pk, prefix }) => {
      const query: Query = { pk, ...boundsOf(range, prefix), backwards: true, limit };
      const { items, next } = await table.query(after === undefined ? query : { ...query, after: prefix + after });
      return { items: items.map((item) => ({ place: item.sk.slice(prefix.length), item })), isCut: next !== undefined };
    }),
  );
  const found = new Map(pages.flatMap(({ items }) => items).map((each) => [each.place, each]));
  const sorted = [...found.values()].toSorted((left, right) => (left.place < right.place ? 1 : -1));
  // Behind the end of a page that was cut there may be what is newer than others have.
  const ends = pages.filter(({ isCut }) => isCut).map(({ items }) => items.at(-1)?.place ?? '');
  const horizon = ends.toSorted().at(-1) ?? '';
  const places = sorted.filter(({ place }) => place >= horizon).slice(0, limit);
  return { places, isMore: ends.length > 0 || places.length < sorted.length };
}
