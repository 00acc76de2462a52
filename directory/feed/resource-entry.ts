import type { ResourceSchema } from '../../scim/schema/resource-schema.ts';
import type { ItemChange } from '../store/item-change.ts';
import { parseItem, type ResourceItem, ResourceItemSchema } from '../store/items.ts';
import type { LogItem, LogOperation } from '../store/log-items.ts';
import { changedValues } from './changed-values.ts';
import { namesOf, newEntry } from './new-entry.ts';

/**
 * What a change of a resource's item says. One that does not raise the version is a matter of the directory's own (a
 * long write that ends); that the item goes is told by the tombstone.
 */
export function resourceEntry(tenant: string, schema: ResourceSchema, change: ItemChange): LogItem | undefined {
  if (change.after === undefined) return undefined;
  const after = parseItem(ResourceItemSchema, change.after);
  const before = change.before && parseItem(ResourceItemSchema, change.before);
  if (before !== undefined && before.version >= after.version) return undefined;
  return newEntry(tenant, [after.type, after.sk, after.version], {
    time: after.lastModified,
    ...after.by,
    operation: before === undefined ? arrivalOf(after) : operationOf(before, after),
    resource: { type: after.type, id: after.sk },
    names: namesOf(after.attributes),
    version: after.version,
    changes: changedValues(schema, before?.attributes ?? {}, after.attributes),
    membersAdded: after.delta?.added ?? [],
    membersRemoved: after.delta?.removed ?? [],
  });
}

function arrivalOf({ broughtBack }: ResourceItem): LogOperation {
  if (broughtBack === undefined) return 'create';
  return broughtBack === 'restored' ? 'restore' : 'relink';
}

function operationOf(before: ResourceItem, after: ResourceItem): LogOperation {
  const [wasActive, isActive] = [before, after].map(({ attributes }) => attributes['active'] !== false);
  if (wasActive === isActive) return 'update';
  return isActive === true ? 'reactivate' : 'deactivate';
}
