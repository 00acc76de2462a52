import type { SqliteFile } from './sqlite-file.ts';

/** So many writes are committed together at most: whoever only reads gets a turn in between. */
const MOST_TOGETHER = 64;

interface Waiting {
  /** Runs within a transaction. @returns what tells its caller that it is committed. @throws where it is refused. */
  readonly perform: () => () => void;
  readonly refuse: (error: unknown) => void;
}

/**
 * Commits together what is written in the same turn of the event loop: a commit costs as much as all else that a write
 * does. Each write stands for itself: one that is refused undoes nothing but its own.
 */
export class SqliteCommits {
  readonly #file: SqliteFile;
  #waiting: Waiting[] = [];

  constructor(file: SqliteFile) {
    this.#file = file;
  }

  /** Runs the write in its turn, those before it first. @returns what it returned, once that is committed. */
  add<Result>(write: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#wait({
        perform: () => {
          const result = write();
          return () => resolve(result);
        },
        refuse: reject,
      });
    });
  }

  #wait(...waiting: readonly Waiting[]): void {
    if (this.#waiting.length === 0) setImmediate(() => this.#commit());
    this.#waiting.push(...waiting);
  }

  #commit(): void {
    const [together, rest] = [this.#waiting.slice(0, MOST_TOGETHER), this.#waiting.slice(MOST_TOGETHER)];
    this.#waiting = [];
    if (rest.length > 0) this.#wait(...rest);
    const confirmations: (() => void)[] = [];
    try {
      this.#file.transaction(() => {
        for (const { perform, refuse } of together) {
          try {
            confirmations.push(this.#file.savepoint(perform));
          } catch (error) {
            if (!this.#file.isInTransaction) throw error;
            refuse(error);
          }
        }
      });
    } catch (error) {
      // Nothing is committed; who was refused before has been told.
      for (const { refuse } of together) refuse(error);
      return;
    }
    for (const confirm of confirmations) confirm();
  }
}
