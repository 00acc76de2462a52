import { setImmediate as nextTurn } from 'node:timers/promises';
import { itemAfter, keyOf } from '../../directory/store/actions.ts';
import { sizeOfItem, toWriteUnits } from '../../directory/store/capacity.ts';
import { holdsAll } from '../../directory/store/conditions.ts';
import type {
  Action,
  Item,
  Key,
  Meter,
  Query,
  QueryPage,
  ScannableTable,
  SingleAction,
  WriteOptions,
} from '../../directory/store/item-table.ts';
import { checkItemSize, checkTransaction } from '../../directory/store/limits.ts';
import type { SqliteItemTable } from '../../directory/store/sqlite-item-table.ts';
import { TransactionConflictError, WriteRefusedError } from '../../directory/store/table-errors.ts';
import { WriteTokens } from '../../directory/store/write-tokens.ts';
import { createSeededRandom } from './seeded-random.ts';
import { CallingProcess, type Fault, faultAt, noFaults, randomFaults } from './table-faults.ts';

/** Turns of the event loop that a call takes at most on its way there, while it holds its keys, and back. */
const MAX_TURNS = 3;

/**
 * How the table behaves.
 *
 * - **overlap**: a transaction holds its keys, those of checks included, over some turns of the event loop; a write that
 *   touches one of them meanwhile is a conflict.
 * - **torn**: as overlap; once all conditions have been found to hold, the actions take effect one by one, in any order,
 *   with turns between, in which readers may see the half of it.
 * - **fault**: one call, the n-th of this table object (from 1, reads included), meets the fault. A read meets no
 *   conflict, and a time-out is for it the same as unavailable. After `death` all of its calls fail, while other table
 *   objects over the same {@link SqliteItemTable} go on.
 * - **chaos**: as overlap, and a share of all calls meets a random fault other than death.
 */
export type AdversarialMode =
  | { readonly kind: 'overlap'; readonly seed?: number }
  | { readonly kind: 'torn'; readonly seed?: number }
  | { readonly kind: 'fault'; readonly at: number; readonly fault: Fault }
  | { readonly kind: 'chaos'; readonly seed: number; readonly rate: number };

/** What all adversarial tables over one database share: which keys are held by transactions under way. */
interface Database {
  readonly heldKeys: Set<string>;
  readonly tokens: WriteTokens;
}

const databases = new WeakMap<SqliteItemTable, Database>();

/** A table over the given one that shows what a serial one never does; each is a calling process of its own. */
export function createAdversarialTable(table: SqliteItemTable, mode: AdversarialMode): AdversarialTable {
  const database = databases.get(table) ?? { heldKeys: new Set(), tokens: new WriteTokens(Date.now) };
  databases.set(table, database);
  const random = createSeededRandom('seed' in mode ? (mode.seed ?? 1) : 1);
  return new AdversarialTable({ table, mode, database, random, process: new CallingProcess(planOf(mode)) });
}

function planOf(mode: AdversarialMode) {
  switch (mode.kind) {
    case 'overlap':
    case 'torn':
      return noFaults;
    case 'fault':
      return faultAt(mode.at, mode.fault);
    case 'chaos':
      return randomFaults(mode.seed, mode.rate);
  }
}

interface Setting {
  readonly table: SqliteItemTable;
  readonly mode: AdversarialMode;
  readonly database: Database;
  readonly random: () => number;
  readonly process: CallingProcess;
}

export class AdversarialTable implements ScannableTable {
  readonly #setting: Setting;
  /** Counts calls, where a meter is given. */
  readonly #table: SqliteItemTable;
  readonly #meter: Meter | undefined;

  constructor(setting: Setting, meter?: Meter) {
    this.#setting = setting;
    this.#table = meter === undefined ? setting.table : setting.table.withMeter(meter);
    this.#meter = meter;
  }

  /** How many calls have been made so far: the last `at` that can matter. */
  get calls(): number {
    return this.#setting.process.calls;
  }

  get isDead(): boolean {
    return this.#setting.process.isDead;
  }

