import * as z from 'zod';
import { ResourceTypeNameSchema } from '../store/resource-type-name.ts';

const count = z.number().int();

/** What a request takes away, or many of them. */
const AmountSchema = z.object({ users: count, memberships: count });
export type Amount = z.infer<typeof AmountSchema>;

/** What goes within a slice of time. */
const BucketSchema = AmountSchema.extend({
  /** When the slice begins, in milliseconds since 1970. */
  at: z.number(),
});
export type Bucket = z.infer<typeof BucketSchema>;

const TripSchema = z.object({
  at: z.string(),
  mode: z.enum(['on', 'watch']),
  /** What there was too much of. */
  what: z.enum(['users', 'memberships']),
  /** With the request that was too much. */
  counted: count,
  limit: count,
  base: count,
  windowMinutes: z.number(),
});
export type Trip = z.infer<typeof TripSchema>;

/** The window of an application. */
export const GuardItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  version: z.number(),
  buckets: z.array(BucketSchema).default([]),
  /** What the window is measured against, once it is large enough for that to matter: the most that was found. */
  base: AmountSchema.optional(),
  /** Where more went than may: from then on such requests are held, until an operator decides. */
  tripped: TripSchema.optional(),
  /** The last daily reminder, and how many requests were held then. */
  reminder: z.object({ at: z.string(), since: z.string(), held: count }).optional(),
  /** An operator has rejected all such requests. */
  rejectedAt: z.string().optional(),
  /** Single resources are rejected, so that each request has to look. */
  hasRejections: z.literal(true).optional(),
  writeId: z.string(),
});
export type GuardItem = z.infer<typeof GuardItemSchema>;

/** A part of a count. */
export const GuardBaseItemSchema = z.object({ pk: z.string(), sk: z.string(), count });

const about = { pk: z.string(), sk: z.string(), type: ResourceTypeNameSchema, id: z.string() };
const Method = z.enum(['PUT', 'PATCH', 'DELETE']);
/** Of its resource's marks: which of two was later. */
const order = count;

/** A request that is held back. */
const HeldRequestSchema = AmountSchema.extend({
  ...about,
  kind: z.literal('request'),
  /** The id of its resource's mark. */
  hold: z.string(),
  order,
  /** Its resource's version when it was held: what it says besides what it takes away is of that time. */
  version: count,
  method: Method,
  /** JSON, as `kept-body.ts` leaves it; absent of a DELETE, and of one that is too large to be kept. */
  body: z.string().optional(),
  requestId: z.string(),
  /** When it was asked for last. */
  at: z.string(),
});
export type HeldRequest = z.infer<typeof HeldRequestSchema>;

/** Who was said to be a member, or none, while something of the group is held: what was held before leaves them so. */
const SaidMemberSchema = z.object({
  ...about,
  kind: z.literal('member'),
  hold: z.string(),
  order,
  isMember: z.boolean(),
});

/** Requests about a resource are refused until that is cleared. */
const RejectionSchema = AmountSchema.extend({
  ...about,
  kind: z.literal('rejection'),
  /** Of the last one that was held, and since when such were. */
  method: Method,
  since: z.string(),
  rejectedAt: z.string(),
});
export type Rejection = z.infer<typeof RejectionSchema>;

export const HeldItemSchema = z.discriminatedUnion('kind', [HeldRequestSchema, SaidMemberSchema, RejectionSchema]);
export type HeldItem = z.infer<typeof HeldItemSchema>;

/** The item as the table takes it: absent instead of undefined. */
export function toStoredItem(item: GuardItem | HeldItem): { pk: string; sk: string } {
  return JSON.parse(JSON.stringify('buckets' in item ? { ...item, by: tellerOf(item) } : item));
}

/** Whose doing it is stands on what the change feed is called with: on a window where there is something to tell. */
function tellerOf({ sk, tripped, reminder }: GuardItem): object | undefined {
  return tripped === undefined && reminder === undefined ? undefined : { application: sk, requestId: '' };
}
