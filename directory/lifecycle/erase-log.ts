import type { Cleaner } from '../deletion.ts';
import { hashesOf } from '../feed/identifiers.ts';
import { erasureOf } from '../feed/log-entry.ts';
import { pointersOf } from '../feed/pointers.ts';
import { inParts } from '../in-parts.ts';
import type { Action, Item, Key } from '../store/item-table.ts';
import { parseItem } from '../store/items.ts';
import { MAX_ACTIONS } from '../store/limits.ts';
import { type LogItem, LogItemSchema } from '../store/log-items.ts';
import { logOfIdentifierPartition, logOfResourcePartition, logPartition } from '../store/log-keys.ts';
import { queryPages } from '../store/query-all.ts';
import { WriteRefusedError } from '../store/table-errors.ts';

/** Whose personal data is erased. */
export interface Purged {
  readonly tenant: string;
  readonly id: string;
  readonly purgedAt: string;
  /** Hashes of what the person was called. */
  readonly identifiers: readonly string[];
}

const PAGE = 100;

/** Hashes of all that the person was ever called, as far as the log has entries about the id. */
export async function collectIdentifiers(
  { table }: Pick<Cleaner, 'table'>,
  { tenant, id, identifiers }: Purged,
): Promise<ReadonlySet<string>> {
  const found = new Set(identifiers);
  for await (const page of queryPages(table, { pk: logOfResourcePartition(tenant, id), limit: PAGE })) {
    for (const entry of await readEntries(table, tenant, page)) {
      for (const hash of hashesOf(tenant, entry)) found.add(hash);
    }
  }
  return found;
}

/**
 * Erases names, values and detail in every entry of the log about the person: those about the id; and, of what happened
 * before the purge, those that know no id but one of the names, such as a POST that was refused. Whoever has the name
 * later keeps their own.
 *
 * @returns False where the time was over first; what is erased stays so, and the next call goes on.
 */
export async function eraseLog(cleaner: Cleaner, purged: Purged): Promise<boolean> {
  const { tenant, id, identifiers } = purged;
  for (const hash of identifiers) {
    const isOne = (entry: LogItem) => isTheirs(purged, entry);
    if (!(await erasePointed(cleaner, tenant, logOfIdentifierPartition(tenant, hash), isOne))) return false;
  }
  return await erasePointed(cleaner, tenant, logOfResourcePartition(tenant, id), ({ purged: isErased }) => !isErased);
}

/** Whether an entry that tells one of the names is about the person: by its id or, without one, by its time. */
export function isTheirs(
  { id, purgedAt }: Pick<Purged, 'id' | 'purgedAt'>,
  { resource, time }: { readonly resource?: About | undefined; readonly time: string },
): boolean {
  if (resource?.type === 'Group') return false;
  return resource?.id === id || (resource?.id === undefined && time <= purgedAt);
}

interface About {
  readonly type?: string | undefined;
  readonly id?: string | undefined;
}

async function erasePointed(
  { table, hasTime }: Cleaner,
  tenant: string,
  pk: string,
  isOne: (entry: LogItem) => boolean,
): Promise<boolean> {
  for await (const page of queryPages(table, { pk, limit: PAGE })) {
    for (const entry of await readEntries(table, tenant, page)) {
      if (!isOne(entry)) continue;
      if (!hasTime()) return false;
      await erase({ table }, tenant, entry, pk);
    }
  }
  return true;
}

/** The entry loses its names together with the pointers that lead from them to it, so that none is forgotten. */
async function erase({ table }: Pick<Cleaner, 'table'>, tenant: string, entry: LogItem, found: string): Promise<void> {
  const { byIdentifier } = pointersOf(tenant, entry);
  const way: Key = { pk: found, sk: `${entry.application}#${entry.sk}` };
  const isByName = found !== logOfResourcePartition(tenant, entry.resource?.id ?? '');
  const pointers = [...byIdentifier.filter(({ pk }) => pk !== found), ...(isByName ? [way] : [])];
  const deletions = pointers.map((key): Action => ({ kind: 'delete', key }));
  try {
    await table.write([erasureOf(entry), ...deletions]);
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    // The log itself was purged meanwhile.
    for (const part of inParts(deletions, MAX_ACTIONS)) await table.write(part);
  }
}

/** The entries that the pointers lead to; those that are gone are left out. */
async function readEntries(
  table: Cleaner['table'],
  tenant: string,
  pointers: readonly Item[],
): Promise<readonly LogItem[]> {
  const keys = pointers.map(({ sk }) => ({ pk: logPartition(tenant), sk: sk.slice(sk.indexOf('#') + 1) }));
  const found = await table.getMany(keys);
  return found.flatMap((item) => (item === undefined ? [] : [parseItem(LogItemSchema, item)]));
}
