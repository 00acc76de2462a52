import { type TokenSecret, toTokenRecords } from '../../lambda/authorization/token-secret.ts';
import type { TokenRecords, TokenStore } from '../../lambda/authorization/token-store.ts';
import type { TokenVault, VersionsInForce } from '../../lambda/authorization/token-vault.ts';

interface Versions {
  readonly all: Map<string, TokenSecret>;
  current: string | undefined;
  previous: string | undefined;
}

/** Tokens in memory; a step may be made to fail. */
export class MemoryVault implements TokenVault, TokenStore {
  readonly secrets = new Map<string, Versions>();
  /** Called before each step; whatever it throws, the step does. */
  beforeStep: (step: 'add' | 'promote' | 'revoke' | 'remove') => void = () => undefined;

  async find(tenant: string, application: string): Promise<TokenRecords | undefined> {
    const versions = this.secrets.get(`${tenant}/${application}`);
    const current = versions?.all.get(versions.current ?? '');
    return current && toTokenRecords(current, versions?.all.get(versions.previous ?? ''));
  }

  async inForce(tenant: string, application: string): Promise<VersionsInForce> {
    const { current, previous } = this.#get(tenant, application);
    return { current, previous };
  }

  async add(tenant: string, application: string, versionId: string, secret: TokenSecret): Promise<void> {
    this.beforeStep('add');
    const versions = this.#get(tenant, application);
    versions.all.set(versionId, secret);
    versions.current ??= versionId;
    this.secrets.set(`${tenant}/${application}`, versions);
  }

  async promote(tenant: string, application: string, versionId: string): Promise<void> {
    this.beforeStep('promote');
    const versions = this.#get(tenant, application);
    if (versions.current === versionId) return;
    versions.previous = versions.current;
    versions.current = versionId;
  }

  async revoke(tenant: string, application: string, versionId: string, at: Date): Promise<void> {
    this.beforeStep('revoke');
    const { all } = this.#get(tenant, application);
    const secret = all.get(versionId);
    if (secret !== undefined) all.set(versionId, { ...secret, revokedAt: secret.revokedAt ?? at });
  }

  async remove(tenant: string, application: string): Promise<void> {
    this.beforeStep('remove');
    this.secrets.delete(`${tenant}/${application}`);
  }

  #get(tenant: string, application: string): Versions {
    const known = this.secrets.get(`${tenant}/${application}`);
    return known ?? { all: new Map(), current: undefined, previous: undefined };
  }
}
