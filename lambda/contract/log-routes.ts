import * as z from 'zod';
import type { AdminRoute } from './admin-route.ts';
import { LogPageSchema, OutcomeSchema } from './log-messages.ts';

const MAX_PAGE = 1_000;

const moment = z.iso.datetime({ offset: true }).or(z.iso.date());

/** Which entries are wanted. A day without a time is meant whole. */
const selection = {
  /** An id, or a userName or externalId that somebody has or had; of a group its id. */
  user: z.string().min(1).max(512).optional(),
  /** Or `@operator`, `@application`, `@lifecycle`. */
  application: z
    .string()
    .regex(/^@?[a-z0-9-]{1,40}$/, 'the name of an application, or @operator, @application, @lifecycle')
    .optional(),
  from: moment.optional(),
  to: moment.optional(),
  outcome: OutcomeSchema.optional(),
  after: z.string().max(2_048).optional(),
};

/** The provisioning log. Part of `adminRoutes` in `admin-api.ts`. */
export const logRoutes = {
  /** Personal values masked. */
  readLog: {
    method: 'GET',
    path: 'tenants/{tenant}/log',
    access: 'observer',
    query: z.strictObject({ ...selection, limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100) }),
    response: LogPageSchema,
  },
  /** The same with the personal values; each call is recorded. */
  revealLog: {
    method: 'POST',
    path: 'tenants/{tenant}/log/reveal',
    access: 'operator',
    request: z.strictObject({ ...selection, limit: z.number().int().min(1).max(MAX_PAGE).default(100) }),
    response: LogPageSchema,
  },
  /** A job: each call works for up to 20 s. The client calls again until `done`. */
  purgeLog: {
    method: 'POST',
    path: 'tenants/{tenant}/log/purge-before',
    access: 'administrator',
    /** `confirm`: the tenant's name once more. */
    request: z.strictObject({ confirm: z.string(), before: moment }),
    response: z.object({ done: z.boolean(), deleted: z.number() }),
  },
} as const satisfies Readonly<Record<string, AdminRoute>>;
