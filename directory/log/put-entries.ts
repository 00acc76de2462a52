import { toLogItem } from '../feed/log-entry.ts';
import { inParts } from '../in-parts.ts';
import type { ItemTable, PutAction } from '../store/item-table.ts';
import { MAX_ACTIONS } from '../store/limits.ts';
import type { LogItem } from '../store/log-items.ts';

/** Puts entries of the log: one by a single write, several by transactions. Putting the same ones again does no harm. */
export async function putEntries(table: ItemTable, entries: readonly LogItem[]): Promise<void> {
  const [put, ...others] = entries.map((entry): PutAction => ({ kind: 'put', item: toLogItem(entry) }));
  if (put === undefined) return;
  if (others.length === 0) await table.writeOne(put);
  else await Promise.all(inParts([put, ...others], MAX_ACTIONS).map((part) => table.write(part)));
}
