import type { JsonObject } from '../scim/json.ts';
import type { ResourceSchema } from '../scim/schema/resource-schema.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import type { Policy } from './access/policy.ts';
import type { LookupAttributes } from './lookup-attributes.ts';
import type { ItemTable } from './store/item-table.ts';

/** What every use case of the directory is given; made anew for each request. */
export interface DirectoryContext {
  /** Repeats what may be repeated until the request's deadline (`store/retrying-table.ts`). */
  readonly table: ItemTable;
  readonly tenant: Tenant;
  /** Name of the application (one identity-provider connection of the tenant) that makes the request, or one of the {@link ACTORS}. */
  readonly application: string;
  readonly requestId: string;
  /** The Tenant URL without a trailing slash: `meta.location` and `$ref` begin with it. */
  readonly tenantUrl: string;
  readonly now: () => Date;
  /** A random UUID. */
  readonly newId: () => string;
}

/**
 * Who acts where no application does: an operator, the vendor's own application (by the application API), the lifecycle's
 * sweep. No application can be called so.
 */
export const ACTORS = { operator: '@operator', application: '@application', lifecycle: '@lifecycle' } as const;

/** A tenant as requests need it. */
export interface Tenant {
  readonly name: string;
  readonly standing: TenantStanding;
  readonly settings: TenantSettings;
  /** What is set for each of its applications, by name. */
  readonly applications: ReadonlyMap<string, ApplicationSettings>;
  /** Who may enter, and with which role. */
  readonly policy: Policy;
  /** Counts the changes of the policy; 0 of a tenant that has none. */
  readonly policyVersion: number;
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
  /**
   * Attributes whose values events carry, by canonical path or, for all below it, by its beginning; `*` for all. Of the
   * others an event says only that they changed. Default `userName`, `externalId`, `displayName`, `active`.
   */
  readonly eventAttributes: readonly string[];
  /** Where the tenant's events are posted to, signed; null, the default: nowhere. */
  readonly webhookUrl: string | null;
  /** Days for which a deleted user can be restored; afterwards the personal data is purged. Default 30. */
  readonly retentionDays: number;
  /** Days after which a deactivated user is deleted; null, the default: never. */
  readonly deleteAfterDeactivatedDays: number | null;
  /** What a POST for somebody makes whose tombstone is there: a new user (default), or that user again, under the same id. */
  readonly returningUsers: 'create' | 'relink';
  /** Attributes of a user that must have a value, by path, such as `name.givenName` or `emails[type eq "work"].value`. Default none. */
  readonly requiredAttributes: readonly string[];
  /** What becomes of a POST with `active: false`. Default `accept`. */
  readonly inactiveOnCreate: 'accept' | 'refuse';
  /** What a new user has unless the POST says otherwise. Default `{ "timezone": "Etc/UTC" }`. */
  readonly createDefaults: JsonObject;
  /** Attributes of a user, by path, that the vendor's application writes and identity providers cannot. Default none. */
  readonly locallyOwned: readonly string[];
}

/** What an operator may set for an application. */
export interface ApplicationSettings {
  readonly features: ProvisioningFeatures;
  /** Whether its `externalId` never changes and is never given to somebody else, so that it alone proves who returns. */
  readonly immutableExternalId: boolean;
}

/** What an application may do; what is off is refused with a 400 that names the switch. All are on by default. */
export interface ProvisioningFeatures {
  readonly create: boolean;
  readonly update: boolean;
  readonly deactivate: boolean;
  readonly delete: boolean;
  readonly groups: boolean;
}
