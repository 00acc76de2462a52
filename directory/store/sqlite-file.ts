import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Existing } from './conditions.ts';
import type { Item, Key } from './item-table.ts';
import type { KeyRange } from './key-range.ts';
import { TableUnavailableError } from './table-errors.ts';

/** "SCIM" in ASCII: tells our files from those of other programs (`PRAGMA application_id`). */
const APPLICATION_ID = 0x5343494d;
const FORMAT_VERSION = 1;
/** How long a call waits, on the event loop, for another process that is writing. */
const BUSY_TIMEOUT_MILLISECONDS = 2_000;
const SQLITE_BUSY = 5;
const ROWS_A_SCAN_STEP = 500;
/** Pages of 4 KB in the write-ahead log before they are moved to the file, which waits for the disk: some 32 MB. */
const CHECKPOINT_PAGES = 8_000;

/**
 * Rows stay in a table with a rowid: items of 1 KB would make the pages of a `WITHOUT ROWID` tree shallow and wide
 * (measured: a transaction of three puts took 1.4 times as long).
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS items (
    pk TEXT NOT NULL,
    sk TEXT NOT NULL,
    size INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (pk, sk)
  ) STRICT`;

/** What the change feed has not acknowledged yet. Files of before do not have it, and whoever does not ask for it lets it be. */
const CHANGES_SCHEMA = `
  CREATE TABLE IF NOT EXISTS changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    before TEXT,
    after TEXT
  ) STRICT`;

/** A change of an item as it lies in the file. */
export interface StoredChange {
  /** Grows from change to change, and is never used again. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/** An item as it lies in the file: parsed when it is first asked for. */
export class StoredRow implements Existing {
  /** In bytes, by DynamoDB's formula. */
  readonly size: number;
  readonly #body: string;
  #item: Item | undefined;

  constructor(size: number, body: string) {
    this.size = size;
    this.#body = body;
  }

  get item(): Item {
    this.#item ??= parseItem(this.#body);
    return this.#item;
  }

  /** The item's JSON. */
  get body(): string {
    return this.#body;
  }
}

/**
 * The SQLite file below {@link SqliteItemTable}: rows by key, ranges of rows, transactions. It knows no limits and no
 * conditions.
 *
 * The write-ahead log is handed to the operating system before a call returns, so killing the process loses nothing
 * that was answered; a power failure may lose the last transactions (`synchronous = NORMAL`), never a half of one.
 * Text compares by its UTF-8 bytes in SQLite (collation BINARY), as in DynamoDB.
 */
export class SqliteFile {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** @throws Error naming the path, when the file cannot be opened, is not ours or of a newer format. */
  constructor(path: string) {
    try {
      this.#database = open(path);
    } catch (cause) {
      throw new Error(`cannot open the table file ${path}: ${messageOf(cause)}`, { cause });
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  find(key: Key): StoredRow | undefined {
    const row = this.#ask(() =>
      this.#prepare('SELECT size, body FROM items WHERE pk = ? AND sk = ?').get(key.pk, key.sk),
    );
    return row === undefined ? undefined : toStoredRow(row);
  }

  put(item: Item, size: number): void {
    this.#ask(() =>
      this.#prepare(
        `INSERT INTO items (pk, sk, size, body) VALUES (?, ?, ?, ?)
         ON CONFLICT (pk, sk) DO UPDATE SET size = excluded.size, body = excluded.body`,
      ).run(item.pk, item.sk, size, JSON.stringify(item)),
    );
  }

  remove(key: Key): void {
    this.#ask(() => this.#prepare('DELETE FROM items WHERE pk = ? AND sk = ?').run(key.pk, key.sk));
  }

  /** The rows of a partition within the range, in its order, read as they are asked for. */
  *range(pk: string, { from, to, after }: KeyRange, backwards: boolean): Generator<StoredRow> {
    const bounds: [string, string | undefined][] = [
      ['AND sk >= ?', from],
      ['AND sk <= ?', to],
      [`AND sk ${backwards ? '<' : '>'} ?`, after],
    ];
    const given = bounds.filter(([, value]) => value !== undefined);
    const where = given.map(([sql]) => sql).join(' ');
    const order = backwards ? 'DESC' : 'ASC';
    const statement = this.#prepare(`SELECT size, body FROM items WHERE pk = ? ${where} ORDER BY sk ${order}`);
    const rows = this.#ask(() => statement.iterate(pk, ...given.map(([, value]) => value ?? '')));
    for (const row of rows) yield toStoredRow(row);
  }

