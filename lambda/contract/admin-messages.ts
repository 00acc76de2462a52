import * as z from 'zod';

/** What the admin API is sent and answers; times are ISO 8601 in UTC. */

const time = z.iso.datetime();

/** A tenant's or an application's name. */
export const NameSchema = z.string().regex(/^[a-z0-9-]{1,40}$/, '1-40 lower-case letters, digits and hyphens');

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type Attributes = { readonly [name: string]: Json };

const days = z.number().int().min(1).max(3_650);
/** Such as `title`, `name.givenName`, `emails[type eq "work"].value` or `urn:…:User:costCenter`. */
const attributePaths = z.array(z.string().min(1).max(300)).max(100);
const WEBHOOK_URL =
  'an https URL without user name and fragment; http on 127.0.0.1 or localhost alone, for the local run';

function isWebhookUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && (url.hostname === '127.0.0.1' || url.hostname === 'localhost');
}

function isSmallObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && JSON.stringify(value).length <= 20_000;
}

/** What a tenant that wants whole records may require of every user. */
export const STANDARD_REQUIRED_ATTRIBUTES = [
  'userName',
  'name.givenName',
  'name.familyName',
  'emails[type eq "work"].value',
  'displayName',
  'active',
] as const;

/** What an operator may set for a tenant; see `TenantSettings` in `directory/context.ts`. */
export const SettingsSchema = z.strictObject({
  /** Whether no two groups may have the same displayName; cannot be changed once there are groups. */
  uniqueGroupNames: z.boolean(),
  maxPageSize: z.number().int().min(1).max(1_000),
  maxMemberChanges: z.number().int().min(1).max(10_000),
  /** More answers would not be sure to fit into one answer of 6 MB. */
  maxBulkOperations: z.number().int().min(1).max(2_000),
  /** A Lambda function is called with 6 MB at most, in which each quote of the body takes two. */
  maxBulkBytes: z.number().int().min(1_024).max(4_194_304),
  eventAttributes: attributePaths,
  webhookUrl: z.string().max(2_000).refine(isWebhookUrl, WEBHOOK_URL).nullable(),
  retentionDays: days,
  deleteAfterDeactivatedDays: days.nullable(),
  returningUsers: z.enum(['create', 'relink']),
  requiredAttributes: attributePaths,
  inactiveOnCreate: z.enum(['accept', 'refuse']),
  createDefaults: z.custom<Attributes>(isSmallObject, 'an object of attributes, 20,000 characters of JSON at most'),
  locallyOwned: attributePaths,
});
export type Settings = z.infer<typeof SettingsSchema>;

export const SettingsChangeSchema = SettingsSchema.partial();

export const TenantStateSchema = z.enum(['active', 'paused', 'suspended', 'deleting']);

/** How a tenant stands. */
export const TenantStatusSchema = z.object({
  name: NameSchema,
  state: TenantStateSchema,
  /** Until when a paused tenant is paused. */
  pausedUntil: time.optional(),
  created: time,
});
export type TenantStatus = z.infer<typeof TenantStatusSchema>;

/** One of an application's two tokens, as far as anybody may know it. */
export const CredentialSchema = z.object({
  /** The first twelve hex digits of the token's SHA-256; the request log and the sync cycles name it so. */
  credentialId: z.string(),
  issuedAt: time,
  /** Until when it is accepted; of a previous token the end of the overlap. */
  expiresAt: time,
  revokedAt: time.optional(),
  /** When a request came with it the last time, to about ten minutes. */
  lastUsedAt: time.optional(),
});
export type Credential = z.infer<typeof CredentialSchema>;

export const TokenStatusSchema = z.object({
  state: z.enum(['none', 'valid', 'expired', 'revoked']),
  current: CredentialSchema.optional(),
  /** The token before, during and after a rotation's overlap. */
  previous: CredentialSchema.optional(),
  /** What wants attention: expiry 30 and 7 days ahead, a previous token still in use near the end of its overlap. */
  warnings: z.array(z.string()),
});
export type TokenStatus = z.infer<typeof TokenStatusSchema>;

/** What an application may do; see `ProvisioningFeatures` in `directory/context.ts`. */
export const FeaturesSchema = z.strictObject({
  create: z.boolean(),
  update: z.boolean(),
  deactivate: z.boolean(),
  delete: z.boolean(),
  groups: z.boolean(),
});
export type Features = z.infer<typeof FeaturesSchema>;

export const ApplicationSchema = z.object({
  name: NameSchema,
  created: time,
  /** The watcher says nothing about a muted application. */
  muted: z.boolean(),
  features: FeaturesSchema,
  /** Whether its externalId never changes and is never given to somebody else. */
  immutableExternalId: z.boolean(),
  token: TokenStatusSchema,
});
export type Application = z.infer<typeof ApplicationSchema>;

export const TenantSchema = TenantStatusSchema.extend({
  tenantUrl: z.string(),
  settings: SettingsSchema,
  counts: z.object({ users: z.number(), groups: z.number() }),
  applications: z.array(ApplicationSchema),
});
export type Tenant = z.infer<typeof TenantSchema>;

export const ResourceTypeSchema = z.enum(['User', 'Group']);

/** A schema extension that a tenant has registered. */
export const RegisteredSchemaSchema = z.object({
  /** Its URN. */
  id: z.string(),
  name: z.string(),
  resourceTypes: z.array(ResourceTypeSchema),
  /** Attributes, without their sub-attributes. */
  attributes: z.number(),
  created: time,
  /** Since when it is not in use. */
  removedAt: time.optional(),
});
export type RegisteredSchema = z.infer<typeof RegisteredSchemaSchema>;

