import { ScimError } from '../../scim/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, member } from '../../scim/json.ts';
import type { Tenant } from '../context.ts';
import type { ItemTable } from '../store/item-table.ts';
import type { ResourceItem } from '../store/items.ts';
import { isName } from '../store/keys.ts';
import { readTenantRecords, toTenant } from '../tenant-records.ts';
import { type Access, readAccess } from './access-role.ts';
import { findSubject, isAmongTombstones, toSubjectValue } from './find-subject.ts';
import type { SubjectKey } from './policy.ts';

/** Whom the tenant's identity provider has signed in: a SAML subject, a claim of an OIDC token. */
export interface Subject {
  /** Default: what the tenant's policy says (`signIn.matchBy`). */
  readonly by?: SubjectKey | undefined;
  readonly value: string;
}

export interface SignInQuestion {
  readonly subject: Subject;
  /** Whether to tell what the groups are called, for one batch of reads more. Default false. */
  readonly withGroupNames?: boolean | undefined;
}

/** Why somebody may not enter. */
export const DENY_REASONS = [
  /** Nobody of the tenant is known by the subject. */
  'unknown',
  /** More than one is. */
  'ambiguous',
  'deactivated',
  'deleted',
  /** A deactivation or deletion is held back by the guard, and the policy says `deny`. */
  'held',
  'tenantSuspended',
] as const;
export type DenyReason = (typeof DENY_REASONS)[number];

export type SignInDecision =
  | ({ readonly decision: 'allow'; readonly user: SignedInUser } & Access)
  /** `user`: where exactly one was found. */
  | { readonly decision: 'deny'; readonly reason: DenyReason; readonly user?: SignedInUser };

/** Who it is. */
export interface SignedInUser {
  readonly id: string;
  readonly userName: string;
  readonly externalId?: string;
  readonly displayName?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  /** The primary address, or else the first. */
  readonly email?: string;
}

/**
 * Tells whether somebody whom their identity provider has signed in may enter, and with which access role.
 *
 * Everything is read strongly consistently when it is asked, the tenant and its policy included: it is right immediately
 * after the SCIM request that changed it. The price does not depend on how large the directory is: the tenant's own
 * records in one query, one index read, one get of the user, the user's memberships and those of the groups above, and
 * one look at what is being deleted. Whoever is denied is paid for only as far as that was needed.
 *
 * @throws ScimError 404 where there is no such tenant, or it is being deleted; 400 `invalidValue` for a subject that
 * nobody could have.
 */
export async function decideSignIn(
  table: ItemTable,
  tenantName: string,
  { subject, withGroupNames = false }: SignInQuestion,
): Promise<SignInDecision> {
  const tenant = await readTenant(table, tenantName);
  if (tenant.standing.state === 'suspended') return deny('tenantSuspended');
  const context = { table, tenant };
  const sought = toSubjectValue(tenant, { by: subject.by ?? tenant.policy.signIn.matchBy, value: subject.value });
  const { users, candidates } = await findSubject(context, sought);
  const [user, another] = users;
  if (user === undefined) return deny((await isAmongTombstones(context, sought, candidates)) ? 'deleted' : 'unknown');
  if (another !== undefined) return deny('ambiguous');
  const known = toSignedInUser(user);
  if (user.attributes['active'] === false) return { ...deny('deactivated'), user: known };
  if (user.held !== undefined && tenant.policy.signIn.heldUsers === 'deny') return { ...deny('held'), user: known };
  return { decision: 'allow', user: known, ...(await readAccess(context, user, { withNames: withGroupNames })) };
}

function deny(reason: DenyReason): { readonly decision: 'deny'; readonly reason: DenyReason } {
  return { decision: 'deny', reason };
}

/** Not what the process remembers: a tenant may have been suspended, and its policy changed, a moment ago. */
async function readTenant(table: ItemTable, name: string): Promise<Tenant> {
  const records = isName(name) ? await readTenantRecords(table, name) : undefined;
  if (records === undefined || records.item.state === 'deleting') throw new ScimError(404, 'There is no such tenant');
  return toTenant(name, records);
}

function toSignedInUser({ sk: id, attributes }: ResourceItem): SignedInUser {
  const name = member(attributes, 'name');
  const optional = {
    externalId: textOf(attributes, 'externalId'),
    displayName: textOf(attributes, 'displayName'),
    givenName: isJsonObject(name) ? textOf(name, 'givenName') : undefined,
    familyName: isJsonObject(name) ? textOf(name, 'familyName') : undefined,
    email: emailOf(attributes),
  };
  const present = Object.entries(optional).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { id, userName: textOf(attributes, 'userName') ?? '', ...Object.fromEntries(present) };
}

function emailOf(attributes: JsonObject): string | undefined {
  const emails = member(attributes, 'emails');
  const described = isJsonArray(emails) ? emails.filter(isJsonObject) : [];
  const chosen = described.find((email) => member(email, 'primary') === true) ?? described[0];
  return chosen === undefined ? undefined : textOf(chosen, 'value');
}

function textOf(object: JsonObject, name: string): string | undefined {
  const value = member(object, name);
  return typeof value === 'string' ? value : undefined;
}
