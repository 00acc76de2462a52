import type { WebhookSecret } from './webhook-secret.ts';

/** A tenant's webhook secret, and during an overlap the one before it. */
export interface WebhookSecretVersions {
  readonly current: WebhookSecret;
  readonly previous: WebhookSecret | undefined;
}

/** Where the sender finds the secrets to sign with. */
export interface WebhookSecretStore {
  /** Undefined where the tenant has none. */
  find(tenant: string): Promise<WebhookSecretVersions | undefined>;
}

/** Where secrets are put, by whoever may not read them: Secrets Manager in AWS, a file in the local run. */
export interface WebhookSecretVault {
  /**
   * Makes it the tenant's current secret; the one that was becomes the previous. May be repeated with the same version.
   *
   * @returns Whether there was one before.
   */
  put(tenant: string, versionId: string, secret: WebhookSecret): Promise<boolean>;
  /** Erases every version, at once and for good. */
  remove(tenant: string): Promise<void>;
}
