import type { Action, Item, ItemTable, Key, UpdateAction } from '../store/item-table.ts';
import { FORMAT } from '../store/items.ts';
import type { LogItem } from '../store/log-items.ts';
import { purgedKey } from '../store/log-keys.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { hashesOf, learnIdentifiers } from './identifiers.ts';

/**
 * Puts an entry of the log, once: one that is there already stays as it is. That about a user who was purged is put
 * without names and values, so that a feed which lags brings nothing back; the names what the purge left learns first.
 *
 * @param alongside - What the same transaction does, so that it is done once: without conditions.
 * @returns The entry as it may be told of: without personal data where the user was purged.
 */
export async function putLogEntry(
  table: ItemTable,
  tenant: string,
  entry: LogItem,
  alongside: readonly Action[] = [],
): Promise<LogItem> {
  const put = { kind: 'put', item: toLogItem(entry), conditions: [{ kind: 'notExists' }] } as const;
  const stub = stubKeyOf(tenant, entry);
  try {
    const isAnyones = stub === undefined || entry.purged === true;
    if (isAnyones && alongside.length === 0) await table.writeOne(put);
    else if (isAnyones) await table.write([put, ...alongside]);
    else await table.write([put, { kind: 'check', key: stub, conditions: [{ kind: 'notExists' }] }, ...alongside]);
    return entry;
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    const there = error.refusalOf(0);
    if (there === undefined) {
      if (stub !== undefined) await learnIdentifiers(table, stub, hashesOf(tenant, entry));
      return await putLogEntry(table, tenant, withoutPersonalData(entry), alongside);
    }
    return there.item?.['purged'] === true ? withoutPersonalData(entry) : entry;
  }
}

/** Where the stub of a purge would be of whoever the entry is about; undefined where it is about nobody. */
export function stubKeyOf(tenant: string, { resource }: Pick<LogItem, 'resource'>): Key | undefined {
  return resource?.type === 'User' && resource.id !== undefined ? purgedKey(tenant, 'User', resource.id) : undefined;
}

/** The entry as a purge leaves it: who, what and when. */
export function withoutPersonalData(entry: LogItem): LogItem {
  const { detail: _detail, truncated: _truncated, ...rest } = entry;
  return { ...rest, names: {}, changes: [], purged: true };
}

/** Takes names, values and detail out of an entry that is stored; does nothing where there is none. */
export async function eraseLogEntry(table: ItemTable, key: Key): Promise<void> {
  try {
    await table.writeOne(erasureOf(key));
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
  }
}

/** The update alone, for a transaction that does more. */
export function erasureOf({ pk, sk }: Key): UpdateAction {
  return {
    kind: 'update',
    key: { pk, sk },
    set: { purged: true },
    remove: ['names', 'changes', 'detail', 'truncated'],
    conditions: [{ kind: 'exists' }],
  };
}

/** The entry as the table takes it: absent instead of undefined or empty. */
export function toLogItem(entry: LogItem): Item {
  const { pk, sk, names, changes, membersAdded, membersRemoved, ...rest } = entry;
  const lists = Object.entries({ changes, membersAdded, membersRemoved }).filter(([, list]) => list.length > 0);
  return {
    pk,
    sk,
    format: FORMAT,
    ...JSON.parse(JSON.stringify(rest)),
    ...(Object.keys(names).length > 0 ? { names: { ...names } } : {}),
    ...JSON.parse(JSON.stringify(Object.fromEntries(lists))),
  };
}
