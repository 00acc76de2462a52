import { describe, expect, it } from 'vitest';
import type { Item, ItemTable, SingleAction, TableCall, WriteOptions } from '../../../../directory/store/item-table.ts';
import { createRetryingTable } from '../../../../directory/store/retrying-table.ts';
import { SqliteItemTable } from '../../../../directory/store/sqlite-item-table.ts';
import {
  InvalidRequestError,
  TableBusyError,
  TableUnavailableError,
  TransactionConflictError,
  UnknownOutcomeError,
  WriteRefusedError,
} from '../../../../directory/store/table-errors.ts';

const key = { pk: 'p', sk: 's' };
const put: SingleAction = {
  kind: 'put',
  item: { ...key, version: 1, writeId: 'mine' },
  conditions: [{ kind: 'notExists' }],
};
const add: SingleAction = { kind: 'update', key, add: { version: 1 } };

type Outcome = Error | 'done' | { readonly doneBut: Error };

/** A SQLite table whose calls end as scripted, then as they do; with a clock that only sleeping moves. */
function scripted(outcomes: readonly Outcome[], random: () => number = () => 0.5) {
  const sqlite = new SqliteItemTable(':memory:');
  const script = [...outcomes];
  const tokens: (string | undefined)[] = [];
  const delays: number[] = [];
  let now = 1_000_000;
  let ids = 0;
  const follow = async <T>(call: () => Promise<T>): Promise<T> => {
    const outcome = script.shift() ?? 'done';
    if (outcome instanceof Error) throw outcome;
    const result = await call();
    if (outcome !== 'done') throw outcome.doneBut;
    return result;
  };
  const unreliable: ItemTable = {
    get: (each) => follow(() => sqlite.get(each)),
    getMany: (keys) => follow(() => sqlite.getMany(keys)),
    query: (query) => follow(() => sqlite.query(query)),
    write(actions, options: WriteOptions = {}) {
      tokens.push(options.token);
      return follow(() => sqlite.write(actions, options));
    },
    writeOne: (action) => follow(() => sqlite.writeOne(action)),
    withMeter: (meter) => ({
      ...unreliable,
      get(each) {
        meter.count({ operation: 'get', size: 1, readUnits: 1, writeUnits: 0 });
        return unreliable.get(each);
      },
    }),
  };
  const table = createRetryingTable(unreliable, {
    now: () => now,
    async sleep(milliseconds) {
      delays.push(milliseconds);
      now += milliseconds;
    },
    random,
    newId() {
      ids += 1;
      return `id-${ids}`;
    },
    deadline: now + 20_000,
  });
  return { table, sqlite, tokens, delays };
}

const conflict = new TransactionConflictError('conflict');
const unavailable = new TableUnavailableError('throttled');
const unknown = new UnknownOutcomeError('time-out');
const always = (error: Error) => Array.from({ length: 1_000 }, () => error);

