import { randomUUID } from 'node:crypto';
import type { ItemTable } from '../directory/store/item-table.ts';
import { systemRuntime } from '../lambda/aws/runtime.ts';
import { WEBHOOK_ATTEMPTS } from '../lambda/contract/webhook-attempts.ts';
import type { Log } from '../lambda/observability/log.ts';
import { postWebhook } from '../lambda/webhooks/post-webhook.ts';
import type { WebhookMessage, WebhookQueue } from '../lambda/webhooks/webhook-message.ts';
import type { WebhookSecretStore } from '../lambda/webhooks/webhook-secrets.ts';
import { createWebhookSender } from '../lambda/webhooks.ts';

/** Posted at the same time, at most. */
const LANES = 10;
/** Until the next attempt, where the sender itself failed and said nothing of it. */
const HIDDEN_SECONDS = 60;

export interface LocalWebhookOptions {
  readonly table: ItemTable;
  readonly secrets: WebhookSecretStore;
  readonly log: Log;
  /** Calls back after so many seconds, unless it is cancelled before; a test need not wait. */
  readonly later?: (seconds: number, callback: () => void) => Cancel;
}

type Cancel = () => void;

interface Waiting {
  readonly message: WebhookMessage;
  readonly attempt: number;
}

/**
 * What SQS is in AWS: webhooks wait in memory, are posted a few at a time, and come again later where they failed. What
 * waits when the run ends is lost to it; `events replay` brings it back.
 */
export class LocalWebhookQueue implements WebhookQueue {
  readonly #log: Log;
  readonly #later: NonNullable<LocalWebhookOptions['later']>;
  readonly #sender: ReturnType<typeof createWebhookSender>;
  readonly #ready: Waiting[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #timers = new Set<Cancel>();
  readonly #delays = new Map<string, number>();
  #isStopped = false;

  constructor({ table, secrets, log, later = setTimer }: LocalWebhookOptions) {
    this.#log = log;
    this.#later = later;
    this.#sender = createWebhookSender({
      table,
      secrets,
      targets: 'any', // whoever runs this may post wherever this machine can reach
      post: postWebhook,
      postpone: async (receiptHandle, seconds) => {
        this.#delays.set(receiptHandle, seconds);
      },
      log,
      measure: () => undefined,
      runtime: systemRuntime,
    });
  }

  async send(messages: readonly WebhookMessage[]): Promise<void> {
    for (const message of messages) this.#add({ message, attempt: 1 });
  }

  /** Ends once what is being posted has been; what waits is left. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const cancel of this.#timers) cancel();
    await Promise.all(this.#underWay);
  }

  #add(waiting: Waiting): void {
    this.#ready.push(waiting);
    this.#begin();
  }

  #begin(): void {
    while (!this.#isStopped && this.#underWay.size < LANES) {
      const next = this.#ready.shift();
      if (next === undefined) return;
      const posting = this.#post(next).finally(() => {
        this.#underWay.delete(posting);
        this.#begin();
      });
      this.#underWay.add(posting);
    }
  }

  async #post({ message, attempt }: Waiting): Promise<void> {
    const id = randomUUID();
    const attributes = { ApproximateReceiveCount: String(attempt) };
    const record = { messageId: id, receiptHandle: id, body: JSON.stringify(message), attributes };
    const { batchItemFailures } = await this.#sender({ Records: [record] });
    const seconds = this.#delays.get(id) ?? HIDDEN_SECONDS;
    this.#delays.delete(id);
    if (batchItemFailures.length === 0) return;
    if (attempt >= WEBHOOK_ATTEMPTS) {
      this.#log.error('webhook given up', { tenant: message.tenant, event: message.event, attempts: attempt });
      return;
    }
    if (this.#isStopped) return;
    const cancel = this.#later(seconds, () => {
      this.#timers.delete(cancel);
      this.#add({ message, attempt: attempt + 1 });
    });
    this.#timers.add(cancel);
  }
}

function setTimer(seconds: number, callback: () => void): Cancel {
  const timer = setTimeout(callback, seconds * 1_000);
  return () => clearTimeout(timer);
}
