import { inParts } from '../in-parts.ts';
import type { Item, ItemTable, Key, Query } from '../store/item-table.ts';
import { queryPages } from '../store/query-all.ts';

/** Deletions under way at once; a partition takes 1,000 write units a second. */
const PARALLEL = 24;
const PAGE = 200;

/** Deletes partitions, page by page, as long as there is time. */
export class Eraser {
  deleted = 0;
  readonly #table: ItemTable;
  readonly #hasTime: () => boolean;

  constructor(table: ItemTable, hasTime: () => boolean) {
    this.#table = table;
    this.#hasTime = hasTime;
  }

  /**
   * @param first - Deletes what hangs on an item, before the item; false where the time was over.
   * @param toOther - The key of an item that goes with each.
   * @returns False where the time was over first.
   */
  async partition(
    query: Pick<Query, 'pk' | 'to'>,
    first: (item: Item) => Promise<boolean> = async () => true,
    toOther?: (item: Item) => Key,
  ): Promise<boolean> {
    for await (const page of queryPages(this.#table, { ...query, limit: PAGE })) {
      for (const part of inParts(page, PARALLEL)) {
        if (!this.#hasTime()) return false;
        const ready = await Promise.all(part.map(first));
        await this.items(part.filter((_, n) => ready[n] === true));
        if (toOther !== undefined) await this.items(part.map(toOther));
        if (ready.includes(false)) return false;
      }
    }
    return true;
  }

  async items(keys: readonly Key[]): Promise<void> {
    await Promise.all(keys.map(({ pk, sk }) => this.#table.writeOne({ kind: 'delete', key: { pk, sk } })));
    this.deleted += keys.length;
  }
}
