import type { EventPublisher } from '../../directory/feed/event.ts';
import type { WebhookQueue } from '../webhooks/webhook-message.ts';

/** Has the events of tenants that have a webhook posted to it. */
export function createWebhookPublisher(queue: WebhookQueue): EventPublisher {
  return {
    publish: async ({ name, settings }, events) => {
      if (settings.webhookUrl === null || events.length === 0) return;
      await queue.send(events.map(({ id, time }) => ({ kind: 'event', tenant: name, time, event: id })));
    },
  };
}

/** Publishes by several ways; what fails by one has been published by the others, and is again. */
export function publishByAll(publishers: readonly EventPublisher[]): EventPublisher {
  return {
    publish: async (tenant, events) => {
      const results = await Promise.allSettled(publishers.map((publisher) => publisher.publish(tenant, events)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}
