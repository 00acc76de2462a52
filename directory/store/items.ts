import * as z from 'zod';
import { isJsonObject, type JsonObject } from '../../scim/json.ts';
import type { Item } from './item-table.ts';

/** Version of the items' form; a later release that changes it still reads the earlier ones. */
export const FORMAT = 1;

const ResourceTypeNameSchema = z.enum(['User', 'Group']);
const JsonObjectSchema = z.custom<JsonObject>((value) => isJsonObject(value as JsonObject), 'not an object');

/** Who made a change. */
const ActorSchema = z.object({ application: z.string(), requestId: z.string() });

/** What a write did to a group's members; only the change feed reads it. */
const DeltaSchema = z.object({ added: z.array(z.string()), removed: z.array(z.string()) });
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

export const JournalEntryItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  kind: z.enum(['members', 'deletion']),
  state: z.enum(['preparing', 'started', 'void']),
  tenant: z.string(),
  type: ResourceTypeNameSchema,
  resourceId: z.string(),
  journalId: z.string(),
  /** How many chunks it has; a deletion has none. */
  chunks: z.number().default(0),
  /** When it was opened. */
  since: z.string(),
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
  void: z.literal(true).optional(),
});
export type JournalChunkItem = z.infer<typeof JournalChunkItemSchema>;

export const TenantItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  created: z.string(),
  settings: z.object({
    uniqueGroupNames: z.boolean().default(true),
    maxPageSize: z.number().int().positive().default(100),
    maxMemberChanges: z.number().int().positive().default(5_000),
  }),
});

/** The item as that kind of item. @throws ZodError when the table holds something else: a defect, never bad input. */
export function parseItem<T>(schema: z.ZodType<T>, item: Item): T {
  return schema.parse(item);
}

/** As {@link parseItem}, of an item that may not be there. */
export function parseOptionalItem<T>(schema: z.ZodType<T>, item: Item | undefined): T | undefined {
  return item === undefined ? undefined : schema.parse(item);
}
