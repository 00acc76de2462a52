import * as z from 'zod';
import type { JsonValue } from '../../scim/json.ts';
import { ResourceTypeNameSchema } from './resource-type-name.ts';

/** What was done, or asked for, in an entry of the provisioning log. */
export const LOG_OPERATIONS = [
  'create',
  'update',
  'deactivate',
  'reactivate',
  'delete',
  /** An operator brought a deleted user back. */
  'restore',
  /** An identity provider's POST brought a deleted user back. */
  'relink',
  /** Personal data erased for good. */
  'purge',
  /** A request that reads, and failed. */
  'read',
  /** A bulk request that was refused as a whole; of any other, each operation is an entry of its own. */
  'bulk',
  /** A sync cycle was completed. */
  'cycle',
  /** A secret token is about to expire. */
  'token',
  /** The guard tripped, or reminds that it holds requests back. */
  'guard',
  /** What somebody owned passed on to somebody else, for they left; failed where nobody could take it. */
  'transfer',
  /** A user's access role changed. */
  'role',
] as const;

export const LogOperationSchema = z.enum(LOG_OPERATIONS);
export type LogOperation = z.infer<typeof LogOperationSchema>;

const JsonValueSchema: z.ZodType<JsonValue> = z.json();

/** A value that a write changed; one that is absent was not there. */
const ChangedValueSchema = z.object({
  /** Canonical path of the attribute: `title`, `name.givenName`, `urn:…:User:department`; a multi-valued one as a whole. */
  path: z.string(),
  before: JsonValueSchema.optional(),
  after: JsonValueSchema.optional(),
});
export type ChangedValue = z.infer<typeof ChangedValueSchema>;

/** What people and systems call a resource. Personal values: erased by a purge. */
const NamesSchema = z.object({
  userName: z.string().optional(),
  externalId: z.string().optional(),
  displayName: z.string().optional(),
});
export type Names = z.infer<typeof NamesSchema>;

const TransferSchema = z.object({
  from: z.string(),
  to: z.string(),
  ownerships: z.array(z.object({ type: z.string(), id: z.string(), number: z.number() })),
  offices: z.array(z.enum(['subscriptionOwner', 'companyOwner'])),
});
export type Transfer = z.infer<typeof TransferSchema>;

const RoleChangeSchema = z.object({
  from: z.string().nullable(),
  to: z.string().nullable(),
  number: z.number(),
  policyVersion: z.number(),
});

/**
 * An entry of the provisioning log: one provisioning action and its outcome. Beside it stand pointers to it, by
 * application, by resource and by hashed identifier (`keys.ts`), which are nothing but keys.
 */
export const LogItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  /** When it happened, ISO 8601 in UTC with milliseconds: begins the sort key. */
  time: z.string(),
  /** Ends the sort key; the same whenever the same change is read from the stream again. */
  id: z.string(),
  /** The application that asked, or one of `ACTORS` in `context.ts`. */
  application: z.string(),
  requestId: z.string(),
  operation: LogOperationSchema,
  outcome: z.enum(['success', 'unchanged', 'failed']),
  /** Of what; absent of a request that names none. `id` is absent where none was given yet. */
  resource: z.object({ type: ResourceTypeNameSchema, id: z.string().optional() }).optional(),
  names: NamesSchema.default({}),
  /** The resource's version after it; of a change of members the group's. */
  version: z.number().optional(),
  /** Of a request that failed or changed nothing. */
  status: z.number().optional(),
  scimType: z.string().optional(),
  detail: z.string().optional(),
  changes: z.array(ChangedValueSchema).default([]),
  /** Values were left out of `changes` because they would have made the entry too large; the paths are all there. */
  truncated: z.literal(true).optional(),
  membersAdded: z.array(z.string()).default([]),
  membersRemoved: z.array(z.string()).default([]),
  /**
   * Of `cycle`: the cycle's figures; of `token`: which token, and when it expires; of a failed write of offices or
   * ownerships: `what`.
   */
  facts: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  /** Of `transfer`. Each resource with the number of its ownership, which grows from owner to owner. */
  transfer: TransferSchema.optional(),
  /** Of `role`; null: none. `number` grows from role to role of the user. */
  role: RoleChangeSchema.optional(),
  /** The person's data was erased for good: names, values and detail are gone. */
  purged: z.literal(true).optional(),
});
export type LogItem = z.infer<typeof LogItemSchema>;

/** A change that the feed could not make sense of, kept whole until it is replayed: its JSON, in parts of one item each. */
export const ParkedItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  /** When it was parked. */
  time: z.string(),
  /** The change's name in its stream. */
  changeId: z.string(),
  part: z.number(),
  parts: z.number(),
  body: z.string(),
  /** Why: the kind of failure, never a value. */
  reason: z.string(),
});
export type ParkedItem = z.infer<typeof ParkedItemSchema>;

/** What is left of a user whose personal data was erased for good. */
export const PurgedItemSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  version: z.number(),
  created: z.string(),
  deletedAt: z.string(),
  purgedAt: z.string(),
  /** Who purged. */
  by: z.object({ application: z.string(), requestId: z.string() }),
  /** Who deleted. */
  deletedBy: z.object({ application: z.string(), requestId: z.string() }),
  /** Hashes of what is still to be erased in the log; absent once all is. */
  identifiers: z.array(z.string()).optional(),
  /** How many they are: of those that learn another one at the same time, one looks again. */
  identifierCount: z.number().optional(),
  /** How far the parked changes have been gone through, where the time was over before their end. */
  parkedUpTo: z.string().exactOptional(),
});
export type PurgedItem = z.infer<typeof PurgedItemSchema>;
