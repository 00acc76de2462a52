import * as z from 'zod';
import type { AdminRoute } from './admin-route.ts';
import { ParkedChangeSchema, WebhookSecretSchema } from './event-messages.ts';

const after = z.string().max(2_048).optional();
const moment = z.iso.datetime({ offset: true }).or(z.iso.date());

/** The change feed and its webhooks. Part of `adminRoutes` in `admin-api.ts`. */
export const eventRoutes = {
  /**
   * Publishes again, under the same ids, what happened in a span of time; what was parked is tried again first. A page of
   * the work; the client calls again with `next` as `after` until there is none.
   */
  replayEvents: {
    method: 'POST',
    path: 'tenants/{tenant}/events/replay',
    access: 'operator',
    request: z.strictObject({ from: moment, to: moment.optional(), after }),
    response: z.object({
      /** Parked changes that the log has now. */
      recovered: z.number(),
      /** Parked changes of which still nothing can be made. */
      stillParked: z.number(),
      /** Events of the log's entries. */
      published: z.number(),
      next: z.string().optional(),
    }),
  },
  /** Changes that nothing could be made of, oldest first; never what they hold. */
  listParked: {
    method: 'GET',
    path: 'tenants/{tenant}/events/parked',
    access: 'observer',
    query: z.strictObject({ after }),
    response: z.object({ parked: z.array(ParkedChangeSchema), next: z.string().optional() }),
  },
  /** A new secret for the tenant's webhooks, in the place of the one before; nobody can be shown it a second time. */
  createWebhookSecret: {
    method: 'POST',
    path: 'tenants/{tenant}/webhook/secret',
    access: 'operator',
    /** `overlapHours`: how long webhooks are signed with the one before as well. */
    request: z.strictObject({ overlapHours: z.number().int().min(0).max(720).default(24) }),
    response: WebhookSecretSchema,
  },
  /** Has a `webhook.test` posted, once. Whether it was taken is in the receiver's log, and in ours under the event's id. */
  testWebhook: {
    method: 'POST',
    path: 'tenants/{tenant}/webhook/test',
    access: 'operator',
    response: z.object({ event: z.string(), webhookUrl: z.string() }),
  },
} as const satisfies Readonly<Record<string, AdminRoute>>;
