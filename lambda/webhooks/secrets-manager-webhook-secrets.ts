import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { parseWebhookSecret, toWebhookSecretText, type WebhookSecret } from './webhook-secret.ts';
import type { WebhookSecretStore, WebhookSecretVault, WebhookSecretVersions } from './webhook-secrets.ts';

type Client = Pick<SecretsManagerClient, 'send'>;

const TAG = 'scim-stack';

/** One secret a tenant, named `<prefix><tenant>`, as the sender reads it. */
export class SecretsManagerWebhookStore implements WebhookSecretStore {
  readonly #client: Client;
  readonly #prefix: string;

  constructor(client: Client, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  async find(tenant: string): Promise<WebhookSecretVersions | undefined> {
    const name = `${this.#prefix}${tenant}`;
    const [current, previous] = await Promise.all([this.#read(name, 'AWSCURRENT'), this.#read(name, 'AWSPREVIOUS')]);
    return current && { current, previous };
  }

  async #read(name: string, stage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<WebhookSecret | undefined> {
    try {
      const command = new GetSecretValueCommand({ SecretId: name, VersionStage: stage });
      const { SecretString } = await this.#client.send(command);
      return parseWebhookSecret(name, SecretString);
    } catch (error) {
      // Neither a secret of that name nor, for AWSPREVIOUS, a version before the first.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }
}

/** The same secrets, for the admin API. Never reads what a secret holds. */
export class SecretsManagerWebhookVault implements WebhookSecretVault {
  readonly #client: Client;
  readonly #prefix: string;

  constructor(client: Client, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  async put(tenant: string, versionId: string, secret: WebhookSecret): Promise<boolean> {
    const name = `${this.#prefix}${tenant}`;
    const version = { ClientRequestToken: versionId, SecretString: toWebhookSecretText(secret) };
    try {
      // AWSCURRENT goes to it, and AWSPREVIOUS to where AWSCURRENT was.
      await this.#client.send(new PutSecretValueCommand({ SecretId: name, ...version }));
      return true;
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      const Description = `Signs the webhooks of the tenant ${tenant}`;
      const Tags = [{ Key: `${TAG}:tenant`, Value: tenant }];
      await this.#client.send(new CreateSecretCommand({ Name: name, ...version, Description, Tags }));
      return false;
    }
  }

  async remove(tenant: string): Promise<void> {
    const SecretId = `${this.#prefix}${tenant}`;
    try {
      await this.#client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }
}
