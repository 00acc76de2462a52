import { finishRoleJob } from './access/role-jobs.ts';
import { type Cleaner, closeDeletion, finishDeletion } from './deletion.ts';
import { dropMemberships, isOfLife, restoreMemberships } from './lifecycle/former-memberships.ts';
import { closePurge, finishPurge } from './lifecycle/purge-user.ts';
import { finishTransfer } from './ownership/transfer.ts';
import type { Item, ItemTable } from './store/item-table.ts';
import { type JournalEntryItem, JournalEntryItemSchema, parseItem } from './store/items.ts';
import { finishJournal, voidJournal } from './store/journal.ts';
import { JOURNALS } from './store/keys.ts';
import { queryAll } from './store/query-all.ts';
import { TableBusyError } from './store/table-errors.ts';
import { endWith, type OnFailure } from './sweep-failure.ts';

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
  /** Users who came back, looked at a second time: their former memberships are restored or dropped. */
  readonly returns: number;
  /** Purges looked at again: soon after, and once the change feed can bring nothing more, which closes them. */
  readonly purges: number;
  /** Leavers whose ownerships were looked at a second time: all have passed on. */
  readonly transfers: number;
  /** Groups or policies whose users' changed access roles are announced. */
  readonly roles: number;
  /** Left to the next sweep, with whatever of it is done, for lack of time or because the table is busy. */
  readonly postponed: number;
  /** Not understood, or met with a defect: told one by one, and tried again by the next sweep. */
  readonly failed: number;
}

export interface SweepOptions {
  readonly now: () => Date;
  /** Time left; a sweep stops in time and the next goes on. */
  readonly remainingMs: () => number;
  /**
   * Where in the list to begin, from 0 to below 1, among the purges and among all else: at random, so that where the time
   * is too short for all of it none is always the last. Default: at its start.
   */
  readonly from?: number;
  /** Told of each failure, after which the sweep goes on. Default: it ends the sweep. */
  readonly onFailure?: OnFailure;
}

/** Left for the writes under way and the answer, once a sweep has to stop. */
const RESERVE_MILLIS = 10_000;

/**
 * Carries on what died half-way: long writes that started are finished, those that did not are made void; deletions,
 * returns and purges get their second look, for what was under way at the first. Safe beside any request, and beside
 * another sweep. A deletion takes half of the time that is left at most, so that a group of any size delays the others, but
 * does not keep them out; nor does one that fails.
 */
export async function sweep(
  table: ItemTable,
  { now, remainingMs, from = 0, onFailure = endWith }: SweepOptions,
): Promise<SweepReport> {
  const items = await queryAll(table, { pk: JOURNALS });
  const report = {
    open: items.length,
    finished: 0,
    voided: 0,
    deletions: 0,
    returns: 0,
    purges: 0,
    transfers: 0,
    roles: 0,
    postponed: 0,
    failed: 0,
  };
  for (const item of inOrder(items, from)) {
    if (remainingMs() < RESERVE_MILLIS) break;
    try {
      const entry = parseItem(JournalEntryItemSchema, item);
      if (!isDue(entry, now())) continue;
      const share = Math.max(RESERVE_MILLIS, remainingMs() / 2);
      report[await carryOn(entry, { table, now, hasTime: () => remainingMs() > share })] += 1;
    } catch (error) {
      report.failed += 1;
      onFailure(describe(item), error);
    }
  }
  return report;
}

/**
 * Purges come last: one daily sweep brings many, each waits a day in the list, and all come due together. What was going
 * on in a request waits for none of them.
 */
function inOrder(items: readonly Item[], from: number): readonly Item[] {
  const isPurge = ({ kind }: Item) => kind === 'purge';
  return [items.filter((item) => !isPurge(item)), items.filter(isPurge)].flatMap((part) => {
    const first = Math.floor(from * part.length);
    return [...part.slice(first), ...part.slice(0, first)];
  });
}

/** Nobody but a sweep announces roles, so of these none is too young. */
function isDue({ kind, since, notBefore }: JournalEntryItem, now: Date): boolean {
  if (notBefore !== undefined) return notBefore <= now.toISOString();
  return kind === 'roles' || now.getTime() - Date.parse(since) >= STALE_SECONDS * 1_000;
}

function describe({ sk, kind }: Item): { kind: string; tenant: string } {
  const [tenant = ''] = sk.split('#');
  return { kind: JournalEntryItemSchema.shape.kind.safeParse(kind).data ?? 'unknown', tenant };
}

async function carryOn(
  entry: JournalEntryItem,
  cleaner: Cleaner,
): Promise<Exclude<keyof SweepReport, 'open' | 'failed'>> {
  const { table } = cleaner;
  try {
    switch (entry.kind) {
      case 'deletion':
        if (!(await finishDeletion(cleaner, entry))) return 'postponed';
        await closeDeletion(table, entry);
        return 'deletions';
      case 'restoration':
        if (!(await restoreMemberships(cleaner, entry)).isWhole) return 'postponed';
        return await closeReturn(table, entry);
      case 'relink':
        if (!(await dropMemberships(cleaner, entry, isOfLife(entry)))) return 'postponed';
        return await closeReturn(table, entry);
      case 'purge':
        if (!(await finishPurge(cleaner, entry))) return 'postponed';
        await closePurge(cleaner, entry);
        return 'purges';
      case 'transfer':
        if (!(await finishTransfer(cleaner, entry))) return 'postponed';
        await close(table, entry);
        return 'transfers';
      case 'roles':
        if (!(await finishRoleJob(cleaner, entry))) return 'postponed';
        await close(table, entry);
        return 'roles';
      case 'members':
        if (entry.state !== 'started' && (await voidJournal(table, entry))) return 'voided';
        await finishJournal(table, entry);
        return 'finished';
    }
  } catch (error) {
    if (error instanceof TableBusyError) return 'postponed';
    throw error;
  }
}

async function close(table: ItemTable, { pk, sk }: JournalEntryItem): Promise<void> {
  await table.writeOne({ kind: 'delete', key: { pk, sk } });
}

async function closeReturn(table: ItemTable, entry: JournalEntryItem): Promise<'returns'> {
  await close(table, entry);
  return 'returns';
}
