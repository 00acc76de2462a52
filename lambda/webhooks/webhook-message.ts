import * as z from 'zod';

/**
 * What waits to be posted. Ids alone, for a queue and a dead letter keep what they hold whatever is purged: the event is
 * made of its log entry when it is sent.
 */
export const WebhookMessageSchema = z.object({
  /** `test`: an operator wants to see whether anything arrives; sent once. */
  kind: z.enum(['event', 'test']),
  tenant: z.string().min(1),
  /** The event's time and id, which say where the log has its entry. */
  time: z.string().min(1),
  event: z.string().min(1),
});
export type WebhookMessage = z.infer<typeof WebhookMessageSchema>;

/** Where webhooks wait: SQS in AWS, the memory of the local run. */
export interface WebhookQueue {
  /** @throws Error where not all of them could be taken; those that were may come again. */
  send(messages: readonly WebhookMessage[]): Promise<void>;
}
