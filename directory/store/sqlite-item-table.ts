import { isDeepStrictEqual } from 'node:util';
import { itemAfter, keyOf } from './actions.ts';
import { sizeOfItem, toReadUnits, toWriteUnits } from './capacity.ts';
import { holdsAll } from './conditions.ts';
import type { ChangeStream } from './item-change.ts';
import type {
  Action,
  Item,
  Key,
  Meter,
  Query,
  QueryPage,
  ScannableTable,
  SingleAction,
  TableCall,
  WriteOptions,
} from './item-table.ts';
import { keyRangeOf } from './key-range.ts';
import { checkAction, checkItemSize, checkKey, checkQuery, checkTransaction, MAX_PAGE_BYTES } from './limits.ts';
import { SqliteChangeStream } from './sqlite-change-stream.ts';
import { SqliteCommits } from './sqlite-commits.ts';
import { SqliteFile, type StoredRow } from './sqlite-file.ts';
import { type Refusal, WriteRefusedError } from './table-errors.ts';
import { Turns } from './turns.ts';
import { WriteTokens } from './write-tokens.ts';

/** What an action found. */
interface Step {
  readonly action: Action;
  readonly before: StoredRow | undefined;
}

/** What the table and its metered twins have in common. */
interface Storage {
  readonly file: SqliteFile;
  readonly tokens: WriteTokens;
  readonly turns: Turns;
  readonly commits: SqliteCommits;
  readonly now: () => number;
  /** Whose changes are kept for the stream. */
  readonly isStreamed: ((key: Key) => boolean) | undefined;
}

export interface SqliteItemTableOptions {
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
  /**
   * Keeps the changes of the items with these keys, in the commit that makes them, until the stream's reader acknowledges
   * them (`sqlite-change-stream.ts`). Default: of none.
   */
  readonly stream?: (key: Key) => boolean;
}

/**
 * The item table in one SQLite file: the embedded default of a run on one machine. It enforces DynamoDB's limits and
 * answers as DynamoDB does, without ever a conflict: one process, one write at a time.
 */
export class SqliteItemTable implements ScannableTable {
  readonly #storage: Storage;
  readonly #meter: Meter | undefined;

  /**
   * @param location - Path of the file, made where there is none; `:memory:` for a table that is gone when closed.
   * @throws Error when the file cannot be opened or is not one of ours.
   */
  constructor(location: string | Storage, options: SqliteItemTableOptions = {}, meter?: Meter) {
    this.#storage = typeof location === 'string' ? openStorage(location, options) : location;
    this.#meter = meter;
  }

