import * as z from 'zod';
import { isJsonObject, type JsonObject } from '../../scim/json.ts';
import type { Item } from './item-table.ts';
import { ResourceTypeNameSchema } from './resource-type-name.ts';

/** Version of the items' form; a later release that changes it still reads the earlier ones. */
export const FORMAT = 1;

export const JsonObjectSchema = z.custom<JsonObject>((value) => isJsonObject(value as JsonObject), 'not an object');

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

/** The item as that kind of item. @throws ZodError when the table holds something else: a defect, never bad input. */
export function parseItem<T>(schema: z.ZodType<T>, item: Item): T {
  return schema.parse(item);
}

/** As {@link parseItem}, of an item that may not be there. */
export function parseOptionalItem<T>(schema: z.ZodType<T>, item: Item | undefined): T | undefined {
  return item === undefined ? undefined : schema.parse(item);
}
