import { isSameJson } from '../../scim/json.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import type { ItemChange } from '../store/item-change.ts';
import { DeltaSchema, parseItem, TombstoneItemSchema } from '../store/items.ts';
import { type LogItem, PurgedItemSchema } from '../store/log-items.ts';
import { namesOf, newEntry } from './new-entry.ts';

/** A tombstone as the feed reads it: of a group whose members go, with the last of them. */
const LeftTombstoneSchema = TombstoneItemSchema.extend({ delta: DeltaSchema.optional() });

/**
 * What a change of a tombstone says: that a resource was deleted; then, of a group, which members are gone with it. That
 * the tombstone goes is told by the resource that is there again, or by what a purge leaves.
 */
export function tombstoneEntry(tenant: string, type: ResourceTypeName, change: ItemChange): LogItem | undefined {
  if (change.after === undefined) return undefined;
  const { sk: id, version, deletedAt, by, item, delta } = parseItem(LeftTombstoneSchema, change.after);
  const said = { time: deletedAt, ...by, resource: { type, id }, names: namesOf(item.attributes), version };
  if (change.before === undefined) {
    return newEntry(tenant, ['deletion', type, id, version], { ...said, operation: 'delete' });
  }
  if (delta === undefined || isSameJson(change.before['delta'], delta)) return undefined;
  // A member goes once, so who goes names the step.
  return newEntry(tenant, ['dropped', id, version, ...delta.removed], {
    ...said,
    operation: 'update',
    membersRemoved: delta.removed,
  });
}

/** What the appearance of what a purge leaves says. What is done with it afterwards is the purge's own affair. */
export function purgeEntry(tenant: string, type: ResourceTypeName, { before, after }: ItemChange): LogItem | undefined {
  if (before !== undefined || after === undefined) return undefined;
  const { sk: id, version, purgedAt, by } = parseItem(PurgedItemSchema, after);
  return newEntry(tenant, ['purge', type, id, version], {
    time: purgedAt,
    ...by,
    operation: 'purge',
    resource: { type, id },
    version,
    purged: true,
  });
}
