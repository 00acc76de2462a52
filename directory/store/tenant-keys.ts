import type { ResourceTypeName } from '../../scim/schema/types.ts';
import type { Key } from './item-table.ts';

/** Keys of what makes a tenant what it is, of the region's tenants, and of what operators did. See `keys.ts`. */

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
