import type { ResourceSchema } from '../scim/schema/resource-schema.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import type { LookupAttributes } from './lookup-attributes.ts';
import type { ItemTable } from './store/item-table.ts';

/** What every use case of the directory is given; made anew for each request. */
export interface DirectoryContext {
  /** Repeats what may be repeated until the request's deadline (`store/retrying-table.ts`). */
  readonly table: ItemTable;
  readonly tenant: Tenant;
  /** Name of the application (one identity-provider connection of the tenant) that makes the request. */
  readonly application: string;
  readonly requestId: string;
  /** The Tenant URL without a trailing slash: `meta.location` and `$ref` begin with it. */
  readonly tenantUrl: string;
  readonly now: () => Date;
  /** A random UUID. */
  readonly newId: () => string;
}

/** A tenant as requests need it. */
export interface Tenant {
  readonly name: string;
  readonly standing: TenantStanding;
  readonly settings: TenantSettings;
  /** The schemas of its resource types, the tenant's own extensions included. */
  readonly schemas: Readonly<Record<ResourceTypeName, ResourceSchema>>;
  /** What its resources are looked up by. */
  readonly lookups: Readonly<Record<ResourceTypeName, LookupAttributes>>;
  /** What its cursors are sealed with; undefined before the first (`list/cursor-key.ts`). */
  readonly cursorKey: string | undefined;
}

/** Whether a tenant is served, as an operator has it. */
export type TenantStanding =
  | { readonly state: 'active' }
  /** Provisioning waits; sign-in goes on. */
  | { readonly state: 'paused'; readonly until: Date }
  /** Shut, sign-in included. */
  | { readonly state: 'suspended' }
  | { readonly state: 'deleting' };

/** What an operator may set for a tenant. */
export interface TenantSettings {
  /** Whether no two groups may have the same displayName. Default true: Entra asks for it. */
  readonly uniqueGroupNames: boolean;
  /** Resources of a list page at most, and unless asked otherwise. Default 100. */
  readonly maxPageSize: number;
  /** Member changes that one request may make. Default 5,000. */
  readonly maxMemberChanges: number;
  /** Operations in one bulk request at most. Default 1,000. */
  readonly maxBulkOperations: number;
  /** Bytes that the body of a bulk request may have. Default 1 MiB. */
  readonly maxBulkBytes: number;
}
