import type { DirectoryEvent } from '../../directory/feed/event-schemas.ts';
import type { WebhookMessage } from '../../lambda/webhooks/webhook-message.ts';
import type { WebhookSecret } from '../../lambda/webhooks/webhook-secret.ts';
import type { WebhookSecretStore } from '../../lambda/webhooks/webhook-secrets.ts';
import type { EventDelivery } from '../../local/directory-server.ts';

/** Where events go in tests: into lists. */
export class MemoryDelivery implements EventDelivery {
  readonly published: { readonly tenant: string; readonly event: DirectoryEvent }[] = [];
  readonly queued: WebhookMessage[] = [];
  readonly secrets = new Map<string, readonly WebhookSecret[]>();

  readonly publisher: EventDelivery['publisher'] = {
    publish: async ({ name: tenant }, events) => {
      this.published.push(...events.map((event) => ({ tenant, event })));
    },
  };

  readonly webhooks: EventDelivery['webhooks'] = {
    send: async (messages) => {
      this.queued.push(...messages);
    },
  };

  readonly webhookSecrets: EventDelivery['webhookSecrets'] & WebhookSecretStore = {
    find: async (tenant) => {
      const [current, previous] = this.secrets.get(tenant) ?? [];
      return current && { current, previous };
    },
    put: async (tenant, _versionId, secret) => {
      const before = this.secrets.get(tenant);
      this.secrets.set(tenant, [secret, ...(before ?? [])].slice(0, 2));
      return before !== undefined;
    },
    remove: async (tenant) => {
      this.secrets.delete(tenant);
    },
  };
}
