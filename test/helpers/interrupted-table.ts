import type { ItemTable, Query } from '../../directory/store/item-table.ts';

export interface Interruptions {
  /** Happens just before each query. */
  readonly query?: (query: Query) => Promise<void>;
  /** Happens just before each transaction. */
  readonly write?: () => Promise<void>;
}

/** The table, on which something happens between two calls of the one who has it. */
export function interrupted(table: ItemTable, { query, write }: Interruptions): ItemTable {
  return {
    get: table.get.bind(table),
    getMany: table.getMany.bind(table),
    query: async (asked) => {
      await query?.(asked);
      return await table.query(asked);
    },
    write: async (...parameters) => {
      await write?.();
      await table.write(...parameters);
    },
    writeOne: table.writeOne.bind(table),
    withMeter: table.withMeter.bind(table),
  };
}
