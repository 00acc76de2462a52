import { describe, expect, it } from 'vitest';
import { DirectoryEventSchema } from '../../../../directory/feed/event-schemas.ts';
import { SqliteItemTable } from '../../../../directory/store/sqlite-item-table.ts';
import { createWebhookPublisher, publishByAll } from '../../../../lambda/feed/publishers.ts';
import type { WebhookMessage } from '../../../../lambda/webhooks/webhook-message.ts';
import { createContext } from '../../../helpers/directory.ts';

const { tenant } = await createContext(new SqliteItemTable(':memory:'));
const withWebhook = { ...tenant, settings: { ...tenant.settings, webhookUrl: 'https://hooks.example.com/' } };
const event = DirectoryEventSchema.parse({
  id: 'e.membership.added',
  type: 'membership.added',
  time: '2026-11-22T12:00:00.000Z',
  tenant: 'acme',
  application: 'entra',
  requestId: 'r-1',
  resource: { type: 'Group', id: 'g' },
  sequence: 2,
  data: { members: ['u'] },
});

describe('the publisher of webhooks', () => {
  it('queues where a tenant has a webhook, and only there', async () => {
    const sent: WebhookMessage[] = [];
    const publisher = createWebhookPublisher({ send: async (messages) => void sent.push(...messages) });
    await publisher.publish(tenant, [event]);
    expect(sent).toEqual([]);
    await publisher.publish(withWebhook, [event]);
    expect(sent).toEqual([{ kind: 'event', tenant: 'acme', time: event.time, event: event.id }]);
  });
});

describe('several publishers', () => {
  it('are all tried; the failure of one is the failure of all, so that the batch comes again', async () => {
    const published: string[] = [];
    const down = { publish: async () => Promise.reject(new Error('down')) };
    const up = { publish: async () => void published.push('up') };
    await expect(publishByAll([down, up]).publish(tenant, [event])).rejects.toThrow('down');
    expect(published).toEqual(['up']);
    await publishByAll([up, up]).publish(tenant, [event]);
    expect(published).toEqual(['up', 'up', 'up']);
  });
});
