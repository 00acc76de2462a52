import type { TokenRecords, TokenStore } from './token-store.ts';

const LIFE_MILLIS = 30_000;
/** Names come from tokens that anybody can write: what is remembered of them must have an end. */
const MAX_ENTRIES = 10_000;

interface Entry {
  readonly records: Promise<TokenRecords | undefined>;
  readonly until: number;
}

/**
 * Remembers for 30 s what another store answered, "unknown" included: half of the 60 s within which a revocation holds
 * (API Gateway's authorizer cache takes the other half). A failure is not remembered.
 */
export class CachedTokenStore implements TokenStore {
  readonly #store: TokenStore;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(store: TokenStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  find(tenant: string, application: string): Promise<TokenRecords | undefined> {
    const key = `${tenant}/${application}`;
    const known = this.#entries.get(key);
    if (known !== undefined && this.#now() < known.until) return known.records;
    const entry: Entry = { records: this.#store.find(tenant, application), until: this.#now() + LIFE_MILLIS };
    entry.records.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    this.#remember(key, entry);
    return entry.records;
  }

  #remember(key: string, entry: Entry): void {
    this.#entries.delete(key); // so that it goes to the end of the map's insertion order
    this.#entries.set(key, entry);
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > MAX_ENTRIES && !oldest.done) this.#entries.delete(oldest.value);
  }
}
