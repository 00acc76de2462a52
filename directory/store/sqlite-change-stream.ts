import type { ChangeStream, ItemChange } from './item-change.ts';
import type { SqliteCommits } from './sqlite-commits.ts';
import type { SqliteFile } from './sqlite-file.ts';

/** The stream of a {@link SqliteItemTable}: what it keeps survives the process, and is deleted once acknowledged. */
export class SqliteChangeStream implements ChangeStream {
  readonly #file: SqliteFile;
  readonly #commits: SqliteCommits;

  constructor(file: SqliteFile, commits: SqliteCommits) {
    file.keepChanges();
    this.#file = file;
    this.#commits = commits;
  }

  async read(limit: number): Promise<readonly ItemChange[]> {
    return this.#file
      .changes(limit)
      .map(({ seq, at, before, after }) => ({ id: String(seq), at: new Date(at), before, after }));
  }

  async acknowledge(changes: readonly ItemChange[]): Promise<void> {
    const last = changes.reduce((highest, { id }) => Math.max(highest, Number(id)), 0);
    if (last > 0) await this.#commits.add(() => this.#file.removeChanges(last));
  }
}
