import * as z from 'zod';
import { type TokenSecret, TokenSecretSchema, toTokenRecords } from '../lambda/authorization/token-secret.ts';
import type { TokenRecords, TokenStore } from '../lambda/authorization/token-store.ts';
import type { TokenVault, VersionsInForce } from '../lambda/authorization/token-vault.ts';
import { readIfThere, writePrivateFile } from './private-file.ts';

/** A version as a secret of Secrets Manager has it, with its id; files of earlier releases have none. */
const VersionSchema = TokenSecretSchema.extend({ versionId: z.string().default('first') });
type Version = z.infer<typeof VersionSchema>;

/** By `<tenant>/<application>`. */
const TokenFileSchema = z.record(
  z.string(),
  z.object({
    current: VersionSchema.optional(),
    previous: VersionSchema.optional(),
    /** Waits to be promoted. */
    next: VersionSchema.optional(),
  }),
);
type Versions = z.infer<typeof TokenFileSchema>[string];

/** A current token that whoever runs the local server may see. */
export interface VisibleToken {
  readonly token: string;
  readonly versionId: string;
  readonly expiresAt: Date;
}

/** The tokens of the local run: one JSON file, which only its owner may read; apart from the directory's data. */
export class TokenFile implements TokenStore, TokenVault {
  readonly #path: string;
  readonly #now: () => Date;
  #lastChange: Promise<void> = Promise.resolve();

  constructor(path: string, { now }: { readonly now: () => Date }) {
    this.#path = path;
    this.#now = now;
  }

  async find(tenant: string, application: string): Promise<TokenRecords | undefined> {
    const versions = (await this.#read()).get(nameOf(tenant, application));
    return versions?.current && toTokenRecords(versions.current, versions.previous);
  }

  /** The current token, if it is still good. */
  async findToken(tenant: string, application: string): Promise<VisibleToken | undefined> {
    const current = (await this.#read()).get(nameOf(tenant, application))?.current;
    return current !== undefined && current.revokedAt === undefined && current.expiresAt > this.#now()
      ? current
      : undefined;
  }

  async inForce(tenant: string, application: string): Promise<VersionsInForce> {
    const versions = (await this.#read()).get(nameOf(tenant, application));
    return { current: versions?.current?.versionId, previous: versions?.previous?.versionId };
  }

  async add(tenant: string, application: string, versionId: string, secret: TokenSecret): Promise<void> {
    await this.#change(tenant, application, (versions = {}) =>
      versions.current === undefined
        ? { current: { ...secret, versionId } }
        : { ...versions, next: { ...secret, versionId } },
    );
  }

  async promote(tenant: string, application: string, versionId: string): Promise<void> {
    await this.#change(tenant, application, (versions = {}) => {
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
    await this.#change(tenant, application, (versions = {}) => ({
      ...versions,
      current: mark(versions.current),
      previous: mark(versions.previous),
    }));
  }

  async remove(tenant: string, application: string): Promise<void> {
    await this.#change(tenant, application, () => undefined);
  }

  /** One change after another: each writes the whole file. */
  async #change(
    tenant: string,
    application: string,
    change: (versions: Versions | undefined) => Versions | undefined,
  ): Promise<void> {
    const run = async (): Promise<void> => {
      const content = await this.#read();
      const name = nameOf(tenant, application);
      const after = change(content.get(name));
      if (after === undefined) content.delete(name);
      else content.set(name, after);
      await writePrivateFile(this.#path, `${JSON.stringify(Object.fromEntries(content), null, 2)}\n`);
    };
    const result = this.#lastChange.then(run);
    this.#lastChange = result.catch(() => undefined);
    await result;
  }

  async #read(): Promise<Map<string, Versions>> {
    const text = await readIfThere(this.#path);
    if (text === undefined) return new Map();
    const { success, data } = TokenFileSchema.safeParse(parseJson(text));
    if (!success)
      throw new Error(`${this.#path} is not a token file of this program: move it away, or start with --fresh`);
    return new Map(Object.entries(data));
  }
}

function nameOf(tenant: string, application: string): string {
  return `${tenant}/${application}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
