import { createHash } from 'node:crypto';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { normaliseText } from '../../scim/text.ts';
import type { Key } from './item-table.ts';
import { SEPARATOR } from './keys.ts';

/** Keys of the record of what happened: sync cycles, provisioning log, what is parked and what is purged. See `keys.ts`. */

export function cyclePartition(tenant: string, application: string): string {
  return `T#${tenant}#CYCLE#${application}`;
}

/** The open sync cycle; sorts after every closed one. */
export function currentCycleKey(tenant: string, application: string): Key {
  return { pk: cyclePartition(tenant, application), sk: 'CURRENT' };
}

/** A closed sync cycle. @param start - ISO 8601 in UTC. */
export function cycleKey(tenant: string, application: string, start: string): Key {
  return { pk: cyclePartition(tenant, application), sk: start };
}

/** The tenant's provisioning log, in order of time. */
export function logPartition(tenant: string): string {
  return `T#${tenant}#LOG`;
}

/** An entry of the provisioning log. @param time - ISO 8601 in UTC with milliseconds. */
export function logKey(tenant: string, time: string, id: string): Key {
  return { pk: logPartition(tenant), sk: `${time}#${id}` };
}

/** Pointers to the entries of an application: the same sort keys. */
export function logOfApplicationPartition(tenant: string, application: string): string {
  return `T#${tenant}#LOG-APP#${application}`;
}

/** Pointers to the entries about a resource; sort keys are `<application>#<the entry's>`. */
export function logOfResourcePartition(tenant: string, id: string): string {
  return `T#${tenant}#LOG-OF#${id}`;
}

/** Pointers to the entries about whoever was called so; sort keys as of {@link logOfResourcePartition}. */
export function logOfIdentifierPartition(tenant: string, identifierHash: string): string {
  return `T#${tenant}#LOG-WHO#${identifierHash}`;
}

/**
 * The form in which the log is looked up by a userName or an externalId, so that no key has one.
 *
 * @returns 64 hex digits, the same for values that differ in case alone.
 */
export function hashIdentifier(tenant: string, value: string): string {
  return createHash('sha256')
    .update(`${tenant}${SEPARATOR}${normaliseText(value, false)}`)
    .digest('hex');
}

/** What the change feed could not make sense of. */
export function parkedPartition(tenant: string): string {
  return `T#${tenant}#PARKED`;
}

/** A part of a parked change. @param changeId - Its name in the stream. */
export function parkedKey(tenant: string, changeId: string, part: number): Key {
  return { pk: parkedPartition(tenant), sk: `${changeId}#${String(part).padStart(3, '0')}` };
}

/** The sort keys of a parked change's parts. */
export function parkedRange(changeId: string): { readonly from: string; readonly to: string } {
  return { from: `${changeId}#`, to: `${changeId}#~` };
}

/** What is left of purged resources. */
export function purgedPartition(tenant: string, type: ResourceTypeName): string {
  return `T#${tenant}#PURGED#${type}`;
}

export function purgedKey(tenant: string, type: ResourceTypeName, id: string): Key {
  return { pk: purgedPartition(tenant, type), sk: id };
}