/**
 * An index that operators have asked for. `written`: changes keep it, and what was there before gets its entries; `read`:
 * filters are answered from it; `unread` and `unwritten`: it is being removed.
 */
export const AttributeIndexSchema = z.object({
  resourceType: ResourceTypeSchema,
  /** Canonical path. */
  attribute: z.string(),
  phase: z.enum(['written', 'read', 'unread', 'unwritten']),
  /** Since when it is in this phase. */
  since: time,
});
export type AttributeIndex = z.infer<typeof AttributeIndexSchema>;

/** How far the making or the removal of an index is. */
export const IndexProgressSchema = z.object({
  done: z.boolean(),
  /** Absent once it is removed. */
  index: AttributeIndexSchema.optional(),
  /** Resources looked at, or entries erased, by this call. */
  handled: z.number(),
  retryAfterSeconds: z.number().optional(),
});
export type IndexProgress = z.infer<typeof IndexProgressSchema>;

/** A new token: nobody can be shown it a second time. */
export const IssuedTokenSchema = z.object({
  tenant: NameSchema,
  application: NameSchema,
  tenantUrl: z.string(),
  token: z.string(),
  credentialId: z.string(),
  expiresAt: time,
  /** Until when the token before is accepted as well. */
  previousUntil: time.optional(),
});
export type IssuedToken = z.infer<typeof IssuedTokenSchema>;

/** The access role that a user keeps, whatever its groups. */
export const RoleLockSchema = z.object({ role: z.string(), since: time });
/** Up to where a line of an export knows of changes: events with a higher sequence number are newer (docs/events.md). */
const SequenceSchema = z.number().int();

/** One line of an export, told apart by `kind`. */
export const ExportLineSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tenant'), tenant: z.record(z.string(), z.unknown()) }),
  z.object({ kind: z.literal('application'), application: z.record(z.string(), z.unknown()) }),
  z.object({ kind: z.literal('schema'), schema: z.record(z.string(), z.unknown()) }),
  z.object({ kind: z.literal('index'), index: z.record(z.string(), z.unknown()) }),
  z.object({ kind: z.literal('policy'), version: z.number(), policy: z.record(z.string(), z.unknown()) }),
  z.object({
    kind: z.enum(['user', 'group']),
    sequence: SequenceSchema,
    resource: z.record(z.string(), z.unknown()),
    /** Of a user whose access role is locked. */
    roleLock: RoleLockSchema.optional(),
  }),
  z.object({
    kind: z.literal('membership'),
    sequence: SequenceSchema,
    group: z.string(),
    member: z.string(),
    type: z.enum(['User', 'Group']),
  }),
  /** Who holds the tenant's offices, by user id. */
  z.object({
    kind: z.literal('owners'),
    subscriptionOwner: z.string().nullable(),
    companyOwners: z.array(z.string()),
  }),
  /** What the vendor's application has registered as a user's. */
  z.object({ kind: z.literal('ownership'), type: z.string(), id: z.string(), user: z.string() }),
  /** What is kept of a deleted resource. */
  z.object({
    kind: z.enum(['deletedUser', 'deletedGroup']),
    sequence: SequenceSchema,
    deletedAt: time,
    resource: z.record(z.string(), z.unknown()),
    roleLock: RoleLockSchema.optional(),
  }),
]);

/** A SCIM resource or ListResponse (RFC 7644 §3.4). */
export const RepresentationSchema = z.record(z.string(), z.unknown());

/** A run of requests of one application with no gap longer than ten minutes. */
export const CycleSchema = z.object({
  tenant: NameSchema,
  application: NameSchema,
  start: time,
  /** When the last request came. */
  last: time,
  open: z.boolean(),
  requests: z.number(),
  creates: z.number(),
  updates: z.number(),
  deactivations: z.number(),
  reactivations: z.number(),
  deletes: z.number(),
  /** Requests that found nothing to change. */
  unchanged: z.number(),
  membersAdded: z.number(),
  membersRemoved: z.number(),
  failed: z.number(),
  /** How many requests failed, by kind, such as `409 uniqueness`. */
  failures: z.record(z.string(), z.number()),
  /** Percentiles to within a factor of two. */
  latencyMs: z.object({
    average: z.number(),
    p50: z.number(),
    p95: z.number(),
    p99: z.number(),
    max: z.number(),
  }),
});
export type Cycle = z.infer<typeof CycleSchema>;

/** Something that an operator should look at. */
export const UnhealthySchema = z.object({
  tenant: NameSchema,
  application: NameSchema,
  reason: z.string(),
  /** In words, with figures. */
  cause: z.string(),
  since: time,
  /** The runbook's article. */
  article: z.string(),
});

/** Something in the table that cannot be if every write took effect as a whole. */
export const FindingSchema = z.object({
  key: z.object({ pk: z.string(), sk: z.string() }),
  problem: z.string(),
  repaired: z.boolean(),
});
export type CheckFinding = z.infer<typeof FindingSchema>;

/** Who did what, and what it changed. Holds no token. */
export const AuditRecordSchema = z.object({
  time,
  id: z.string(),
  /** ARN of the IAM principal. */
  principal: z.string(),
  /** Such as `tenants.create`. */
  action: z.string(),
  tenant: z.string().optional(),
  application: z.string().optional(),
  requestId: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  /** On the record of a tenant's deletion: who had done what to it before. */
  history: z.array(z.object({ time, principal: z.string(), action: z.string() })).optional(),
});
export type AuditRecord = z.infer<typeof AuditRecordSchema>;

/** The body of every answer from 400 on. */
export const AdminErrorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
});
