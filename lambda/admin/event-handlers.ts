import { listParked } from '../../directory/feed/park.ts';
import { replayEvents } from '../../directory/feed/replay.ts';
import { auditAction } from '../../directory/operator/audit.ts';
import { OperationRefusedError } from '../../directory/operator/operation.ts';
import { getTenant } from '../../directory/operator/tenants.ts';
import { changeWebhookSecret } from '../webhooks/change-secret.ts';
import type { AdminHandlers } from './admin-request.ts';
import { toEnd, toStart } from './moments.ts';

const PARKED_A_PAGE = 200;

/** The change feed and its webhooks. */
export const eventHandlers = {
  replayEvents: async ({ context, path: { tenant }, body: { from, to, after } }) => {
    await getTenant(context, tenant);
    const range = { from: toStart(from), to: to === undefined ? context.now() : toEnd(to) };
    const page = {
      from: range.from.toISOString(),
      to: range.to.toISOString(),
      ...(after === undefined ? {} : { after }),
    };
    // Each page: where a replay goes on is the caller's to say.
    await context.table.write([auditAction(context, { action: 'events.replay', tenant, after: page })]);
    const { recovered, stillParked, events, next } = await replayEvents(context, tenant, { ...range, after });
    return { recovered, stillParked, published: events, ...(next === undefined ? {} : { next }) };
  },
  listParked: async ({ context, path: { tenant }, query: { after } }) => {
    await getTenant(context, tenant);
    const { parked, next } = await listParked(context.table, tenant, { after, limit: PARKED_A_PAGE });
    const changes = parked.map(({ changeId: id, time, reason }) => ({ id, time, reason }));
    return { parked: changes, ...(next === undefined ? {} : { next }) };
  },
  createWebhookSecret: async ({ context, path: { tenant }, body: { overlapHours } }) => {
    const { previousUntil, ...made } = await changeWebhookSecret(context, tenant, overlapHours);
    return {
      tenant,
      ...made,
      ...(previousUntil === undefined ? {} : { previousUntil: previousUntil.toISOString() }),
    };
  },
  testWebhook: async ({ context, path: { tenant } }) => {
    const { webhookUrl } = (await getTenant(context, tenant)).settings;
    if (webhookUrl === null) {
      throw new OperationRefusedError(
        'conflict',
        `the tenant ${tenant} has no webhook URL: set one first (webhookUrl, or scim-stack webhooks set)`,
      );
    }
    const event = context.newId();
    await context.table.write([
      auditAction(context, { action: 'webhooks.test', tenant, after: { event, webhookUrl } }),
    ]);
    await context.webhooks.send([{ kind: 'test', tenant, time: context.now().toISOString(), event }]);
    return { event, webhookUrl };
  },
} as const satisfies Partial<AdminHandlers>;
