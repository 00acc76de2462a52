import * as z from 'zod';
import type { AttributeDefinition } from '../../scim/schema/types.ts';
import { JsonObjectSchema } from './items.ts';
import { ResourceTypeNameSchema } from './resource-type-name.ts';

/** How a tenant may stand; a paused one is active again after `pausedUntil`. */
export const TenantStateSchema = z.enum(['active', 'paused', 'suspended', 'deleting']);

const count = z.number().default(0);

/**
 * A sync cycle, open or closed. Flat, since an update adds to attributes of the item itself alone: beside those listed
 * there are `failed.<kind>`, `latency.<bucket>` and `used.<credential id>` (see `cycles/counts.ts`). Times are
 * milliseconds since 1970, so that conditions can compare them.
 */
export const CycleItemSchema = z.looseObject({
  pk: z.string(),
  sk: z.string(),
  start: z.number(),
  last: z.number(),
  /** Absent of the open one. */
  closedAt: z.number().optional(),
  requests: count,
  creates: count,
  updates: count,
  unchanged: count,
  deactivations: count,
  reactivations: count,
  deletes: count,
  membersAdded: count,
  membersRemoved: count,
  failures: count,
  latencyMs: count,
});
export type CycleItem = z.infer<typeof CycleItemSchema>;

/** See `TenantSettings` in `directory/context.ts`. */
const LifecycleSettingsSchema = z.object({
  eventAttributes: z.array(z.string()).default(['userName', 'externalId', 'displayName', 'active']),
  webhookUrl: z.string().nullable().default(null),
  retentionDays: z.number().int().positive().default(30),
  deleteAfterDeactivatedDays: z.number().int().positive().nullable().default(null),
  returningUsers: z.enum(['create', 'relink']).default('create'),
  requiredAttributes: z.array(z.string()).default([]),
  inactiveOnCreate: z.enum(['accept', 'refuse']).default('accept'),
  createDefaults: JsonObjectSchema.default({ timezone: 'Etc/UTC' }),
  locallyOwned: z.array(z.string()).default([]),
});

export const TenantItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  created: z.string(),
  settings: z.object({
    uniqueGroupNames: z.boolean().default(true),
    maxPageSize: z.number().int().positive().default(100),
    maxMemberChanges: z.number().int().positive().default(5_000),
    maxBulkOperations: z.number().int().positive().default(1_000),
    maxBulkBytes: z.number().int().positive().default(1_048_576),
    ...LifecycleSettingsSchema.shape,
  }),
  /** Counts the operators' changes; absent until the first. */
  version: z.number().optional(),
  state: TenantStateSchema.default('active'),
  pausedUntil: z.string().optional(),
  /** On a tenant that is being deleted: since when, and the sort key of the audit record. */
  deletion: z.object({ since: z.string(), audit: z.string() }).optional(),
  /** Base64url, of 32 random bytes; absent until the first cursor. Nobody is ever shown it. */
  cursorKey: z.string().optional(),
});
export type TenantItem = z.infer<typeof TenantItemSchema>;

/** Who may enter, and with which role; see `Policy` in `directory/access/policy.ts`. */
export const PolicyItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  version: z.number(),
  changedAt: z.string(),
  document: JsonObjectSchema,
});
export type PolicyItem = z.infer<typeof PolicyItemSchema>;

/** An attribute as it is registered: checked, and every characteristic written out. */
const AttributeDefinitionSchema: z.ZodType<AttributeDefinition> = z.object({
  name: z.string(),
  type: z.enum(['string', 'boolean', 'decimal', 'integer', 'dateTime', 'binary', 'reference', 'complex']),
  multiValued: z.boolean(),
  description: z.string(),
  required: z.boolean(),
  caseExact: z.boolean(),
  mutability: z.enum(['readOnly', 'readWrite', 'immutable', 'writeOnly']),
  returned: z.enum(['always', 'never', 'default', 'request']),
  uniqueness: z.enum(['none', 'server', 'global']),
  canonicalValues: z.array(z.string()).exactOptional(),
  referenceTypes: z.array(z.string()).exactOptional(),
  get subAttributes() {
    return z.array(AttributeDefinitionSchema).exactOptional();
  },
});

