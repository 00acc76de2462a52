import { describe, expect, it } from 'vitest';
import type { Action, Item, ItemTable } from '../../../directory/store/item-table.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { WriteRefusedError } from '../../../directory/store/table-errors.ts';
import { type AdversarialMode, createAdversarialTable } from '../../helpers/adversarial-table.ts';

const a = { pk: 'p', sk: 'a' };
const b = { pk: 'p', sk: 'b' };
const bump = (key: typeof a): Action => ({ kind: 'update', key, add: { n: 1 } });
const check = (key: typeof a): Action => ({ kind: 'check', key, conditions: [{ kind: 'notExists' }] });

function open(mode: AdversarialMode) {
  const sqlite = new SqliteItemTable(':memory:');
  return { sqlite, table: createAdversarialTable(sqlite, mode) };
}

async function namesOf(calls: readonly Promise<unknown>[]): Promise<readonly string[]> {
  const outcomes = await Promise.allSettled(calls);
  return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'done' : String(outcome.reason.name)));
}

describe.each(['overlap', 'torn'] as const)('an adversarial table in mode %s', (kind) => {
  it('lets one of several transactions on an item through, and conflicts the others', async () => {
    const { sqlite, table } = open({ kind });
    const outcomes = await namesOf(Array.from({ length: 8 }, () => table.write([bump(a)])));
    const done = outcomes.filter((name) => name === 'done').length;
    expect(done).toBeLessThan(8);
    expect(done).toBeGreaterThan(0);
    expect(outcomes.filter((name) => name === 'TransactionConflictError')).toHaveLength(8 - done);
    expect(await sqlite.get(a)).toStrictEqual({ ...a, n: done });
  });

  it('holds the keys of checks too, against single writes and other tables over the same database', async () => {
    const { sqlite, table } = open({ kind });
    const second = createAdversarialTable(sqlite, { kind });
    const outcomes = await namesOf([
      table.write([bump(a), check(b)]),
      ...Array.from({ length: 5 }, () => second.writeOne({ kind: 'put', item: b })),
    ]);
    expect(outcomes).toContain('TransactionConflictError');
  });

  it('lets transactions on different items through side by side, and frees its keys after a refusal', async () => {
    const { table } = open({ kind });
    expect(await namesOf([table.write([bump(a)]), table.write([bump(b)])])).toStrictEqual(['done', 'done']);
    await expect(table.write([check(a)])).rejects.toThrow(WriteRefusedError);
    await expect(table.write([])).rejects.toThrow('at least one action');
    await table.write([bump(a), bump(b)]);
    expect(await table.getMany([a, b])).toStrictEqual([
      { ...a, n: 2 },
      { ...b, n: 2 },
    ]);
  });

  it('answers as the table below it does', async () => {
    const { table } = open({ kind });
    await table.write([{ kind: 'put', item: { ...a, version: 1 } }]);
    const refused = table.write([bump(b), { kind: 'delete', key: a, conditions: [{ kind: 'versionIs', version: 2 }] }]);
    await expect(refused).rejects.toMatchObject({ refusals: [{ index: 1, item: { ...a, version: 1 } }] });
    await table.write([bump(b)], { token: 't' });
    await table.write([bump(b)], { token: 't' });
    await expect(table.write([bump(a)], { token: 't' })).rejects.toThrow('IdempotentParameterMismatch');
    await expect(table.write([bump(a), { kind: 'update', key: b, add: { pk: 1 } }])).rejects.toThrow('key');
    const items: Item[] = [];
    for await (const item of table.scan()) items.push(item);
    expect(items).toStrictEqual([
      { ...a, version: 1 },
      { ...b, n: 1 },
    ]);
    expect(await table.query({ pk: 'p' })).toStrictEqual({ items });
  });
});

