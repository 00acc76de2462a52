import { createHash } from 'node:crypto';
import { invalidValue } from '../../scim/errors.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { normaliseText } from '../../scim/text.ts';
import type { Key } from './item-table.ts';

/**
 * Every key of the table is built here. A partition key begins with the tenant, so that no query can cross tenants; the
 * lists of the region (`TENANTS`, `JOURNALS`, `AUDIT`) are read by the operator's functions alone. See docs/data-model.md.
 */

/** Between the value and the id in the sort key of an index entry; refused in values, so that it sorts below them all. */
const SEPARATOR = '\u0001';
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

/** Holds the tenant itself and its applications. */
export function tenantPartition(tenant: string): string {
  return `T#${tenant}`;
}

export function tenantKey(tenant: string): Key {
  return { pk: tenantPartition(tenant), sk: 'SETTINGS' };
}

export function applicationKey(tenant: string, application: string): Key {
  return { pk: tenantPartition(tenant), sk: `APP#${application}` };
}

/** The sort keys of a tenant's applications. */
export function applicationRange(): { readonly from: string; readonly to: string } {
  return { from: 'APP#', to: 'APP#~' };
}

/** Whether an item of the tenant's partition is an application. */
export function isApplicationKey(sk: string): boolean {
  return sk.startsWith('APP#');
}

/** The application's name at the end of its key. */
export function nameOfApplicationKey(sk: string): string {
  return sk.slice('APP#'.length);
}

/** An index that operators have asked for. @param attribute - Canonical path. */
export function attributeIndexKey(tenant: string, type: ResourceTypeName, attribute: string): Key {
  return { pk: tenantPartition(tenant), sk: `${INDEX}${type}.${attribute}` };
}

/** A schema that the tenant has registered; URNs are case-insensitive. */
export function schemaKey(tenant: string, urn: string): Key {
  return { pk: tenantPartition(tenant), sk: `${SCHEMA}${urn.toLowerCase()}` };
}

const INDEX = 'INDEX#';
const SCHEMA = 'SCHEMA#';

/** Who may enter, and with which role. */
export function policyKey(tenant: string): Key {
  return { pk: tenantPartition(tenant), sk: POLICY };
}

const POLICY = 'POLICY';

/** Who holds the offices of a tenant: the subscription owner, and the owners of its company. */
export function ownersKey(tenant: string): Key {
  return { pk: tenantPartition(tenant), sk: 'OWNERS' };
}

/** What the vendor's application has registered as a user's. */
export function ownsPartition(tenant: string, userId: string): string {
  return `T#${tenant}#OWNS#${userId}`;
}

/** @param name - As {@link toOwnershipName} makes it. */
export function ownsKey(tenant: string, userId: string, name: string): Key {
  return { pk: ownsPartition(tenant, userId), sk: name };
}

export function ownedPartition(tenant: string): string {
  return `T#${tenant}#OWNED`;
}

/** The same ownership, found by what is owned. */
export function ownedKey(tenant: string, name: string): Key {
  return { pk: ownedPartition(tenant), sk: name };
}

/** @param type - Has no `#`. */
export function toOwnershipName({ type, id }: { readonly type: string; readonly id: string }): string {
  return `${type}#${id}`;
}

export function parseOwnershipName(name: string): { readonly type: string; readonly id: string } {
  const at = name.indexOf('#');
  return { type: name.slice(0, at), id: name.slice(at + 1) };
}

export function announcedRolePartition(tenant: string): string {
  return `T#${tenant}#ROLE`;
}

/** The access role of a user that was announced last. */
export function announcedRoleKey(tenant: string, userId: string): Key {
  return { pk: announcedRolePartition(tenant), sk: userId };
}

export function roleJobPartition(tenant: string): string {
  return `T#${tenant}#ROLE-JOB`;
}

/** A part of the work of announcing many roles. @param part - A group's id, or `users`. */
export function roleJobKey(tenant: string, journalId: string, part: string): Key {
  return { pk: roleJobPartition(tenant), sk: `${journalId}#${part}` };
}

/** The sort keys of all parts of one job. */
export function roleJobRange(journalId: string): { readonly from: string; readonly to: string } {
  return { from: `${journalId}#`, to: `${journalId}#~` };
}

/** The sort keys of all that makes a tenant what it is: its applications, indexes, policy, schemas and, last, its settings. */
export function tenantRange(): { readonly from: string; readonly to: string } {
  return { from: applicationRange().from, to: tenantKey('').sk };
}

/** What an item of {@link tenantRange} is. */
export function kindOfTenantKey(sk: string): 'application' | 'index' | 'policy' | 'schema' | 'settings' | undefined {
  if (isApplicationKey(sk)) return 'application';
  if (sk.startsWith(INDEX)) return 'index';
  if (sk === POLICY) return 'policy';
  if (sk.startsWith(SCHEMA)) return 'schema';
  return sk === tenantKey('').sk ? 'settings' : undefined;
}

export const TENANTS = 'TENANTS';
export const AUDIT = 'AUDIT';

/** The tenant's place in the list of the region's tenants. */
export function tenantListKey(tenant: string): Key {
  return { pk: TENANTS, sk: tenant };
}

/** What operators did, in order of time. */
export function auditKey(time: string, id: string): Key {
  return { pk: AUDIT, sk: `${time}#${id}` };
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

/** What the guard knows: of each application its window, and what the window is measured against. */
export function guardPartition(tenant: string): string {
  return `T#${tenant}#GUARD`;
}

/** The guard's window of an application. */
export function guardKey(tenant: string, application: string): Key {
  return { pk: guardPartition(tenant), sk: application };
}

const GUARD_BASE = 'BASE#';

/** Whether an item of {@link guardPartition} is an application's window. */
export function isGuardKey(sk: string): boolean {
  return !sk.startsWith(GUARD_BASE);
}

/** A part of a count: of the tenant's memberships, or of the active users that an application has created. */
export function guardBaseKey(tenant: string, of: 'memberships' | { readonly application: string }, part: string): Key {
  const what = of === 'memberships' ? 'memberships' : `users#${of.application}`;
  return { pk: guardPartition(tenant), sk: `${GUARD_BASE}${what}#${part}` };
}

/** The sort keys of the counts. */
export function guardBaseRange(): { readonly from: string; readonly to: string } {
  return { from: GUARD_BASE, to: `${GUARD_BASE}~` };
}

/** Of whom a part of a count is: the application; undefined of the memberships. */
export function applicationOfGuardBase(sk: string): string | undefined {
  const [, what, application] = sk.split('#');
  return what === 'users' ? application : undefined;
}

/** What the guard holds back of an application. */
export function heldPartition(tenant: string, application: string): string {
  return `T#${tenant}#HELD#${application}`;
}

/** @param part - Of a write beside which others of the same resource may be held. */
export function heldKey(
  tenant: string,
  application: string,
  { type, id }: { readonly type: ResourceTypeName; readonly id: string },
  part?: string,
): Key {
  return { pk: heldPartition(tenant, application), sk: `${type}#${id}${part === undefined ? '' : `#${part}`}` };
}

/** The sort keys of all that is held of a resource. */
export function heldRange({ type, id }: { readonly type: ResourceTypeName; readonly id: string }): {
  readonly from: string;
  readonly to: string;
} {
  return { from: `${type}#${id}`, to: `${type}#${id}#~` };
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
