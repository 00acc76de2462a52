import * as z from 'zod';
import { type TokenSecret, TokenSecretSchema, toTokenRecords } from '../lambda/authorization/token-secret.ts';
import type { TokenRecords, TokenStore } from '../lambda/authorization/token-store.ts';
import type { TokenVault, VersionsInForce } from '../lambda/authorization/token-vault.ts';
import { JsonFile } from './json-file.ts';

/** A version as a secret of Secrets Manager has it, with its id; files of earlier releases have none. */
const VersionSchema = TokenSecretSchema.extend({ versionId: z.string().default('first') });
type Version = z.infer<typeof VersionSchema>;

const VersionsSchema = z.object({
  current: VersionSchema.optional(),
  previous: VersionSchema.optional(),
  /** Waits to be promoted. */
  next: VersionSchema.optional(),
});
type Versions = z.infer<typeof VersionsSchema>;

/** By `<tenant>/<application>`. */
const TokenFileSchema = z.record(z.string(), VersionsSchema);

/** A current token that whoever runs the local server may see. */
export interface VisibleToken {
  readonly token: string;
  readonly versionId: string;
  readonly expiresAt: Date;
}

/** The tokens of the local run: one JSON file, which only its owner may read; apart from the directory's data. */
export class TokenFile implements TokenStore, TokenVault {
  readonly #file: JsonFile<Versions>;
  readonly #now: () => Date;

  constructor(path: string, { now }: { readonly now: () => Date }) {
    this.#file = new JsonFile(path, TokenFileSchema, 'a token file');
    this.#now = now;
  }

  async find(tenant: string, application: string): Promise<TokenRecords | undefined> {
    const versions = await this.#file.find(nameOf(tenant, application));
    return versions?.current && toTokenRecords(versions.current, versions.previous);
  }

  /** The current token, if it is still good. */
  async findToken(tenant: string, application: string): Promise<VisibleToken | undefined> {
    const current = (await this.#file.find(nameOf(tenant, application)))?.current;
    return current !== undefined && current.revokedAt === undefined && current.expiresAt > this.#now()
      ? current
      : undefined;
  }

  async inForce(tenant: string, application: string): Promise<VersionsInForce> {
    const versions = await this.#file.find(nameOf(tenant, application));
    return { current: versions?.current?.versionId, previous: versions?.previous?.versionId };
  }

  async add(tenant: string, application: string, versionId: string, secret: TokenSecret): Promise<void> {
    await this.#file.change(nameOf(tenant, application), (versions = {}) =>
      versions.current === undefined
        ? { current: { ...secret, versionId } }
        : { ...versions, next: { ...secret, versionId } },
    );
  }

  async promote(tenant: string, application: string, versionId: string): Promise<void> {
    await this.#file.change(nameOf(tenant, application), (versions = {}) => {
      const { current, previous, next } = versions;
      if (current?.versionId === versionId) return versions;
      const chosen = [next, previous].find((version) => version?.versionId === versionId);
      if (chosen === undefined) throw new Error(`${nameOf(tenant, application)} has no version ${versionId}`);
      return { current: chosen, previous: current };
    });
  }

  async revoke(tenant: string, application: string, versionId: string, at: Date): Promise<void> {
    const mark = (version: Version | undefined) =>
      version?.versionId === versionId ? { ...version, revokedAt: version.revokedAt ?? at } : version;
    await this.#file.change(nameOf(tenant, application), (versions = {}) => ({
      ...versions,
      current: mark(versions.current),
      previous: mark(versions.previous),
    }));
  }

  async remove(tenant: string, application: string): Promise<void> {
    await this.#file.change(nameOf(tenant, application), () => undefined);
  }
}

function nameOf(tenant: string, application: string): string {
  return `${tenant}/${application}`;
}
