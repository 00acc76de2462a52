import type { ResourceSchema } from '../../scim/schema/resource-schema.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import type { ItemChange } from '../store/item-change.ts';
import type { LogItem } from '../store/log-items.ts';
import { bounded } from './bounded.ts';
import { chunkEntry } from './chunk-entry.ts';
import { cycleEntry } from './cycle-entry.ts';
import { purgeEntry, tombstoneEntry } from './departure-entries.ts';
import { guardEntry } from './guard-entry.ts';
import { resourceEntry } from './resource-entry.ts';
import type { Subject } from './subject.ts';
import { tokenEntry } from './token-entry.ts';

/**
 * What a change is to the provisioning log; undefined where it is nothing. Pure: of the same change always the same entry
 * under the same key.
 *
 * @param subject - What the changed item is.
 * @param schemas - Of the tenant.
 * @throws ZodError where the item is not what its key says.
 */
export function toLogEntry(
  change: ItemChange,
  subject: Subject,
  schemas: Readonly<Record<ResourceTypeName, ResourceSchema>>,
): LogItem | undefined {
  const entry = entryOf(change, subject, schemas);
  return entry && bounded(entry);
}

function entryOf(
  change: ItemChange,
  subject: Subject,
  schemas: Readonly<Record<ResourceTypeName, ResourceSchema>>,
): LogItem | undefined {
  const { tenant } = subject;
  switch (subject.kind) {
    case 'resource':
      return resourceEntry(tenant, schemas[subject.type], change);
    case 'tombstone':
      return tombstoneEntry(tenant, subject.type, change);
    case 'purged':
      return purgeEntry(tenant, subject.type, change);
    case 'chunk':
      return chunkEntry(tenant, subject.groupId, change);
    case 'cycle':
      return cycleEntry(tenant, subject.application, change);
    case 'application':
      return tokenEntry(tenant, subject.application, change);
    case 'guard':
      return guardEntry(tenant, subject.application, change);
    case 'log':
      return undefined;
  }
}
