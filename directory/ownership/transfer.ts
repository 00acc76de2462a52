import type { Cleaner } from '../deletion.ts';
import { toLogItem } from '../feed/log-entry.ts';
import { newEntry } from '../feed/new-entry.ts';
import { inParts } from '../in-parts.ts';
import { ownedKey, ownsKey, ownsPartition, parseOwnershipName } from '../store/access-keys.ts';
import type { Action, ItemTable } from '../store/item-table.ts';
import {
  FORMAT,
  type JournalEntryItem,
  parseItem,
  parseOptionalItem,
  type ResourceItem,
  ResourceItemSchema,
  TombstoneItemSchema,
} from '../store/items.ts';
import { resourceKey, tombstoneKey } from '../store/keys.ts';
import { type OwnsItem, OwnsItemSchema } from '../store/ownership-items.ts';
import { queryPages } from '../store/query-all.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { holdOwner, isActive } from './owner.ts';
import { readOwners } from './owners.ts';

/** Ownerships that pass on in one transaction: three items each, the heir, and the entry of the log. */
const OWNERSHIPS_A_TRANSACTION = 32;
const PAGE = 20 * OWNERSHIPS_A_TRANSACTION;

/**
 * Passes on what was registered as a leaver's when they left. May be done by anybody, any number of times, any number at
 * once: each ownership passes on in one transaction with the entry of the log that tells it, and only as long as it is the
 * leaver's still. What became theirs after they came back stays theirs.
 *
 * @returns False where the time was over first, or nobody is there who could take it.
 */
export async function finishTransfer(cleaner: Cleaner, entry: JournalEntryItem): Promise<boolean> {
  const { tenant, resourceId, departure = 0 } = entry;
  for await (const page of queryPages(cleaner.table, { pk: ownsPartition(tenant, resourceId), limit: PAGE })) {
    const own = page.map((item) => parseItem(OwnsItemSchema, item)).filter((each) => each.ownerVersion < departure);
    for (const part of inParts(own, OWNERSHIPS_A_TRANSACTION)) {
      if (!(await passTogether(cleaner, entry, part))) return false;
    }
  }
  return true;
}

/** @returns False where the time was over first, or nobody could take it. */
async function passTogether(cleaner: Cleaner, entry: JournalEntryItem, part: readonly OwnsItem[]): Promise<boolean> {
  for (;;) {
    if (!cleaner.hasTime()) return false;
    const heir = await findHeir(cleaner.table, entry);
    if (heir === undefined) return false;
    try {
      await cleaner.table.write(passActions(cleaner, entry, heir, part));
      return true;
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      // Of the heir: look again who it is. Of an ownership: somebody was faster with it; of one alone, nothing is left.
      if (error.refusalOf(0) !== undefined) continue;
      if (part.length === 1) return true;
    }
    for (const each of part) if (!(await passTogether(cleaner, entry, [each]))) return false;
    return true;
  }
}

function passActions(
  { now }: Cleaner,
  { tenant, resourceId: from, journalId, by }: JournalEntryItem,
  heir: ResourceItem,
  part: readonly OwnsItem[],
): Action[] {
  const actor = by ?? heir.by;
  const hold = holdOwner(heir, actor, now());
  const passed = part.map(({ sk, number }) => ({ ...parseOwnershipName(sk), number: number + 1 }));
  const told = newEntry(tenant, ['transfer', journalId, ...passed.map(({ type, id }) => `${type}#${id}`)], {
    time: now().toISOString(),
    ...actor,
    operation: 'transfer',
    resource: { type: 'User', id: from },
    transfer: { from, to: heir.sk, ownerships: passed, offices: [] },
  });
  return [
    hold.action,
    ...part.flatMap(({ pk, sk, number, ownerVersion }): Action[] => {
      const asRead = (['owner', 'number', 'ownerVersion'] as const).map((attribute) => {
        return { kind: 'equals', attribute, value: { owner: from, number, ownerVersion }[attribute] } as const;
      });
      const facts = { format: FORMAT, number: number + 1, ownerVersion: hold.version };
      return [
        // By way of others it may come back to a leaver who is there again.
        ...(heir.sk === from ? [] : [{ kind: 'delete', key: { pk, sk } } as const]),
        { kind: 'put', item: { ...ownsKey(tenant, heir.sk, sk), ...facts } },
        {
          kind: 'put',
          item: { ...ownedKey(tenant, sk), ...facts, owner: heir.sk },
          conditions: asRead,
        },
      ];
    }),
    { kind: 'put', item: toLogItem(told) },
  ];
}

/** Whoever is to have it now: where the heir has left meanwhile, the heir's own; in the end whoever holds an office. */
async function findHeir(table: ItemTable, { tenant, heir }: JournalEntryItem): Promise<ResourceItem | undefined> {
  const seen = new Set<string>();
  for (let id = heir; id !== undefined && !seen.has(id); ) {
    seen.add(id);
    const user = await findKnown(table, tenant, id);
    if (user?.isThere === true && isActive(user.item)) return user.item;
    id = user?.item.heir;
  }
  const { subscriptionOwner, companyOwners } = await readOwners(table, tenant);
  for (const id of [subscriptionOwner, ...companyOwners]) {
    const user = id === undefined ? undefined : await findKnown(table, tenant, id);
    if (user?.isThere === true && isActive(user.item)) return user.item;
  }
  return undefined;
}

async function findKnown(
  table: ItemTable,
  tenant: string,
  id: string,
): Promise<{ readonly isThere: boolean; readonly item: ResourceItem } | undefined> {
  const item = parseOptionalItem(ResourceItemSchema, await table.get(resourceKey(tenant, 'User', id)));
  if (item !== undefined) return { isThere: true, item };
  const tombstone = parseOptionalItem(TombstoneItemSchema, await table.get(tombstoneKey(tenant, 'User', id)));
  return tombstone === undefined ? undefined : { isThere: false, item: tombstone.item };
}
