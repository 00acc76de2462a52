import { Webhook } from 'standardwebhooks';
import type { TenantSettings } from '../../directory/context.ts';
import { logKeyOfEvent, toEvents } from '../../directory/feed/event.ts';
import type { ItemTable } from '../../directory/store/item-table.ts';
import { parseOptionalItem } from '../../directory/store/items.ts';
import { LogItemSchema } from '../../directory/store/log-items.ts';
import { TenantItemSchema } from '../../directory/store/tenant-items.ts';
import { tenantKey } from '../../directory/store/tenant-keys.ts';
import type { PostOutcome, postWebhook, WebhookTargets } from './post-webhook.ts';
import type { WebhookMessage } from './webhook-message.ts';
import { secretsInForce } from './webhook-secret.ts';
import type { WebhookSecretStore } from './webhook-secrets.ts';

/** What became of one attempt to deliver. */
export type Delivery =
  | { readonly outcome: 'delivered'; readonly status: number }
  /** There is nothing to send any more, or nowhere to send it; `reason` says which. */
  | { readonly outcome: 'dropped'; readonly reason: string }
  | { readonly outcome: 'failed'; readonly reason: string; readonly retryAfterSeconds: number | undefined };

export interface DeliveryDependencies {
  readonly table: ItemTable;
  readonly secrets: WebhookSecretStore;
  readonly post: typeof postWebhook;
  readonly now: () => Date;
  readonly targets: WebhookTargets;
}

/**
 * Posts what a message stands for to its tenant's URL, signed. The event is made of its log entry here, so that what a
 * purge has erased meanwhile is not sent.
 *
 * @see {@link https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md Standard Webhooks}
 */
export async function deliver(dependencies: DeliveryDependencies, message: WebhookMessage): Promise<Delivery> {
  const { table, secrets, post, now, targets } = dependencies;
  const { settings } = parseOptionalItem(TenantItemSchema, await table.get(tenantKey(message.tenant))) ?? {};
  if (settings === undefined) return { outcome: 'dropped', reason: 'the tenant is gone' };
  const { webhookUrl } = settings;
  if (webhookUrl === null) return { outcome: 'dropped', reason: 'the tenant has no webhook URL any more' };
  const body = await readBody(table, settings, message);
  if (body === undefined) return { outcome: 'dropped', reason: 'the log entry is purged' };
  const versions = await secrets.find(message.tenant);
  const inForce = secretsInForce(versions?.current, versions?.previous, now());
  if (inForce.length === 0) {
    return { outcome: 'failed', reason: 'the tenant has no webhook secret', retryAfterSeconds: undefined };
  }
  const headers = toHeaders(message.event, body, inForce, now());
  return judge(await post(webhookUrl, headers, body, { targets }));
}

async function readBody(
  table: ItemTable,
  settings: TenantSettings,
  message: WebhookMessage,
): Promise<string | undefined> {
  const { event: id, time, tenant } = message;
  if (message.kind === 'test') return JSON.stringify({ id, type: 'webhook.test', time, tenant, data: {} });
  const entry = parseOptionalItem(LogItemSchema, await table.get(logKeyOfEvent({ tenant, id, time })));
  const event = entry && toEvents(tenant, entry, settings).find((candidate) => candidate.id === id);
  return event && JSON.stringify(event);
}

/** One signature for each secret: whoever has only the former one still knows the message for ours. */
function toHeaders(id: string, body: string, secrets: readonly string[], at: Date): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/json',
    'user-agent': 'scim-stack',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}

function judge(posted: PostOutcome): Delivery {
  switch (posted.kind) {
    case 'forbidden':
      return { outcome: 'failed', reason: 'the URL leads where webhooks may not', retryAfterSeconds: undefined };
    case 'unreachable':
      return { outcome: 'failed', reason: posted.code, retryAfterSeconds: undefined };
    case 'answered': {
      const { status, retryAfterSeconds } = posted;
      if (status >= 200 && status < 300) return { outcome: 'delivered', status };
      // The receiver wants no more of them (Standard Webhooks); the tenant's setting is its operator's to change.
      if (status === 410) return { outcome: 'dropped', reason: 'the receiver answered 410 Gone' };
      return { outcome: 'failed', reason: `status ${status}`, retryAfterSeconds };
    }
  }
}
