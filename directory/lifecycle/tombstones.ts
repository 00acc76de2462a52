import type { TenantSettings } from '../context.ts';
import type { ItemTable } from '../store/item-table.ts';
import { parseOptionalItem, type TombstoneItem, TombstoneItemSchema } from '../store/items.ts';
import { isResourceId, tombstoneKey } from '../store/keys.ts';

const DAY_MILLIS = 86_400_000;

/** What is left of a deleted user; undefined where the id is that of none. */
export async function findTombstone(table: ItemTable, tenant: string, id: string): Promise<TombstoneItem | undefined> {
  const item = isResourceId(id) ? await table.get(tombstoneKey(tenant, 'User', id)) : undefined;
  return parseOptionalItem(TombstoneItemSchema, item);
}

/** When the retention of a deleted user ends: until then it can be brought back, afterwards it is purged. */
export function endOfRetention(
  { deletedAt }: Pick<TombstoneItem, 'deletedAt'>,
  { retentionDays }: Pick<TenantSettings, 'retentionDays'>,
): Date {
  return new Date(Date.parse(deletedAt) + retentionDays * DAY_MILLIS);
}

/** When a user who is deactivated will be deleted for that; undefined for never. */
export function endOfDeactivation(
  { deactivatedAt }: { readonly deactivatedAt?: string | undefined },
  { deleteAfterDeactivatedDays: days }: Pick<TenantSettings, 'deleteAfterDeactivatedDays'>,
): Date | undefined {
  if (deactivatedAt === undefined || days === null) return undefined;
  return new Date(Date.parse(deactivatedAt) + days * DAY_MILLIS);
}

/** Whether a user has been deactivated for so long that the daily sweep deletes them. */
export function isToBeDeleted(
  user: { readonly deactivatedAt?: string | undefined },
  settings: Pick<TenantSettings, 'deleteAfterDeactivatedDays'>,
  now: Date,
): boolean {
  const end = endOfDeactivation(user, settings);
  return end !== undefined && end <= now;
}
