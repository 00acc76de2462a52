import type { WebhookSecretStore, WebhookSecretVersions } from './webhook-secrets.ts';

const LIFE_MILLIS = 30_000;

/** Remembers for 30 s the secrets that another store has; neither a failure, nor that there are none, is remembered. */
export class CachedWebhookSecrets implements WebhookSecretStore {
  readonly #store: WebhookSecretStore;
  readonly #now: () => number;
  readonly #known = new Map<
    string,
    { readonly until: number; readonly found: Promise<WebhookSecretVersions | undefined> }
  >();

  constructor(store: WebhookSecretStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async find(tenant: string): Promise<WebhookSecretVersions | undefined> {
    const known = this.#known.get(tenant);
    if (known !== undefined && this.#now() < known.until) return await known.found;
    const found = this.#store.find(tenant);
    const entry = { until: this.#now() + LIFE_MILLIS, found };
    this.#known.set(tenant, entry);
    const forget = () => {
      if (this.#known.get(tenant) === entry) this.#known.delete(tenant);
    };
    found.then((versions) => {
      if (versions === undefined) forget();
    }, forget);
    return await found;
  }
}