  /** Some rows of the whole file in the order of their keys, beyond a key if one is given. Empty at the end. */
  scanStep(after: Key | undefined): readonly StoredRow[] {
    const { pk, sk } = after ?? { pk: '', sk: '' };
    const sql = `SELECT size, body FROM items WHERE (pk, sk) > (?, ?) ORDER BY pk, sk LIMIT ${ROWS_A_SCAN_STEP}`;
    return this.#ask(() => this.#prepare(sql).all(pk, sk)).map(toStoredRow);
  }

  /** Makes the place for {@link addChange} where there is none. */
  keepChanges(): void {
    this.#ask(() => this.#database.exec(CHANGES_SCHEMA));
  }

  addChange(at: number, before: StoredRow | undefined, after: Item | undefined): void {
    const body = after === undefined ? null : JSON.stringify(after);
    const sql = 'INSERT INTO changes (at, before, after) VALUES (?, ?, ?)';
    this.#ask(() => this.#prepare(sql).run(at, before?.body ?? null, body));
  }

  /** The oldest changes. */
  changes(limit: number): readonly StoredChange[] {
    const sql = 'SELECT seq, at, before, after FROM changes ORDER BY seq LIMIT ?';
    return this.#ask(() => this.#prepare(sql).all(limit)).map(toStoredChange);
  }

  removeChanges(upTo: number): void {
    this.#ask(() => this.#prepare('DELETE FROM changes WHERE seq <= ?').run(upTo));
  }

  /** Runs it in one transaction: what it did is undone when it throws. */
  transaction<T>(run: () => T): T {
    this.#ask(() => this.#prepare('BEGIN IMMEDIATE').run());
    try {
      const result = run();
      this.#ask(() => this.#prepare('COMMIT').run());
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#prepare('ROLLBACK').run();
      throw error;
    }
  }

  /** Whether a transaction is under way; SQLite ends one by itself where the disk fails. */
  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** As {@link transaction} for a part of the one that is under way. */
  savepoint<T>(run: () => T): T {
    this.#prepare('SAVEPOINT part').run();
    try {
      const result = run();
      this.#prepare('RELEASE part').run();
      return result;
    } catch (error) {
      if (this.#database.isTransaction) {
        this.#prepare('ROLLBACK TO part').run();
        this.#prepare('RELEASE part').run();
      }
      throw error;
    }
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #ask<T>(call: () => T): T {
    try {
      return call();
    } catch (cause) {
      if (!isBusy(cause)) throw cause;
      throw new TableUnavailableError('another process is writing to the table file', { cause });
    }
  }
}

function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MILLISECONDS });
  try {
    const format = pragma(database, 'user_version');
    const isNew = format === 0 && pragma(database, 'schema_version') === 0;
    if (!isNew && pragma(database, 'application_id') !== APPLICATION_ID) throw new Error('it is no file of scim-stack');
    if (format > FORMAT_VERSION) throw new Error(`its format ${format} is newer than this version of scim-stack`);
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};`,
    );
    if (isNew) {
      database.exec(
        `BEGIN IMMEDIATE; ${SCHEMA};
         PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT_VERSION}; COMMIT`,
      );
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function pragma(database: DatabaseSync, name: 'user_version' | 'schema_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function toStoredRow(row: Record<string, unknown>): StoredRow {
  return new StoredRow(Number(row['size']), String(row['body']));
}

function toStoredChange({ seq, at, before, after }: Record<string, unknown>): StoredChange {
  const toItem = (body: unknown) => (typeof body === 'string' ? parseItem(body) : undefined);
  return { seq: Number(seq), at: Number(at), before: toItem(before), after: toItem(after) };
}

function parseItem(body: string): Item {
  return JSON.parse(body);
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
