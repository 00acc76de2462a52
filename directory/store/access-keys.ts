import type { ResourceTypeName } from '../../scim/schema/types.ts';
import type { Key } from './item-table.ts';
import { tenantPartition } from './tenant-keys.ts';

/** Keys of what access goes by: owners, announced roles, the guard. See `keys.ts`. */

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

/** Of whom was said to be a member of a group, or none, while something of the group is held. */
export function saidMemberKey(tenant: string, application: string, groupId: string, memberId: string): Key {
  return heldKey(tenant, application, { type: 'Group', id: groupId }, `+${memberId}`);
}

/** That requests about a resource are rejected. */
export function rejectionKey(
  tenant: string,
  application: string,
  resource: { readonly type: ResourceTypeName; readonly id: string },
): Key {
  return heldKey(tenant, application, resource, 'rejected');
}

/** The sort keys of all that is held of a resource. */
export function heldRange({ type, id }: { readonly type: ResourceTypeName; readonly id: string }): {
  readonly from: string;
  readonly to: string;
} {
  return { from: `${type}#${id}`, to: `${type}#${id}#~` };
}
