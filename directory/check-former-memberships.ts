import type { Item, Key } from './store/item-table.ts';
import {
  FormerMembershipItemSchema,
  type JournalEntryItem,
  JournalEntryItemSchema,
  parseItem,
  parseOptionalItem,
  ResourceItemSchema,
  TombstoneItemSchema,
} from './store/items.ts';
import { JOURNALS, resourceKey, tombstoneKey } from './store/keys.ts';

const OF_TOMBSTONE = /^T#([^#]*)#TOMBSTONE-OF#(.*)$/;

/**
 * Finds former memberships that nobody gives back or drops: neither is there the tombstone of the life in which they were,
 * nor an entry that is about them.
 *
 * @param all - The whole table.
 */
export function checkFormerMemberships(
  all: ReadonlyMap<string, Item>,
  find: (key: Key) => Item | undefined,
): { readonly key: Key; readonly problem: string }[] {
  const items = [...all.values()];
  const entries = items
    .filter(({ pk }) => pk === JOURNALS)
    .map((item): JournalEntryItem => parseItem(JournalEntryItemSchema, item));
  return items.flatMap((item) => {
    const [, tenant, id] = OF_TOMBSTONE.exec(item.pk) ?? [];
    if (tenant === undefined || id === undefined) return [];
    const { pk, sk, life } = parseItem(FormerMembershipItemSchema, item);
    const user = parseOptionalItem(ResourceItemSchema, find(resourceKey(tenant, 'User', id)));
    const deleted = parseOptionalItem(TombstoneItemSchema, find(tombstoneKey(tenant, 'User', id)));
    const isKept =
      find(tombstoneKey(tenant, 'Group', id)) !== undefined ||
      (deleted !== undefined && deleted.item.life === life) ||
      entries.some((entry) => {
        if (entry.tenant !== tenant || entry.resourceId !== id) return false;
        if (entry.kind === 'restoration') return user !== undefined && user.life === life && entry.life === life;
        return entry.kind === 'purge' || (entry.kind === 'relink' && entry.life === life);
      });
    return isKept ? [] : [{ key: { pk, sk }, problem: 'former membership that nobody gives back or drops' }];
  });
}