  /** The changes that {@link SqliteItemTableOptions.stream} asks for. */
  get stream(): ChangeStream {
    return new SqliteChangeStream(this.#storage.file, this.#storage.commits);
  }

  /** Ends this table and its metered twins. */
  close(): void {
    this.#storage.file.close();
  }

  withMeter(meter: Meter): SqliteItemTable {
    return new SqliteItemTable(this.#storage, {}, meter);
  }

  async get(key: Key): Promise<Item | undefined> {
    checkKey(key);
    const row = this.#storage.file.find(key);
    this.#count('get', 1, toReadUnits(row?.size ?? 0), 0);
    return row?.item;
  }

  async getMany(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    keys.forEach(checkKey);
    if (keys.length === 0) return [];
    await this.#storage.turns.give();
    const distinct = new Map<string, StoredRow | undefined>();
    const rows = keys.map((key) => {
      const name = `${key.pk.length} ${key.pk}${key.sk}`;
      if (!distinct.has(name)) distinct.set(name, this.#storage.file.find(key));
      return distinct.get(name);
    });
    const units = [...distinct.values()].reduce((sum, row) => sum + toReadUnits(row?.size ?? 0), 0);
    this.#count('getMany', keys.length, units, 0);
    return rows.map((row) => row?.item);
  }

  async query(query: Query): Promise<QueryPage> {
    checkQuery(query);
    const range = keyRangeOf(query);
    if (range === undefined) return { items: [] };
    await this.#storage.turns.give();
    const { limit = Number.POSITIVE_INFINITY, consistent = true, backwards = false } = query;
    const items: Item[] = [];
    let size = 0;
    let isCut = false;
    for (const row of this.#storage.file.range(query.pk, range, backwards)) {
      isCut = items.length > 0 && size + row.size > MAX_PAGE_BYTES;
      if (isCut) break;
      items.push(row.item);
      size += row.size;
      isCut = items.length >= limit;
      if (isCut) break;
    }
    this.#count('query', items.length, toReadUnits(size, consistent), 0);
    const last = items.at(-1);
    return isCut && last !== undefined ? { items, next: last.sk } : { items };
  }

  async write(actions: readonly Action[], { token }: WriteOptions = {}): Promise<void> {
    checkTransaction(actions, token);
    const { commits, tokens } = this.#storage;
    await commits.add(() => {
      if (token !== undefined && tokens.has(token, actions)) {
        this.#count('write', actions.length, 2 * this.#unitsOfReading(actions), 0);
      } else {
        this.#count('write', actions.length, 0, 2 * this.#perform('write', actions));
      }
    });
    if (token !== undefined) tokens.add(token, actions);
  }

  async writeOne(action: SingleAction): Promise<void> {
    checkAction(action);
    await this.#storage.commits.add(() => {
      this.#count('writeOne', 1, 0, this.#perform('writeOne', [action]));
    });
  }

  async *scan(): AsyncIterable<Item> {
    let last: Item | undefined;
    do {
      const rows = this.#storage.file.scanStep(last);
      const size = rows.reduce((sum, row) => sum + row.size, 0);
      this.#count('scan', rows.length, toReadUnits(size), 0);
      for (const row of rows) yield row.item;
      last = rows.at(-1)?.item;
    } while (last !== undefined);
  }

  /** Within a transaction, which throwing undoes. @returns the write units by the formula for writes that are no transaction. */
  #perform(operation: 'write' | 'writeOne', actions: readonly Action[]): number {
    const steps = actions.map((action): Step => ({ action, before: this.#storage.file.find(keyOf(action)) }));
    const [first, ...others] = refusalsOf(steps);
    if (first !== undefined) {
      const units = steps.reduce((sum, { before }) => sum + toWriteUnits(before?.size ?? 0, 0), 0);
      this.#count(operation, actions.length, 0, operation === 'write' ? 2 * units : units);
      throw new WriteRefusedError([first, ...others]);
    }
    return steps.reduce((units, { action, before }) => {
      const sizeAfter = action.kind === 'check' ? 0 : this.#apply(action, before);
      return units + toWriteUnits(before?.size ?? 0, sizeAfter);
    }, 0);
  }

  /** @returns the size of the item that the action leaves. */
  #apply(action: SingleAction, before: StoredRow | undefined): number {
    const after = itemAfter(action, before?.item);
    this.#record(keyOf(action), before, after);
    if (after === undefined) {
      if (before !== undefined) this.#storage.file.remove(keyOf(action));
      return 0;
    }
    const size = sizeOfItem(after);
    checkItemSize(size);
    this.#storage.file.put(after, size);
    return size;
  }

  /** As DynamoDB's stream does: a write that changes nothing is no change. */
  #record(key: Key, before: StoredRow | undefined, after: Item | undefined): void {
    const { file, now, isStreamed } = this.#storage;
    if (isStreamed?.(key) !== true || isDeepStrictEqual(before?.item, after)) return;
    file.addChange(now(), before, after);
  }

  #unitsOfReading(actions: readonly Action[]): number {
    return actions.reduce((sum, action) => sum + toReadUnits(this.#storage.file.find(keyOf(action))?.size ?? 0), 0);
  }

  #count(operation: TableCall['operation'], size: number, readUnits: number, writeUnits: number): void {
    this.#meter?.count({ operation, readUnits, writeUnits, size });
  }
}

function openStorage(path: string, { now = Date.now, stream: isStreamed }: SqliteItemTableOptions): Storage {
  const file = new SqliteFile(path);
  if (isStreamed !== undefined) file.keepChanges();
  const commits = new SqliteCommits(file);
  return { file, tokens: new WriteTokens(now), turns: new Turns(), commits, now, isStreamed };
}

function refusalsOf(steps: readonly Step[]): readonly Refusal[] {
  return steps.flatMap(({ action, before }, index) =>
    holdsAll(action.conditions, before) ? [] : [{ index, item: before?.item }],
  );
}
