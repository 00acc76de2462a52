import * as z from 'zod';
import { isJsonObject, type JsonObject } from '../../scim/json.ts';
import type { AttributeDefinition } from '../../scim/schema/types.ts';
import type { Item } from './item-table.ts';
import { ResourceTypeNameSchema } from './resource-type-name.ts';

/** Version of the items' form; a later release that changes it still reads the earlier ones. */
export const FORMAT = 1;

const JsonObjectSchema = z.custom<JsonObject>((value) => isJsonObject(value as JsonObject), 'not an object');

/** Who made a change. */
const ActorSchema = z.object({ application: z.string(), requestId: z.string() });

/** Says of a resource that requests of an application about it are held back by the guard, and which. */
const HeldMarkSchema = z.object({
  /** In the requests' items too: one of another id is void. */
  id: z.string(),
  since: z.string(),
  /** Of a group: that it be deleted. */
  deletion: z.literal(true).exactOptional(),
});
export type HeldMark = z.infer<typeof HeldMarkSchema>;

/** What a write did to a group's members; only the change feed reads it. */
export const DeltaSchema = z.object({ added: z.array(z.string()), removed: z.array(z.string()) });
export type MembershipDelta = z.infer<typeof DeltaSchema>;

export const ResourceItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  format: z.number(),
  type: ResourceTypeNameSchema,
  version: z.number(),
  created: z.string(),
  lastModified: z.string(),
  /** In the schema's spelling; the extensions under their URNs. */
  attributes: JsonObjectSchema,
  by: ActorSchema,
  /** The application that created it. */
  createdBy: z.string(),
  /** Since when `active` is false. */
  deactivatedAt: z.string().optional(),
  /** The long write under way; whoever wants to write finishes it first. */
  journal: z.string().optional(),
  delta: DeltaSchema.optional(),
  /** Of a user: the access role that it keeps, whatever its groups. No identity provider can set or end it. */
  roleLock: z.object({ role: z.string(), since: z.string() }).optional(),
  /** By application: what the guard holds back of it (`guard/marks.ts`). */
  held: z.record(z.string(), HeldMarkSchema).optional(),
  /** Counts the changes of `held`, which are none of the resource and leave its version as it is. */
  heldVersion: z.number().optional(),
  /** Of a user who may own something: the version since which that is so. Goes when the user leaves. */
  owns: z.number().optional(),
  /** Of a user who owned something and left: the id of the user to whom it passes. */
  heir: z.string().optional(),
  /** Of the very write that brought a deleted resource back: how. The next write drops it. */
  broughtBack: z.enum(['restored', 'relinked']).optional(),
  /** Of a user who was relinked: the return with which this life began. A restoration goes on with the same life. */
  life: z.string().exactOptional(),
  writeId: z.string(),
});
export type ResourceItem = z.infer<typeof ResourceItemSchema>;

export const ClaimItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  resourceId: z.string(),
  /** The resource is deleted: the next who wants the value may have it. */
  tombstone: z.literal(true).optional(),
});

/** A membership, from either side; `type` is the member's resource type. */
export const MembershipItemSchema = z.object({ pk: z.string(), sk: z.string(), type: ResourceTypeNameSchema });

export const CounterItemSchema = z.object({ pk: z.string(), sk: z.string(), count: z.number() });

export const TombstoneItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  version: z.number(),
  deletedAt: z.string(),
  by: ActorSchema,
  /** The deletion that made it. */
  journal: z.string(),
  /** The resource's item as it was. */
  item: ResourceItemSchema,
});
export type TombstoneItem = z.infer<typeof TombstoneItemSchema>;

/** Says of a deleted resource that memberships of it may be left. */
export const OpenDeletionItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  /** The deletion, as the tombstone has it. */
  journal: z.string(),
});

/** A group of which a deleted user or group was a member, or members that a deleted group had. */
export const FormerMembershipItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  /** The life of the user in which it was: in another it never comes back. */
  life: z.string().exactOptional(),
});

export const JournalEntryItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  /**
   * `restoration`: former memberships come back; `relink`: they are dropped; `purge`: personal data is erased from the log;
   * `transfer`: what a leaver owned passes on; `roles`: changed access roles are announced.
   */
  kind: z.enum(['members', 'deletion', 'restoration', 'relink', 'purge', 'transfer', 'roles']),
  state: z.enum(['preparing', 'started', 'void']),
  tenant: z.string(),
  type: ResourceTypeNameSchema,
  resourceId: z.string(),
  journalId: z.string(),
  /** How many chunks it has; a deletion has none. */
  chunks: z.number().default(0),
  /** When it was opened. */
  since: z.string(),
  /** Until then the sweeper passes over it. */
  notBefore: z.string().exactOptional(),
  /** Of a restoration: who asked for it. */
  by: ActorSchema.optional(),
  /** Of a restoration: the life that goes on; of a relink: the one that has ended. */
  life: z.string().exactOptional(),
  /** Of a transfer: to whom, and the leaver's version after leaving: what became theirs before that passes on. */
  heir: z.string().optional(),
  departure: z.number().optional(),
});
export type JournalEntryItem = z.infer<typeof JournalEntryItemSchema>;

const MemberSchema = z.object({ id: z.string(), type: ResourceTypeNameSchema });
export type Member = z.infer<typeof MemberSchema>;

export const JournalChunkItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  version: z.number(),
  add: z.array(MemberSchema),
  remove: z.array(MemberSchema.shape.id),
  by: ActorSchema,
  /** The group's version while the journal is open, for the change feed; put there by whoever is about to do the chunk. */
  groupVersion: z.number().optional(),
  /** As long as the journal is open, when the group was changed last: when the journal was started. */
  groupModified: z.string().optional(),
  void: z.literal(true).optional(),
});
export type JournalChunkItem = z.infer<typeof JournalChunkItemSchema>;

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

/** The item as that kind of item. @throws ZodError when the table holds something else: a defect, never bad input. */
export function parseItem<T>(schema: z.ZodType<T>, item: Item): T {
  return schema.parse(item);
}

/** As {@link parseItem}, of an item that may not be there. */
export function parseOptionalItem<T>(schema: z.ZodType<T>, item: Item | undefined): T | undefined {
  return item === undefined ? undefined : schema.parse(item);
}
