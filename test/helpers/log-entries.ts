import { toLogItem } from '../../directory/feed/log-entry.ts';
import { type EntryFacts, newEntry } from '../../directory/feed/new-entry.ts';
import { toPointerItems } from '../../directory/feed/pointers.ts';
import { inParts } from '../../directory/in-parts.ts';
import type { Item, ItemTable } from '../../directory/store/item-table.ts';
import { MAX_ACTIONS } from '../../directory/store/limits.ts';
import type { LogItem } from '../../directory/store/log-items.ts';

const STRETCH = 2_000;
const LANES = 4;

/** Puts entries with their pointers, as the change feed would leave them: the n-th is what the function makes of n. */
export async function seedLog(
  table: ItemTable,
  tenant: string,
  count: number,
  factsOf: (n: number) => EntryFacts,
): Promise<void> {
  for (let start = 0; start < count; start += STRETCH) {
    const entries: LogItem[] = [];
    for (let n = start; n < Math.min(count, start + STRETCH); n++) entries.push(newEntry(tenant, [n], factsOf(n)));
    const items = entries.flatMap((entry): Item[] => [toLogItem(entry), ...toPointerItems(tenant, entry)]);
    const parts = inParts(items.toSorted(byKey), MAX_ACTIONS).values();
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        for (const part of parts) await table.write(part.map((item) => ({ kind: 'put', item })));
      }),
    );
  }
}

function byKey(left: Item, right: Item): number {
  return left.pk < right.pk || (left.pk === right.pk && left.sk < right.sk) ? -1 : 1;
}
