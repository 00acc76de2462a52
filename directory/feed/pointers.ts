import type { Item, ItemTable, Key } from '../store/item-table.ts';
import { FORMAT } from '../store/items.ts';
import type { LogItem } from '../store/log-items.ts';
import { logOfApplicationPartition, logOfIdentifierPartition, logOfResourcePartition } from '../store/log-keys.ts';
import { hashesOf, learnIdentifiers } from './identifiers.ts';
import { eraseLogEntry, stubKeyOf } from './log-entry.ts';

/** The pointers by which an entry is found beside its time. They are nothing but keys. */
export interface Pointers {
  readonly byApplication: Key;
  /** Undefined where the entry is about nothing that has an id. */
  readonly byResource: Key | undefined;
  /** By each userName and externalId that it names, those of before a change included. */
  readonly byIdentifier: readonly Key[];
}

export function pointersOf(tenant: string, entry: LogItem): Pointers {
  const { sk, application, resource } = entry;
  const ofApplication = `${application}#${sk}`;
  return {
    byApplication: { pk: logOfApplicationPartition(tenant, application), sk },
    byResource:
      resource?.id === undefined ? undefined : { pk: logOfResourcePartition(tenant, resource.id), sk: ofApplication },
    byIdentifier: hashesOf(tenant, entry).map((hash) => ({
      pk: logOfIdentifierPartition(tenant, hash),
      sk: ofApplication,
    })),
  };
}

/** All of an entry's pointers. */
export function allPointers({ byApplication, byResource, byIdentifier }: Pointers): readonly Key[] {
  return [byApplication, ...(byResource === undefined ? [] : [byResource]), ...byIdentifier];
}

/** An entry's pointers as items. Each says which user it is about, so that the report knows who had a name without more ado. */
export function toPointerItems(tenant: string, entry: LogItem): readonly Item[] {
  const { type, id } = entry.resource ?? {};
  const about = type === 'User' && id !== undefined ? { userId: id } : {};
  return allPointers(pointersOf(tenant, entry)).map((key) => ({ ...key, format: FORMAT, ...about }));
}

/**
 * Puts the pointers of an entry that the stream tells of. That by resource comes before the look at what a purge leaves:
 * a purge that begins later finds the entry by it, and of one that began before the stub is there to be seen. That learns
 * the names first, for an entry that is erased no longer tells them.
 */
export async function putPointers(table: ItemTable, tenant: string, entry: LogItem): Promise<void> {
  await Promise.all(toPointerItems(tenant, entry).map((item) => table.writeOne({ kind: 'put', item })));
  const stub = stubKeyOf(tenant, entry);
  if (stub === undefined || entry.purged === true || (await table.get(stub)) === undefined) return;
  await learnIdentifiers(table, stub, hashesOf(tenant, entry));
  await eraseLogEntry(table, entry);
  const { byIdentifier } = pointersOf(tenant, entry);
  await Promise.all(byIdentifier.map((key) => table.writeOne({ kind: 'delete', key })));
}
