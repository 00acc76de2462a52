import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { createToken, TOKEN_RANDOM_BYTES } from '../lambda/authorization/token.ts';
import { type TokenSecret, TokenSecretSchema, toTokenRecords } from '../lambda/authorization/token-secret.ts';
import type { TokenRecords, TokenStore } from '../lambda/authorization/token-store.ts';

const LIFE_MILLIS = 365 * 24 * 3_600_000;

/** By `<tenant>/<application>`; each as a secret of Secrets Manager has it. */
const TokenFileSchema = z.record(
  z.string(),
  z.object({ current: TokenSecretSchema, previous: TokenSecretSchema.optional() }),
);
type TokenFileContent = z.infer<typeof TokenFileSchema>;

export interface TokenFileOptions {
  readonly now: () => Date;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** The token store of the local run: one JSON file, which only its owner may read; apart from the directory's data. */
export class TokenFile implements TokenStore {
  readonly #path: string;
  readonly #options: TokenFileOptions;

  constructor(path: string, options: TokenFileOptions) {
    this.#path = path;
    this.#options = options;
  }

  async find(tenant: string, application: string): Promise<TokenRecords | undefined> {
    const secrets = (await this.#read()).get(`${tenant}/${application}`);
    return secrets && toTokenRecords(secrets.current, secrets.previous);
  }

  /** The application's token, the same at each start; made where there is none, or none that is still good. */
  async getOrCreate(tenant: string, application: string): Promise<string> {
    const content = await this.#read();
    const key = `${tenant}/${application}`;
    const known = content.get(key)?.current;
    const now = this.#options.now();
    if (known !== undefined && known.revokedAt === undefined && known.expiresAt > now) return known.token;
    const token = createToken(tenant, application, this.#options.randomBytes(TOKEN_RANDOM_BYTES));
    const current: TokenSecret = { token, expiresAt: new Date(now.getTime() + LIFE_MILLIS) };
    content.set(key, { current });
    await this.#write(content);
    return token;
  }

  async #read(): Promise<Map<string, TokenFileContent[string]>> {
    const text = await readFile(this.#path, 'utf8').catch(ignoreMissing);
    if (text === undefined) return new Map();
    const { success, data } = TokenFileSchema.safeParse(parseJson(text));
    if (!success)
      throw new Error(`${this.#path} is not a token file of this program: move it away, or start with --fresh`);
    return new Map(Object.entries(data));
  }

  /** By a second file that takes the first one's place, so that there is always a whole one. */
  async #write(content: ReadonlyMap<string, TokenFileContent[string]>): Promise<void> {
    const draft = `${this.#path}.new`;
    await writeFile(draft, `${JSON.stringify(Object.fromEntries(content), null, 2)}\n`, { mode: 0o600 });
    await chmod(draft, 0o600); // also where a draft was left behind with another mode
    await rename(draft, this.#path);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