async function halvesSeen(table: ItemTable): Promise<boolean> {
  let isOver = false;
  const writes = (async () => {
    for (let i = 0; i < 20; i += 1) await table.write([bump(a), bump(b)]);
    isOver = true;
  })();
  let isHalfSeen = false;
  while (!isOver) {
    const [left, right] = await table.getMany([a, b]);
    isHalfSeen ||= left?.['n'] !== right?.['n'];
  }
  await writes;
  return isHalfSeen;
}

describe('readers during a commit', () => {
  it('see the half of it in mode torn, and only there', async () => {
    expect(await halvesSeen(open({ kind: 'torn' }).table)).toBe(true);
    expect(await halvesSeen(open({ kind: 'overlap' }).table)).toBe(false);
  });

  it('do not see half of a transaction that breaks a limit only when applied', async () => {
    const { sqlite, table } = open({ kind: 'torn' });
    await sqlite.writeOne({ kind: 'put', item: { ...b, n: 'text' } });
    await expect(table.write([bump(a), bump(b)])).rejects.toThrow('not an integer');
    expect(await sqlite.get(a)).toBeUndefined();
  });
});

describe('an adversarial table in mode fault', () => {
  const cases = [
    ['conflict', 'TransactionConflictError', false, 'done'],
    ['unavailable', 'TableUnavailableError', false, 'TableUnavailableError'],
    ['timeoutBefore', 'UnknownOutcomeError', false, 'TableUnavailableError'],
    ['timeoutAfter', 'UnknownOutcomeError', true, 'TableUnavailableError'],
    ['death', 'ProcessDeathError', false, 'ProcessDeathError'],
  ] as const;

  it.each(cases)('meets %s at its n-th call', async (fault, ofWrite, takesEffect, ofRead) => {
    for (const write of ['write', 'writeOne'] as const) {
      const { sqlite, table } = open({ kind: 'fault', at: 2, fault });
      const perform = () =>
        write === 'write' ? table.write([bump(a)]) : table.writeOne({ kind: 'update', key: a, add: { n: 1 } });
      expect(await namesOf([table.get(a)])).toStrictEqual(['done']);
      expect(await namesOf([perform()])).toStrictEqual([ofWrite]);
      expect(await sqlite.get(a)).toStrictEqual(takesEffect ? { ...a, n: 1 } : undefined);
      expect(table.calls).toBe(2);
      expect(await namesOf([perform()])).toStrictEqual([fault === 'death' ? 'ProcessDeathError' : 'done']);
    }
    const { table } = open({ kind: 'fault', at: 1, fault });
    expect(await namesOf([table.get(a)])).toStrictEqual([ofRead]);
  });

  it('ends all calls of a dead process, those under way too, and no other’s', async () => {
    const { sqlite, table } = open({ kind: 'fault', at: 2, fault: 'death' });
    const other = createAdversarialTable(sqlite, { kind: 'overlap' });
    const calls: string[] = [];
    const metered = table.withMeter({ count: ({ operation }) => calls.push(operation) });
    expect(await namesOf([metered.write([bump(a)]), metered.get(a), metered.query(a)])).toStrictEqual(
      Array.from({ length: 3 }, () => 'ProcessDeathError'),
    );
    expect(table.isDead).toBe(true);
    await expect(table.scan()[Symbol.asyncIterator]().next()).rejects.toThrow('dead');
    expect(await other.get(a)).toStrictEqual({ ...a, n: 1 });
    expect(calls).toStrictEqual(['write']);
  });
});

describe('an adversarial table in mode chaos', () => {
  it('fails a share of the calls, the same for the same seed', async () => {
    const outcomes = async (seed: number) => {
      const { table } = open({ kind: 'chaos', seed, rate: 0.3 });
      const names: string[] = [];
      for (let i = 0; i < 60; i += 1) names.push(...(await namesOf([table.write([bump(a)])])));
      return names;
    };
    const first = await outcomes(7);
    expect(new Set(first)).toStrictEqual(
      new Set(['done', 'TransactionConflictError', 'TableUnavailableError', 'UnknownOutcomeError']),
    );
    expect(await outcomes(7)).toStrictEqual(first);
    expect(await outcomes(8)).not.toStrictEqual(first);
  });
});
