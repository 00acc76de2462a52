import { createHash } from 'node:crypto';
import { invalidValue } from '../../scim/errors.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { normaliseText } from '../../scim/text.ts';
import type { Key } from './item-table.ts';

/**
 * Every key of the table is built here and in the other files `*-keys.ts`. A partition key begins with the tenant, so that no query can cross tenants; the
 * lists of the region (`TENANTS`, `JOURNALS`, `AUDIT`) are read by the operator's functions alone. See docs/data-model.md.
 */

/** Between the value and the id in the sort key of an index entry; refused in values, so that it sorts below them all. */
export const SEPARATOR = '\u0001';
/** UTF-8 bytes of a normalised value beyond which it is cut and hashed; a sort key may have 1,024. */
const MAX_VALUE_BYTES = 512;
/** So many of them are in the key of a longer value, but for a character that the cut falls into. */
export const KEPT_BYTES = 400;

const RESOURCE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const NAME = /^[a-z0-9-]{1,40}$/;

/** Whether the text has the form of our ids, lower-case UUIDs; nothing else can name a resource. */
export function isResourceId(text: string): boolean {
  return RESOURCE_ID.test(text);
}

/** Whether the text may be the name of a tenant or an application. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

export function resourcePartition(tenant: string, type: ResourceTypeName): string {
  return `T#${tenant}#${type}`;
}

export function resourceKey(tenant: string, type: ResourceTypeName, id: string): Key {
  return { pk: resourcePartition(tenant, type), sk: id };
}

export function claimPartition(tenant: string, type: ResourceTypeName, attribute: string): string {
  return `T#${tenant}#UNIQUE#${type}.${attribute}`;
}

/** @param attribute - Canonical path, such as `userName`. @param value - As {@link toKeyValue} gives it. */
export function claimKey(tenant: string, type: ResourceTypeName, attribute: string, value: string): Key {
  return { pk: claimPartition(tenant, type, attribute), sk: value };
}

/** What an index is on: living resources or tombstones. */
export type Indexed = ResourceTypeName | `Tombstone${ResourceTypeName}`;

export function indexPartition(tenant: string, indexed: Indexed, attribute: string): string {
  return `T#${tenant}#INDEX#${indexed}.${attribute}`;
}

export function indexKey(tenant: string, indexed: Indexed, attribute: string, value: string, id: string): Key {
  return { pk: indexPartition(tenant, indexed, attribute), sk: `${value}${SEPARATOR}${id}` };
}

/** The sort keys of an index's entries for one value: `from` ≤ key ≤ `to`. */
export function indexRange(value: string): { readonly from: string; readonly to: string } {
  return { from: `${value}${SEPARATOR}`, to: `${value}${SEPARATOR}~` };
}

/** The id at the end of an index entry's sort key. */
export function idOfIndexKey(sk: string): string {
  return sk.slice(sk.lastIndexOf(SEPARATOR) + 1);
}

/** The value at the beginning of an index entry's sort key. */
export function valueOfIndexKey(sk: string): string {
  return sk.slice(0, sk.lastIndexOf(SEPARATOR));
}

export function membersPartition(tenant: string, groupId: string): string {
  return `T#${tenant}#MEMBERS#${groupId}`;
}

/** The membership, found from its group. */
export function memberKey(tenant: string, groupId: string, memberId: string): Key {
  return { pk: membersPartition(tenant, groupId), sk: memberId };
}

export function memberOfPartition(tenant: string, memberId: string): string {
  return `T#${tenant}#MEMBEROF#${memberId}`;
}

/** The same membership, found from its member. */
export function memberOfKey(tenant: string, memberId: string, groupId: string): Key {
  return { pk: memberOfPartition(tenant, memberId), sk: groupId };
}

export function counterPartition(tenant: string, type: ResourceTypeName): string {
  return `T#${tenant}#COUNT#${type}`;
}

/** The counter of the resources whose id begins with the same two hex digits. */
export function counterKey(tenant: string, type: ResourceTypeName, id: string): Key {
  return { pk: counterPartition(tenant, type), sk: id.slice(0, 2) };
}

export function tombstonePartition(tenant: string, type: ResourceTypeName): string {
  return `T#${tenant}#TOMBSTONE#${type}`;
}

export function tombstoneKey(tenant: string, type: ResourceTypeName, id: string): Key {
  return { pk: tombstonePartition(tenant, type), sk: id };
}

export function formerMembershipPartition(tenant: string, id: string): string {
  return `T#${tenant}#TOMBSTONE-OF#${id}`;
}

/** Former memberships of a tombstone: by group id; of a group's members, by the first member id of the batch. */
export function formerMembershipKey(tenant: string, id: string, otherId: string): Key {
  return { pk: formerMembershipPartition(tenant, id), sk: otherId };
}

/** Holds what is being deleted, until its memberships are gone. */
export function openDeletionPartition(tenant: string): string {
  return `T#${tenant}#DELETING`;
}

export function openDeletionKey(tenant: string, id: string): Key {
  return { pk: openDeletionPartition(tenant), sk: id };
}

export const JOURNALS = 'JOURNALS';

export function journalEntryKey(tenant: string, resourceId: string, journalId: string): Key {
  return { pk: JOURNALS, sk: `${tenant}#${resourceId}#${journalId}` };
}

/** The sort keys of a tenant's open journals. */
export function journalEntryRange(tenant: string): { readonly from: string; readonly to: string } {
  return { from: `${tenant}#`, to: `${tenant}#~` };
}

/** The sort keys of the open journals of one resource. */
export function journalEntryRangeOf(
  tenant: string,
  resourceId: string,
): { readonly from: string; readonly to: string } {
  return { from: `${tenant}#${resourceId}#`, to: `${tenant}#${resourceId}#~` };
}

export function journalPartition(tenant: string, resourceId: string): string {
  return `T#${tenant}#JOURNAL#${resourceId}`;
}

export function journalChunkKey(tenant: string, resourceId: string, journalId: string, n: number): Key {
  return { pk: journalPartition(tenant, resourceId), sk: `${journalId}#${String(n).padStart(5, '0')}` };
}

/** The sort keys of a journal's chunks. */
export function journalRange(journalId: string): { readonly from: string; readonly to: string } {
  return { from: `${journalId}#`, to: `${journalId}#~` };
}

/**
 * The form in which a claim or an index entry holds a value: what two values that compare equal have in common.
 *
 * @throws ScimError 400 `invalidValue` when the value has U+0000 or U+0001.
 */
export function toKeyValue(value: string, caseExact: boolean, path: string): string {
  if (value.includes('\u0000') || value.includes(SEPARATOR)) {
    throw invalidValue(`${path} must not have the control characters U+0000 and U+0001`);
  }
  return toOrderedText(value, caseExact);
}

/**
 * The form in which texts are ordered, in keys and in memory alike: by code point; beyond 512 bytes by the first 400, and
 * then in an order that is no alphabet's but always the same.
 */
export function toOrderedText(value: string, caseExact: boolean): string {
  const normalised = normaliseText(value, caseExact);
  // A UTF-16 unit is at most three bytes.
  if (normalised.length * 3 <= MAX_VALUE_BYTES) return normalised;
  const bytes = Buffer.from(normalised, 'utf8');
  if (bytes.length <= MAX_VALUE_BYTES) return normalised;
  // A cut may fall inside a character; what is left of it decodes to U+FFFD, the same for the same value.
  const kept = bytes.subarray(0, KEPT_BYTES).toString('utf8');
  return `${kept}#${createHash('sha256').update(bytes).digest('hex')}`;
}
