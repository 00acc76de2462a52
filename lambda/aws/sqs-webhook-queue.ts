import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { WebhookMessage, WebhookQueue } from '../webhooks/webhook-message.ts';

/** SQS takes no more at once. */
const BATCH = 10;

/** The queue of webhooks. */
export class SqsWebhookQueue implements WebhookQueue {
  readonly #client: Pick<SQSClient, 'send'>;
  readonly #url: string;

  constructor(client: Pick<SQSClient, 'send'>, url: string) {
    this.#client = client;
    this.#url = url;
  }

  async send(messages: readonly WebhookMessage[]): Promise<void> {
    for (let at = 0; at < messages.length; at += BATCH) {
      const entries = messages.slice(at, at + BATCH).map(toEntry);
      const { Failed = [] } = await this.#client.send(
        new SendMessageBatchCommand({ QueueUrl: this.#url, Entries: entries }),
      );
      const [failed] = Failed;
      if (failed !== undefined)
        throw new Error(`SQS took ${Failed.length} of ${entries.length} messages not: ${failed.Code}`);
    }
  }

  /** Hides a message for so long from whoever reads the queue. */
  async postpone(receiptHandle: string, seconds: number): Promise<void> {
    await this.#client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.#url,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }),
    );
  }
}

/** A group a tenant: where many wait, SQS lets nobody's wait for those of one tenant (fair queues). */
function toEntry(message: WebhookMessage, place: number): SendMessageBatchRequestEntry {
  return { Id: String(place), MessageBody: JSON.stringify(message), MessageGroupId: message.tenant };
}