/** A schema extension of a tenant. */
export const SchemaItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  version: z.number(),
  created: z.string(),
  /** The types of resource that it extends. */
  resourceTypes: z.array(ResourceTypeNameSchema),
  schema: z.object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    attributes: z.array(AttributeDefinitionSchema),
  }),
  /** Since when it is not in use; what resources hold under it stays, unseen. */
  removedAt: z.string().optional(),
});
export type SchemaItem = z.infer<typeof SchemaItemSchema>;

/** An index that operators have asked for; see `IndexPhase` in `directory/lookup-attributes.ts`. */
export const AttributeIndexItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  version: z.number(),
  type: ResourceTypeNameSchema,
  /** Canonical path. */
  attribute: z.string(),
  phase: z.enum(['written', 'read', 'unread', 'unwritten']),
  /** Since when it is in this phase. */
  since: z.string(),
  /** How far the work of the phase has come. */
  position: z.string().optional(),
});
export type AttributeIndexItem = z.infer<typeof AttributeIndexItemSchema>;

/** What is known of one of an application's tokens; never the token. */
const CredentialSchema = z.object({
  /** The first twelve hex digits of its SHA-256. */
  credentialId: z.string(),
  /** Of the version of the secret that holds it. */
  versionId: z.string(),
  issuedAt: z.string(),
  expiresAt: z.string(),
  /** On a previous token: until when it is accepted beside the current one. */
  until: z.string().optional(),
  revokedAt: z.string().optional(),
});
export type StoredCredential = z.infer<typeof CredentialSchema>;

/** See `ProvisioningFeatures` in `directory/context.ts`. */
const ProvisioningFeaturesSchema = z.object({
  create: z.boolean().default(true),
  update: z.boolean().default(true),
  deactivate: z.boolean().default(true),
  delete: z.boolean().default(true),
  groups: z.boolean().default(true),
});

export const ApplicationItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  created: z.string(),
  /** Counts the operators' changes; absent until the first. */
  version: z.number().optional(),
  /** The watcher says nothing about it. */
  muted: z.boolean().default(false),
  features: ProvisioningFeaturesSchema.prefault({}),
  immutableExternalId: z.boolean().default(false),
  token: CredentialSchema.optional(),
  previousToken: CredentialSchema.optional(),
  /** Until when a change of its tokens keeps every other one out. */
  changingUntil: z.string().optional(),
});
export type ApplicationItem = z.infer<typeof ApplicationItemSchema>;

const IncidentSchema = z.object({
  since: z.string(),
  /** In words, with figures. */
  cause: z.string(),
  /** Whether it has been notified. */
  announced: z.boolean(),
});
export type IncidentState = z.infer<typeof IncidentSchema>;

/** The application as the watcher sees it. */
export const WatchedApplicationItemSchema = ApplicationItemSchema.extend({
  /** What is wrong with it now, by reason. */
  incidents: z.record(z.string(), IncidentSchema).default({}),
  /** Counts the changes of `incidents`: they are the watcher's alone and no operator's change. */
  watchVersion: z.number().default(0),
});
export type WatchedApplicationItem = z.infer<typeof WatchedApplicationItemSchema>;

export const AuditItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  time: z.string(),
  principal: z.string(),
  action: z.string(),
  requestId: z.string(),
  tenant: z.string().optional(),
  application: z.string().optional(),
  before: z.json().optional(),
  after: z.json().optional(),
  history: z.array(z.object({ time: z.string(), principal: z.string(), action: z.string() })).optional(),
});
export type AuditItem = z.infer<typeof AuditItemSchema>;
