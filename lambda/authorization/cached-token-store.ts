import { findRecord, type TokenRecords, type TokenStore } from './token-store.ts';

const LIFE_MILLIS = 30_000;
/** Names come from tokens that anybody can write: what is remembered of them must have an end. */
const MAX_ENTRIES = 10_000;
/** Tokens that memory lacks, asked for at once: enough for whoever has just pasted a new one. */
const LOOKS = 5;
/** How long it takes until one more may be asked for: a well-formed token is quickly made up, and a look costs money. */
const LOOK_MILLIS = 10_000;

interface Entry {
  readonly records: Promise<TokenRecords | undefined>;
  readonly until: number;
  /** From when on the entry has {@link LOOKS} again. */
  readonly restedAt: number;
}

/**
 * Remembers for 30 s what another store answered, "unknown" included: half of the 60 s within which a revocation holds
 * (API Gateway's authorizer cache takes the other half). A token that is not among what is remembered may be a new one:
 * a few of them are asked for again. A failure is not remembered.
 */
export class CachedTokenStore implements TokenStore {
  readonly #store: TokenStore;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(store: TokenStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async find(tenant: string, application: string, hash?: Uint8Array): Promise<TokenRecords | undefined> {
    const key = `${tenant}/${application}`;
    const now = this.#now();
    const known = this.#entries.get(key);
    if (known === undefined || now >= known.until) return await this.#read(tenant, application, known?.restedAt ?? now);
    const records = await known.records;
    if (hash === undefined || findRecord(records, hash) !== undefined) return records;
    // Whoever came first may have asked already.
    const latest = this.#entries.get(key) ?? known;
    if (latest !== known) return await latest.records;
    const restedAt = Math.max(known.restedAt, now) + LOOK_MILLIS;
    return restedAt > now + LOOKS * LOOK_MILLIS ? records : await this.#read(tenant, application, restedAt);
  }

  #read(tenant: string, application: string, restedAt: number): Promise<TokenRecords | undefined> {
    const key = `${tenant}/${application}`;
    const records = this.#store.find(tenant, application);
    const entry: Entry = { records, until: this.#now() + LIFE_MILLIS, restedAt };
    records.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    this.#remember(key, entry);
    return records;
  }

  #remember(key: string, entry: Entry): void {
    this.#entries.delete(key); // so that it goes to the end of the map's insertion order
    this.#entries.set(key, entry);
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > MAX_ENTRIES && !oldest.done) this.#entries.delete(oldest.value);
  }
}
