import { finishDeletion } from './deletion.ts';
import type { ItemTable } from './store/item-table.ts';
import { type JournalEntryItem, JournalEntryItemSchema, parseItem } from './store/items.ts';
import { finishJournal, voidJournal } from './store/journal.ts';
import { JOURNALS } from './store/keys.ts';
import { queryPages } from './store/query-all.ts';

/** How old a long write must be before it is taken for abandoned: twice as long as a request may last. */
const STALE_SECONDS = 60;

/** What a sweep did, by the number of long writes. */
export interface SweepReport {
  /** Found in the list, the young ones included. */
  readonly open: number;
  /** Started and abandoned, now carried out. */
  readonly finished: number;
  /** Never started, now void. */
  readonly voided: number;
  /** Deletions looked at a second time, and closed. */
  readonly deletions: number;
}

/**
 * Carries on what died half-way: long writes that started are finished, those that did not are made void; deletions get
 * their second look, for a membership whose transaction was under way at the first. Safe beside any request, and beside
 * another sweep.
 *
 * @param remainingMs - Time left; a sweep stops in time and goes on at the next.
 */
export async function sweep(
  table: ItemTable,
  { now, remainingMs }: { readonly now: () => Date; readonly remainingMs: () => number },
): Promise<SweepReport> {
  const report = { open: 0, finished: 0, voided: 0, deletions: 0 };
  for await (const page of queryPages(table, { pk: JOURNALS })) {
    report.open += page.length;
    for (const item of page) {
      if (remainingMs() < 10_000) return report;
      const entry = parseItem(JournalEntryItemSchema, item);
      if (now().getTime() - Date.parse(entry.since) < STALE_SECONDS * 1_000) continue;
      report[await carryOn(table, entry, now)] += 1;
    }
  }
  return report;
}

async function carryOn(
  table: ItemTable,
  entry: JournalEntryItem,
  now: () => Date,
): Promise<'finished' | 'voided' | 'deletions'> {
  if (entry.kind === 'deletion') {
    await finishDeletion(table, entry, now);
    await table.writeOne({ kind: 'delete', key: { pk: entry.pk, sk: entry.sk } });
    return 'deletions';
  }
  if (entry.state !== 'started' && (await voidJournal(table, entry))) return 'voided';
  await finishJournal(table, entry);
  return 'finished';
}
