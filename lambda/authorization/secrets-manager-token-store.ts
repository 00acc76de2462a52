import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { findRevocation } from './revocation-label.ts';
import { parseTokenSecret, type TokenSecret, toTokenRecords } from './token-secret.ts';
import type { TokenRecords, TokenStore } from './token-store.ts';

/** One secret an application, named `<prefix><tenant>/<application>`. */
export class SecretsManagerTokenStore implements TokenStore {
  readonly #client: Pick<SecretsManagerClient, 'send'>;
  readonly #prefix: string;

  constructor(client: Pick<SecretsManagerClient, 'send'>, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  async find(tenant: string, application: string): Promise<TokenRecords | undefined> {
    const name = `${this.#prefix}${tenant}/${application}`;
    const [current, previous] = await Promise.all([this.#read(name, 'AWSCURRENT'), this.#read(name, 'AWSPREVIOUS')]);
    return current && toTokenRecords(current, previous);
  }

  async #read(name: string, stage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<TokenSecret | undefined> {
    try {
      const command = new GetSecretValueCommand({ SecretId: name, VersionStage: stage });
      const { SecretString, VersionStages = [] } = await this.#client.send(command);
      const revokedAt = findRevocation(VersionStages);
      const secret = parseTokenSecret(name, SecretString);
      return revokedAt === undefined ? secret : { ...secret, revokedAt };
    } catch (error) {
      // Neither a secret of that name nor, for AWSPREVIOUS, a version before the first.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }
}
