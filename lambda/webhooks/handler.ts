import type { SQSBatchResponse } from 'aws-lambda';
import * as z from 'zod';
import type { ItemTable } from '../../directory/store/item-table.ts';
import { createRetryingTable } from '../../directory/store/retrying-table.ts';
import type { Runtime } from '../http/request.ts';
import { describeFailure, type Log } from '../observability/log.ts';
import { type Delivery, deliver } from './deliver.ts';
import type { postWebhook, WebhookTargets } from './post-webhook.ts';
import { delayAfter } from './retry-delay.ts';
import { type WebhookMessage, WebhookMessageSchema } from './webhook-message.ts';
import type { WebhookSecretStore } from './webhook-secrets.ts';

/** How long the table is asked again where it is busy: a fraction of what one attempt may take. */
const TABLE_MILLIS = 5_000;

const SqsEventSchema = z.object({
  Records: z.array(
    z.object({
      messageId: z.string(),
      receiptHandle: z.string(),
      body: z.string(),
      attributes: z.object({ ApproximateReceiveCount: z.string().regex(/^\d+$/) }),
    }),
  ),
});
type SqsRecord = z.infer<typeof SqsEventSchema>['Records'][number];

/** How many webhooks came to which end. */
export type WebhookCounts = Readonly<Record<Delivery['outcome'], number>>;

/** Takes what was sent: CloudWatch metrics in AWS, nothing in the local run. */
export type MeasureWebhooks = (counts: WebhookCounts) => void;

export interface WebhookDependencies {
  readonly table: ItemTable;
  readonly secrets: WebhookSecretStore;
  readonly targets: WebhookTargets;
  readonly post: typeof postWebhook;
  /** Hides a message from the queue's readers for so long; after that it comes again. */
  readonly postpone: (receiptHandle: string, seconds: number) => Promise<void>;
  readonly log: Log;
  readonly measure: MeasureWebhooks;
  readonly runtime: Runtime;
}

/**
 * The handler of the webhooks' queue. Messages of a batch are sent at once; one that failed stays in the queue and is
 * hidden until its next attempt; after the last one the queue itself moves it to the dead letters.
 */
export function createWebhookHandler(dependencies: WebhookDependencies) {
  const { measure } = dependencies;
  return async (input: unknown): Promise<SQSBatchResponse> => {
    const { Records } = SqsEventSchema.parse(input);
    const ended = await Promise.all(
      Records.map(async (record) => ({ id: record.messageId, outcome: await handle(dependencies, record) })),
    );
    const countOf = (outcome: Delivery['outcome']) => ended.filter((one) => one.outcome === outcome).length;
    measure({ delivered: countOf('delivered'), dropped: countOf('dropped'), failed: countOf('failed') });
    const failed = ended.filter(({ outcome }) => outcome === 'failed');
    return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) };
  };
}

async function handle(dependencies: WebhookDependencies, record: SqsRecord): Promise<Delivery['outcome']> {
  const { log, runtime, postpone } = dependencies;
  const startedAt = runtime.now();
  const attempt = Number(record.attributes.ApproximateReceiveCount);
  const message = WebhookMessageSchema.safeParse(parseJson(record.body)).data;
  if (message === undefined) {
    log.error('webhook message is not ours', { messageId: record.messageId });
    return 'failed';
  }
  const names = { tenant: message.tenant, event: message.event, attempt };
  try {
    const delivery = await attemptOnce(dependencies, message);
    log.info('webhook', { ...names, ...delivery, durationMs: runtime.now() - startedAt });
    if (delivery.outcome !== 'failed') return delivery.outcome;
    if (message.kind === 'test') return 'dropped';
    const delay = delayAfter(attempt, delivery.retryAfterSeconds);
    if (delay !== undefined) await postpone(record.receiptHandle, delay);
    return 'failed';
  } catch (error) {
    // Of our own making: the queue brings it again once its own time is over.
    log.error('webhook failed', { ...names, failure: describeFailure(error) });
    return 'failed';
  }
}

async function attemptOnce(
  { table, secrets, targets, post, runtime }: WebhookDependencies,
  message: WebhookMessage,
): Promise<Delivery> {
  const now = () => new Date(runtime.now());
  const retrying = createRetryingTable(table, { ...runtime, deadline: runtime.now() + TABLE_MILLIS });
  return await deliver({ table: retrying, secrets, post, now, targets }, message);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
