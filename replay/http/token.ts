import { readFile, stat } from 'node:fs/promises';

/** Where the secret token comes from. */
export interface TokenSource {
  /** The token to send now. */
  current(): Promise<string>;
  /** Looks again without delay, because the token was refused; true when there is another one now. */
  refresh(): Promise<boolean>;
}

/** A token that stays as it is. */
export function fixedToken(token: string): TokenSource {
  return { current: async () => token, refresh: async () => false };
}

const LOOK_EVERY_MS = 200;

/** A token kept in a file, read again whenever the file changes: a rotation during the run is followed. */
export class FileToken implements TokenSource {
  readonly #path: string;
  readonly #now: () => number;
  #token: string | undefined;
  #stamp = '';
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(path: string, now: () => number) {
    this.#path = path;
    this.#now = now;
  }

  /** @throws Error where the file cannot be read or is empty, and no token was read before. */
  async current(): Promise<string> {
    if (this.#now() - this.#lookedAt >= LOOK_EVERY_MS || this.#token === undefined) await this.#look();
    if (this.#token === undefined)
      throw new Error(`the token file ${this.#path} is empty: expected one line, the token`);
    return this.#token;
  }

  async refresh(): Promise<boolean> {
    const before = this.#token;
    this.#stamp = '';
    await this.#look();
    return this.#token !== before;
  }

  /** A file that is just being replaced may be missing or empty for a moment: the former token stays in use. */
  async #look(): Promise<void> {
    this.#lookedAt = this.#now();
    try {
      const { mtimeMs, size, ino } = await stat(this.#path);
      const stamp = `${mtimeMs} ${size} ${ino}`;
      if (stamp === this.#stamp) return;
      const token = (await readFile(this.#path, 'utf8')).trim();
      if (token === '') return;
      this.#token = token;
      this.#stamp = stamp;
    } catch (cause) {
      if (this.#token === undefined) throw new Error(`cannot read the token file ${this.#path}`, { cause });
    }
  }
}
