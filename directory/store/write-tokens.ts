import { hash } from 'node:crypto';
import type { Action } from './item-table.ts';
import { InvalidRequestError } from './table-errors.ts';

const LIFE_MILLISECONDS = 10 * 60 * 1000;
/** At 1,000 transactions a second still several times the deadline of any request. */
const MAX_TOKENS = 100_000;

interface Use {
  readonly fingerprint: string;
  readonly time: number;
}

/**
 * The tokens of the transactions of the last ten minutes, so that a repeat does nothing; DynamoDB's
 * `ClientRequestToken`. Kept in memory: only the process that made a write holds its token and could repeat it.
 */
export class WriteTokens {
  readonly #now: () => number;
  /** Oldest first. */
  readonly #uses = new Map<string, Use>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Tells whether these very actions have been written under the token.
   *
   * @throws {@link InvalidRequestError} when other actions have.
   */
  has(token: string, actions: readonly Action[]): boolean {
    const use = this.#uses.get(token);
    if (use === undefined || use.time <= this.#now() - LIFE_MILLISECONDS) return false;
    if (use.fingerprint === fingerprintOf(actions)) return true;
    throw new InvalidRequestError('the token was used for a write with other actions (IdempotentParameterMismatch)');
  }

  add(token: string, actions: readonly Action[]): void {
    this.#forgetOld();
    this.#uses.delete(token);
    this.#uses.set(token, { fingerprint: fingerprintOf(actions), time: this.#now() });
  }

  #forgetOld(): void {
    for (const [token, { time }] of this.#uses) {
      if (time > this.#now() - LIFE_MILLISECONDS && this.#uses.size < MAX_TOKENS) return;
      this.#uses.delete(token);
    }
  }
}

function fingerprintOf(actions: readonly Action[]): string {
  return hash('sha256', JSON.stringify(actions), 'base64');
}
