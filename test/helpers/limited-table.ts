import { setImmediate as nextTurn } from 'node:timers/promises';
import { keyOf } from '../../directory/store/actions.ts';
import type {
  Action,
  Item,
  ItemTable,
  Key,
  Meter,
  Query,
  QueryPage,
  SingleAction,
  TableCall,
  WriteOptions,
} from '../../directory/store/item-table.ts';
import { TableUnavailableError, TransactionConflictError } from '../../directory/store/table-errors.ts';

/** What DynamoDB's documentation says that one partition takes in a second. */
const WRITE_UNITS_A_SECOND = 1_000;
const READ_UNITS_A_SECOND = 3_000;

/** How long calls take, in milliseconds. */
const LATENCY = { read: 8, single: 8, transaction: 25 };

/** A clock that goes on only when everybody waits, so that minutes of waiting take no time. */
export class VirtualClock {
  #now = Date.parse('2026-01-01T00:00:00Z');
  readonly #sleepers: { readonly until: number; readonly wake: () => void }[] = [];

  readonly now = (): number => this.#now;

  readonly sleep = async (milliseconds: number): Promise<void> => {
    await new Promise<void>((wake) => {
      this.#sleepers.push({ until: this.#now + milliseconds, wake });
    });
  };

  /** Lets time pass until that has come to its end. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    work.then(over, over);
    for (;;) {
      // Whoever was woken goes on until it waits again.
      for (let turn = 0; turn < 3; turn++) await nextTurn();
      if (isOver) return await work;
      this.#sleepers.sort((left, right) => left.until - right.until);
      const next = this.#sleepers.shift();
      if (next === undefined) throw new Error('everybody waits, but for no time');
      this.#now = Math.max(this.#now, next.until);
      next.wake();
    }
  }
}

/** What the table has been asked for, by partition key. */
class Partition {
  #spent = { write: 0, read: 0 };
  #at = 0;

  /** Takes the units if the partition has not given more than it can; it gives ahead at most what one second has. */
  take(kind: 'write' | 'read', units: number, now: number): boolean {
    const perSecond = kind === 'write' ? WRITE_UNITS_A_SECOND : READ_UNITS_A_SECOND;
    const passed = (now - this.#at) / 1_000;
    this.#at = now;
    this.#spent = {
      write: Math.max(0, this.#spent.write - passed * WRITE_UNITS_A_SECOND),
      read: Math.max(0, this.#spent.read - passed * READ_UNITS_A_SECOND),
    };
    if (this.#spent[kind] + units > perSecond) return false;
    this.#spent[kind] += units;
    return true;
  }
}

/**
 * A table over another that has DynamoDB's limits and latencies, in virtual time: each partition key is a partition of
 * 1,000 write and 3,000 read units a second, beyond which calls are throttled; a transaction holds its keys for as long as
 * it takes. The worst placement that a table can have is when all keys of `together` share one partition.
 */
export class LimitedTable implements ItemTable {
  readonly #table: ItemTable;
  readonly #clock: VirtualClock;
  readonly #place: (pk: string) => string;
  readonly #partitions = new Map<string, Partition>();
  readonly #held = new Set<string>();
  /** Calls that were throttled, and that met a conflict. */
  throttled = 0;
  conflicts = 0;

  constructor(table: ItemTable, clock: VirtualClock, together: RegExp = /^$/) {
    this.#table = table;
    this.#clock = clock;
    this.#place = (pk) => (together.test(pk) ? 'together' : pk);
  }

  withMeter(_meter: Meter): LimitedTable {
    return this;
  }

  async get(key: Key): Promise<Item | undefined> {
    return await this.#read([key.pk], (table) => table.get(key));
  }

  async getMany(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    return await this.#read([...new Set(keys.map(({ pk }) => pk))], (table) => table.getMany(keys));
  }

  async query(query: Query): Promise<QueryPage> {
    return await this.#read([query.pk], (table) => table.query(query));
  }

  async write(actions: readonly Action[], options?: WriteOptions): Promise<void> {
    const names = actions.map((action) => nameOf(keyOf(action)));
    if (names.some((name) => this.#held.has(name))) {
      this.conflicts += 1;
      throw new TransactionConflictError('another transaction holds a key of this write');
    }
    for (const name of names) this.#held.add(name);
    try {
      this.#takeWrites(actions, 2);
      await this.#clock.sleep(LATENCY.transaction);
      await this.#table.write(actions, options);
    } finally {
      for (const name of names) this.#held.delete(name);
    }
  }

  async writeOne(action: SingleAction): Promise<void> {
    if (this.#held.has(nameOf(keyOf(action)))) {
      this.conflicts += 1;
      throw new TransactionConflictError('a transaction holds the key of this write');
    }
    this.#takeWrites([action], 1);
    await this.#clock.sleep(LATENCY.single);
    await this.#table.writeOne(action);
  }

  /** Items of up to 1 KB, as memberships and users are; chunks of a journal, at three times that, are few. */
  #takeWrites(actions: readonly Action[], unitsEach: number): void {
    const units = new Map<string, number>();
    for (const action of actions) {
      const place = this.#place(keyOf(action).pk);
      units.set(place, (units.get(place) ?? 0) + unitsEach);
    }
    for (const [place, needed] of units) this.#take('write', place, needed);
  }

  async #read<T>(partitions: readonly string[], call: (table: ItemTable) => Promise<T>): Promise<T> {
    const calls: TableCall[] = [];
    await this.#clock.sleep(LATENCY.read);
    const result = await call(this.#table.withMeter({ count: (made) => calls.push(made) }));
    const units = calls.reduce((sum, { readUnits }) => sum + readUnits, 0);
    for (const pk of partitions) {
      // A batch comes in parts, each tried again for itself, so that its units may be more than a second has.
      for (let left = units / partitions.length; left > 0; left -= 100) {
        while (!this.#partitionOf(this.#place(pk)).take('read', Math.min(left, 100), this.#clock.now())) {
          this.throttled += 1;
          await this.#clock.sleep(50);
        }
      }
    }
    return result;
  }

  #take(kind: 'write' | 'read', place: string, units: number): void {
    if (this.#partitionOf(place).take(kind, units, this.#clock.now())) return;
    this.throttled += 1;
    throw new TableUnavailableError('the partition is throttled');
  }

  #partitionOf(place: string): Partition {
    const known = this.#partitions.get(place) ?? new Partition();
    this.#partitions.set(place, known);
    return known;
  }
}

function nameOf({ pk, sk }: Key): string {
  return `${pk.length} ${pk}${sk}`;
}
