import * as z from 'zod';
import { ResourceTypeSchema } from './admin-messages.ts';

const time = z.iso.datetime();

/** See `LOG_OPERATIONS` in `directory/store/log-items.ts`. */
export const OperationSchema = z.enum([
  ...['create', 'update', 'deactivate', 'reactivate', 'delete', 'restore', 'relink', 'purge'],
  ...['read', 'bulk', 'cycle', 'token', 'guard', 'transfer', 'role'],
] as const);

/** `unchanged`: it found nothing to change. */
export const OutcomeSchema = z.enum(['success', 'unchanged', 'failed']);

/** One provisioning action and its outcome; see `LogItemSchema` in `directory/store/log-items.ts`. */
export const LogEntrySchema = z.object({
  time,
  id: z.string(),
  /** The application that asked; `@operator`, `@application` or `@lifecycle` where none did. */
  application: z.string(),
  requestId: z.string(),
  operation: OperationSchema,
  outcome: OutcomeSchema,
  resource: z.object({ type: ResourceTypeSchema, id: z.string().optional() }).optional(),
  /** Masked (`a…@e…`) unless they were asked for; as they are now where the entry itself keeps none. */
  names: z.object({
    userName: z.string().optional(),
    externalId: z.string().optional(),
    displayName: z.string().optional(),
  }),
  version: z.number().optional(),
  /** Of a request that failed or changed nothing. */
  status: z.number().optional(),
  scimType: z.string().optional(),
  detail: z.string().optional(),
  /** What changed; the values only where they were asked for. */
  changes: z.array(z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() })),
  truncated: z.literal(true).optional(),
  membersAdded: z.array(z.string()),
  membersRemoved: z.array(z.string()),
  facts: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  /** Of `transfer`: what passed on, to whom. */
  transfer: z
    .object({
      from: z.string(),
      to: z.string(),
      ownerships: z.array(z.object({ type: z.string(), id: z.string(), number: z.number() })),
      offices: z.array(z.enum(['subscriptionOwner', 'companyOwner'])),
    })
    .optional(),
  /** Of `role`: which access role it was and is; null: none. */
  role: z
    .object({ from: z.string().nullable(), to: z.string().nullable(), number: z.number(), policyVersion: z.number() })
    .optional(),
  purged: z.literal(true).optional(),
  /** Start of the sync cycle that it belongs to. */
  cycle: time.optional(),
});
export type LogEntry = z.infer<typeof LogEntrySchema>;

/** A page, newest first; a short one may have a `next`. */
export const LogPageSchema = z.object({
  entries: z.array(LogEntrySchema),
  next: z.string().optional(),
  /** More users may have or have had the name than entries were looked for: each is found by the id. */
  moreUsers: z.literal(true).optional(),
});
