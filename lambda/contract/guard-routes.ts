import * as z from 'zod';
import type { AdminRoute } from './admin-route.ts';

/** What the admin API says of the guard against mass deprovisioning; part of `adminRoutes` in `admin-api.ts`. */

const time = z.iso.datetime();
const AmountSchema = z.object({ users: z.number(), memberships: z.number() });

/** How the guard stands with an application, or with `@lifecycle`. */
const GuardSchema = z.object({
  application: z.string(),
  mode: z.enum(['off', 'watch', 'on']),
  percent: z.number(),
  atLeast: z.number(),
  windowMinutes: z.number(),
  /** What went within the window, how much may, and what the percentage is of. */
  counted: AmountSchema,
  limit: AmountSchema,
  base: AmountSchema,
  holds: z.boolean(),
  tripped: z
    .object({
      at: time,
      mode: z.enum(['on', 'watch']),
      what: z.enum(['users', 'memberships']),
      counted: z.number(),
      limit: z.number(),
      /** Days until Entra would give up. */
      daysLeft: z.number(),
    })
    .optional(),
  rejectedAt: time.optional(),
});
export type GuardAnswer = z.infer<typeof GuardSchema>;

/** A request that is held back, or was rejected. Names by their first letters. */
const HeldSchema = z.object({
  type: z.enum(['User', 'Group']),
  id: z.string(),
  name: z.string().optional(),
  method: z.string(),
  since: time,
  users: z.number(),
  memberships: z.number(),
  /** False: too large; the application has to send it again once it is released. */
  kept: z.boolean(),
  rejectedAt: time.optional(),
});
export type HeldAnswer = z.infer<typeof HeldSchema>;

/** One user or group, or all; of all `after`: where the call before stopped. */
const WhichSchema = z.union([
  z.strictObject({ id: z.string().min(1).max(64) }),
  z.strictObject({ all: z.literal(true), after: z.string().min(1).max(200).optional() }),
]);
const DecidedSchema = z.object({
  decided: z.number(),
  failed: z.array(z.object({ type: z.string(), id: z.string(), status: z.number() })),
  /** Of which a request was too large to be kept: the application has to send it again. */
  unkept: z.array(z.object({ type: z.string(), id: z.string() })),
  next: z.string().optional(),
});

const guard = 'tenants/{tenant}/applications/{application}/guard';

export const guardRoutes = {
  listGuards: {
    method: 'GET',
    path: 'tenants/{tenant}/guard',
    access: 'observer',
    response: z.object({ guards: z.array(GuardSchema) }),
  },
  listHeld: {
    method: 'GET',
    path: `${guard}/held`,
    access: 'observer',
    query: z.strictObject({ after: z.string().max(2_048).optional() }),
    response: z.object({ held: z.array(HeldSchema), next: z.string().optional() }),
  },
  /** A job: each call works for up to 20 s. The client calls again with `next` as `after` until there is none. */
  releaseHeld: {
    method: 'POST',
    path: `${guard}/release`,
    access: 'operator',
    request: WhichSchema,
    response: DecidedSchema,
  },
  /** As `releaseHeld`. */
  rejectHeld: {
    method: 'POST',
    path: `${guard}/reject`,
    access: 'operator',
    request: WhichSchema,
    response: DecidedSchema,
  },
  /** As `releaseHeld`. */
  clearRejections: {
    method: 'POST',
    path: `${guard}/clear`,
    access: 'operator',
    request: WhichSchema,
    response: DecidedSchema,
  },
} as const satisfies Readonly<Record<string, AdminRoute>>;