describe('createRetryingTable', () => {
  it.each([conflict, unavailable, unknown])('repeats a read and a write after $name', async (error) => {
    const { table, sqlite } = scripted([error, error, 'done', error]);
    await table.write([put]);
    expect(await table.get(key)).toStrictEqual(await sqlite.get(key));
  });

  it('repeats every kind of read', async () => {
    const { table } = scripted([unavailable, 'done', unavailable, 'done']);
    expect(await table.getMany([key])).toStrictEqual([undefined]);
    expect(await table.query({ pk: 'p' })).toStrictEqual({ items: [] });
  });

  it('waits with full jitter: a share of 25 ms, doubled each time up to 2 s', async () => {
    const { table, delays } = scripted(Array.from({ length: 9 }, () => conflict));
    await table.write([put]);
    expect(delays).toStrictEqual([12.5, 25, 50, 100, 200, 400, 800, 1000, 1000]);
  });

  it('gives up at the deadline, not before', async () => {
    const { table, delays } = scripted(always(conflict), () => 0.999);
    const error = await table.write([put]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TableBusyError);
    expect(error).toMatchObject({ cause: conflict });
    expect(delays.reduce((sum, delay) => sum + delay)).toBeCloseTo(20_000);
  });

  it('begins no call beyond the deadline', async () => {
    const { table } = scripted(always(conflict));
    await expect(table.write([put])).rejects.toBeInstanceOf(TableBusyError);
    await expect(table.get(key)).rejects.toThrow('deadline of the request has passed');
  });

  it('tells by the cause that the outcome is not known', async () => {
    const { table } = scripted([unknown, ...always(unavailable)]);
    await expect(table.write([put])).rejects.toMatchObject({ name: 'TableBusyError', cause: unknown });
  });

  it('makes a token for a write without one, and repeats the write under the same', async () => {
    const { table, tokens } = scripted([conflict, unknown, 'done', conflict]);
    await table.write([put]);
    await table.write([add]);
    await table.write([add], { token: 'given' });
    expect(tokens).toStrictEqual(['id-1', 'id-1', 'id-1', 'id-2', 'id-2', 'given']);
  });

  it('writes once where the answer to a transaction was lost', async () => {
    const { table, sqlite } = scripted([{ doneBut: unknown }]);
    await table.write([add]);
    expect(await sqlite.get(key)).toStrictEqual({ ...key, version: 1 });
  });

  it('throws a refusal at once, with the token unused', async () => {
    const { table, sqlite, delays } = scripted([]);
    await sqlite.writeOne({ kind: 'put', item: key });
    await expect(table.write([put])).rejects.toThrow(WriteRefusedError);
    await expect(table.writeOne(put)).rejects.toThrow(WriteRefusedError);
    expect(delays).toStrictEqual([]);
  });

  it('throws a breach of the limits at once', async () => {
    const { table, delays } = scripted([]);
    await expect(table.write([])).rejects.toThrow(InvalidRequestError);
    expect(delays).toStrictEqual([]);
  });

  it('counts the repeats too', async () => {
    const { table } = scripted([unavailable, unavailable]);
    const calls: TableCall[] = [];
    await table.withMeter({ count: (call) => calls.push(call) }).get(key);
    expect(calls).toHaveLength(3);
  });
});

describe('a single write through createRetryingTable', () => {
  it('has succeeded when it is refused for what it wrote itself', async () => {
    const { table } = scripted([{ doneBut: unknown }, conflict]);
    await expect(table.writeOne(put, { writeId: 'mine' })).resolves.toBeUndefined();
  });

  it('is refused for what another wrote, after an unknown outcome too', async () => {
    const { table, sqlite } = scripted([unknown]);
    await sqlite.writeOne({ kind: 'put', item: { ...key, writeId: 'theirs' } });
    await expect(table.writeOne(put, { writeId: 'mine' })).rejects.toThrow(WriteRefusedError);
  });

  it('is refused for its own writeId where no outcome was unknown', async () => {
    const { table, sqlite } = scripted([conflict]);
    await sqlite.writeOne({ kind: 'put', item: { ...key, writeId: 'mine' } });
    await expect(table.writeOne(put, { writeId: 'mine' })).rejects.toThrow(WriteRefusedError);
  });

  it('that adds is not repeated after an unknown outcome, for it could count twice', async () => {
    const { table, sqlite } = scripted([conflict, { doneBut: unknown }]);
    await expect(table.writeOne(add)).rejects.toBe(unknown);
    expect(await sqlite.get(key)).toStrictEqual({ ...key, version: 1 });
  });

  it('that adds to the version that it expects is repeated, and counts once', async () => {
    const { table, sqlite } = scripted([{ doneBut: unknown }]);
    const before: Item = { ...key, version: 1 };
    await sqlite.writeOne({ kind: 'put', item: before });
    const guarded: SingleAction = { ...add, set: { writeId: 'mine' }, conditions: [{ kind: 'versionIs', version: 1 }] };
    await table.writeOne(guarded, { writeId: 'mine' });
    expect(await sqlite.get(key)).toStrictEqual({ ...key, version: 2, writeId: 'mine' });
  });
});
