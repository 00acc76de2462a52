import type { DirectoryContext } from '../context.ts';

/** Resources that one query may have to look at. One partition reads some 20,000 of 1 KB a second. */
export const MAX_SCANNED = 50_000;
/** Pages of the table, 1 MB each, that they may come in: where resources are large, fewer can be looked at. */
const MAX_PAGES = 160;
/** Leaves time for the answer: a request has 20 s. */
const MAX_SCAN_MILLIS = 14_000;

/** Resources, or entries of an index, that one page of a walk looks at before it is answered as it is. */
export const MAX_WALKED = 10_000;
const MAX_WALK_MILLIS = 8_000;

/**
 * Bounds what one query reads that looks at every resource, in time and read capacity.
 */
export class ScanBudget {
  readonly #now: () => Date;
  readonly #until: number;
  readonly #refusal: (why: string) => Error;
  #pages = 0;

  constructor({ now }: Pick<DirectoryContext, 'now'>, refusal: (why: string) => Error) {
    this.#now = now;
    this.#until = now().getTime() + MAX_SCAN_MILLIS;
    this.#refusal = refusal;
  }

  /** @throws what the budget was given, once a query has read a page more than it may. */
  spendPage(): void {
    this.#pages += 1;
    if (this.#pages > MAX_PAGES) throw this.#refusal(`they are larger than ${MAX_PAGES} MB together`);
    if (this.#now().getTime() > this.#until) throw this.#refusal(`it took longer than ${MAX_SCAN_MILLIS / 1_000} s`);
  }
}

/** Bounds what one page of a walk reads: it ends early then, and the next goes on. */
export class WalkBudget {
  readonly #now: () => Date;
  readonly #until: number;
  #walked = 0;

  constructor({ now }: Pick<DirectoryContext, 'now'>) {
    this.#now = now;
    this.#until = now().getTime() + MAX_WALK_MILLIS;
  }

  spend(walked: number): void {
    this.#walked += walked;
  }

  get isSpent(): boolean {
    return this.#walked >= MAX_WALKED || this.#now().getTime() > this.#until;
  }
}