  withMeter(meter: Meter): AdversarialTable {
    return new AdversarialTable(this.#setting, meter);
  }

  get(key: Key): Promise<Item | undefined> {
    return this.#read(() => this.#table.get(key));
  }

  getMany(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    return this.#read(() => this.#table.getMany(keys));
  }

  query(query: Query): Promise<QueryPage> {
    return this.#read(() => this.#table.query(query));
  }

  async *scan(): AsyncIterable<Item> {
    for await (const item of this.#table.scan()) yield await this.#setting.process.read(async () => item);
  }

  write(actions: readonly Action[], options: WriteOptions = {}): Promise<void> {
    return this.#write(() =>
      this.#holding(actions.map(keyOf), async () => {
        if (this.#setting.mode.kind === 'torn') await this.#commitTorn(actions, options);
        else await this.#table.write(actions, options);
      }),
    );
  }

  writeOne(action: SingleAction): Promise<void> {
    return this.#write(async () => {
      this.#mustBeFree([keyOf(action)]);
      await this.#table.writeOne(action);
    });
  }

  #read<T>(perform: () => Promise<T>): Promise<T> {
    return this.#setting.process.read(() => this.#travelling(perform));
  }

  #write(perform: () => Promise<void>): Promise<void> {
    return this.#setting.process.write(() => this.#travelling(perform));
  }

  async #travelling<T>(perform: () => Promise<T>): Promise<T> {
    await this.#pause();
    try {
      return await perform();
    } finally {
      await this.#pause();
    }
  }

  async #holding(keys: readonly Key[], perform: () => Promise<void>): Promise<void> {
    if (this.#setting.mode.kind === 'fault') return await perform();
    const { heldKeys } = this.#setting.database;
    this.#mustBeFree(keys);
    const names = keys.map(nameOf);
    for (const name of names) heldKeys.add(name);
    try {
      await this.#pause();
      await perform();
      await this.#pause();
    } finally {
      for (const name of names) heldKeys.delete(name);
    }
  }

  #mustBeFree(keys: readonly Key[]): void {
    const { heldKeys } = this.#setting.database;
    if (keys.some((key) => heldKeys.has(nameOf(key)))) {
      throw new TransactionConflictError('another transaction holds a key of this write');
    }
  }

  /** Nobody else writes to these keys meanwhile: they are held. */
  async #commitTorn(actions: readonly Action[], { token }: WriteOptions): Promise<void> {
    const { table, database, random } = this.#setting;
    checkTransaction(actions, token);
    if (token !== undefined && database.tokens.has(token, actions)) return;
    const before = await table.getMany(actions.map(keyOf));
    const [first, ...others] = actions.flatMap(({ conditions }, index) => {
      const item = before[index];
      return holdsAll(conditions, item && { item }) ? [] : [{ index, item }];
    });
    if (first !== undefined) throw new WriteRefusedError([first, ...others]);
    const after = actions.map((action, index) =>
      action.kind === 'check' ? undefined : itemAfter(action, before[index]),
    );
    for (const item of after) checkItemSize(sizeOf(item));
    for (const index of shuffled(actions.keys(), random)) {
      const [action, item] = [actions[index], after[index]];
      if (action === undefined || action.kind === 'check') continue;
      await table.writeOne(item === undefined ? { kind: 'delete', key: keyOf(action) } : { kind: 'put', item });
      await this.#pause();
    }
    if (token !== undefined) database.tokens.add(token, actions);
    const units = before.map((item, index) => 2 * toWriteUnits(sizeOf(item), sizeOf(after[index])));
    const writeUnits = units.reduce((sum, each) => sum + each, 0);
    this.#meter?.count({ operation: 'write', size: actions.length, readUnits: 0, writeUnits });
  }

  async #pause(): Promise<void> {
    const turns = 1 + Math.floor(this.#setting.random() * MAX_TURNS);
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
  }
}

function sizeOf(item: Item | undefined): number {
  return item === undefined ? 0 : sizeOfItem(item);
}

function shuffled<T>(values: Iterable<T>, random: () => number): readonly T[] {
  return Array.from(values)
    .map((value) => ({ value, rank: random() }))
    .sort((left, right) => left.rank - right.rank)
    .map(({ value }) => value);
}

function nameOf({ pk, sk }: Key): string {
  return `${pk.length} ${pk}${sk}`;
}
