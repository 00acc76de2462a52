import { CYCLE_GAP_MILLIS } from '../cycles/counts.ts';
import type { Item, ItemTable } from '../store/item-table.ts';
import { parseItem } from '../store/items.ts';
import type { LogItem } from '../store/log-items.ts';
import { currentCycleKey, cyclePartition } from '../store/log-keys.ts';
import { CycleItemSchema } from '../store/tenant-items.ts';

/** A request is counted when it is over, so that the first of a cycle has done its work a little before the cycle begins. */
const LEAD_MILLIS = 30_000;

interface Span {
  readonly start: number;
  readonly last: number;
}

/**
 * The sync cycle of each entry, by its start in milliseconds since 1970; none of what no application did. Reads, of each
 * application, its open cycle, and of the closed ones as many as the entries belong to.
 */
export async function findCycles(
  table: ItemTable,
  tenant: string,
  entries: readonly Pick<LogItem, 'application' | 'time'>[],
): Promise<(application: string, time: string) => number | undefined> {
  const applications = [...new Set(entries.map(({ application }) => application))].filter(
    (name) => !name.startsWith('@'),
  );
  const spans = new Map(
    await Promise.all(
      applications.map(async (name) => {
        const times = entries.filter(({ application }) => application === name).map(({ time }) => Date.parse(time));
        return [name, await readSpans(table, { tenant, name }, times)] as const;
      }),
    ),
  );
  return (application, time) => findSpan(spans.get(application) ?? [], Date.parse(time))?.start;
}

/** The cycles that the times belong to. */
async function readSpans(
  table: ItemTable,
  { tenant, name }: { readonly tenant: string; readonly name: string },
  times: readonly number[],
): Promise<readonly Span[]> {
  const current = await table.get(currentCycleKey(tenant, name));
  const spans: Span[] = current === undefined ? [] : [toSpan(current)];
  for (const time of times.toSorted((left, right) => right - left)) {
    if (findSpan(spans, time) !== undefined) continue;
    const oldest = spans.at(-1);
    // Nothing begins between the last cycle that was looked for and the one before it.
    if (oldest !== undefined && oldest.start <= time + LEAD_MILLIS) continue;
    const found = await findClosed(table, cyclePartition(tenant, name), time);
    if (found === undefined) break;
    spans.push(found);
  }
  return spans;
}

/** The last closed cycle that had begun by then. */
async function findClosed(table: ItemTable, pk: string, time: number): Promise<Span | undefined> {
  const to = new Date(time + LEAD_MILLIS).toISOString();
  const { items } = await table.query({ pk, to, backwards: true, limit: 1, consistent: false });
  const [item] = items;
  return item === undefined ? undefined : toSpan(item);
}

/** What a journal leaves to be done comes after the requests. */
function findSpan(spans: readonly Span[], time: number): Span | undefined {
  return spans.find(({ start, last }) => start <= time + LEAD_MILLIS && time <= last + CYCLE_GAP_MILLIS);
}

function toSpan(item: Item): Span {
  const { start, last } = parseItem(CycleItemSchema, item);
  return { start, last };
}
