import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type {
  Action,
  Condition,
  Item,
  Key,
  ScannableTable,
  SingleAction,
} from '../../../directory/store/item-table.ts';
import { InvalidRequestError, WriteRefusedError } from '../../../directory/store/table-errors.ts';
import { allIn, createTestTable } from '../../helpers/tables.ts';

let table: ScannableTable;
beforeEach(async () => {
  table = await createTestTable();
});

const key: Key = { pk: 'T#acme#User', sk: '1' };
const other: Key = { pk: 'T#acme#User', sk: '2' };

function put(item: Item, ...conditions: readonly Condition[]): SingleAction {
  return { kind: 'put', item, conditions };
}

async function refusalOf(call: Promise<void>): Promise<WriteRefusedError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof WriteRefusedError) return error;
  throw new Error('the write was not refused', { cause: error });
}

describe('write', () => {
  it('does all of its actions', async () => {
    await table.write([put({ ...key, n: 1 }), put({ ...other, n: 1, gone: 'x' })]);
    const third = { pk: 'T#acme#Group', sk: '3' };
    await table.write([
      { kind: 'delete', key },
      { kind: 'update', key: other, set: { name: 'Jo' }, add: { n: 2, m: -1 }, remove: ['gone', 'never'] },
      { kind: 'put', item: third },
      { kind: 'check', key: { pk: 'x', sk: 'y' }, conditions: [{ kind: 'notExists' }] },
    ]);
    expect(await table.getMany([key, other, third])).toStrictEqual([
      undefined,
      { ...other, name: 'Jo', n: 3, m: -1 },
      third,
    ]);
  });

  it('writes nothing when one condition does not hold, and names every refused action with its old item', async () => {
    await table.writeOne(put({ ...key, version: 3 }));
    const error = await refusalOf(
      table.write([
        put({ ...other }, { kind: 'notExists' }),
        { kind: 'delete', key, conditions: [{ kind: 'versionIs', version: 2 }] },
        { kind: 'check', key: { pk: 'x', sk: 'y' }, conditions: [{ kind: 'exists' }] },
      ]),
    );
    expect(error.refusals).toStrictEqual([
      { index: 1, item: { ...key, version: 3 } },
      { index: 2, item: undefined },
    ]);
    expect(error.refusalOf(2)).toStrictEqual({ index: 2, item: undefined });
    expect(error.refusalOf(0)).toBeUndefined();
    expect(await allIn(table)).toStrictEqual([{ ...key, version: 3 }]);
  });

  it('deletes what is not there, and guards with checks alone', async () => {
    await table.write([{ kind: 'delete', key }]);
    await table.write([{ kind: 'check', key, conditions: [{ kind: 'notExists' }] }]);
    expect(await allIn(table)).toStrictEqual([]);
  });

  it('takes one hundred actions', async () => {
    const items = Array.from({ length: 100 }, (_, i) => ({ pk: 'p', sk: String(1000 + i) }));
    await table.write(items.map((item): Action => ({ kind: 'put', item })));
    expect(await allIn(table)).toStrictEqual(items);
  });

  describe('with a token', () => {
    /** New for each test: tokens hold for all tables of a DynamoDB. */
    let token: string;
    beforeEach(() => {
      token = randomUUID();
    });
    const add: Action = { kind: 'update', key, add: { n: 1 } };

    it('does a repeat of the same actions once', async () => {
      await table.write([add], { token });
      await table.write([add], { token });
      await table.write([add], { token: randomUUID() });
      expect(await table.get(key)).toStrictEqual({ ...key, n: 2 });
    });

    it('succeeds in a repeat whose conditions no longer hold', async () => {
      const actions = [put({ ...key }, { kind: 'notExists' })];
      await table.write(actions, { token });
      await expect(table.write(actions, { token })).resolves.toBeUndefined();
    });

    it('refuses other actions under it', async () => {
      await table.write([add], { token });
      await expect(table.write([add, put({ ...other })], { token })).rejects.toThrow(InvalidRequestError);
      expect(await table.get(other)).toBeUndefined();
    });

    it('tries again what was refused under it', async () => {
      const actions: Action[] = [{ ...add, conditions: [{ kind: 'exists' }] }];
      await expect(table.write(actions, { token })).rejects.toThrow(WriteRefusedError);
      await table.writeOne(put({ ...key, n: 1 }));
      await table.write(actions, { token });
      expect(await table.get(key)).toStrictEqual({ ...key, n: 2 });
    });
  });
});

describe('writeOne', () => {
  it('replaces, changes and deletes one item', async () => {
    await table.writeOne(put({ ...key, a: 1, b: 2 }));
    await table.writeOne(put({ ...key, a: 3 }));
    expect(await table.get(key)).toStrictEqual({ ...key, a: 3 });
    await table.writeOne({ kind: 'update', key, set: { c: [1] }, remove: ['a'] });
    expect(await table.get(key)).toStrictEqual({ ...key, c: [1] });
    await table.writeOne({ kind: 'delete', key });
    expect(await table.get(key)).toBeUndefined();
  });

  it('makes the item by an update of what is not there', async () => {
    await table.writeOne({ kind: 'update', key, add: { n: 5 } });
    await table.writeOne({ kind: 'update', key: other, remove: ['x'] });
    expect(await table.getMany([key, other])).toStrictEqual([{ ...key, n: 5 }, other]);
  });

  it('hands back the old item with the refusal', async () => {
    await table.writeOne(put({ ...key, n: 1 }));
    const error = await refusalOf(table.writeOne(put({ ...key, n: 2 }, { kind: 'notExists' })));
    expect(error.refusals).toStrictEqual([{ index: 0, item: { ...key, n: 1 } }]);
  });
});

describe('conditions', () => {
  const item = { ...key, version: 4, n: 10, text: '10', flag: true, nothing: null };

  const cases: readonly (readonly [Condition, boolean, boolean])[] = [
    // condition, whether it holds of the item, whether it holds where there is none
    [{ kind: 'exists' }, true, false],
    [{ kind: 'notExists' }, false, true],
    [{ kind: 'versionIs', version: 4 }, true, false],
    [{ kind: 'versionIs', version: 5 }, false, false],
    [{ kind: 'absent', attribute: 'missing' }, true, true],
    [{ kind: 'absent', attribute: 'constructor' }, true, true],
    [{ kind: 'absent', attribute: 'n' }, false, true],
    [{ kind: 'absent', attribute: 'nothing' }, false, true],
    [{ kind: 'equals', attribute: 'n', value: 10 }, true, false],
    [{ kind: 'equals', attribute: 'n', value: '10' }, false, false],
    [{ kind: 'equals', attribute: 'text', value: '10' }, true, false],
    [{ kind: 'equals', attribute: 'flag', value: true }, true, false],
    [{ kind: 'equals', attribute: 'flag', value: false }, false, false],
    [{ kind: 'equals', attribute: 'missing', value: '' }, false, false],
    [{ kind: 'equals', attribute: 'sk', value: '1' }, true, false],
    [{ kind: 'atMost', attribute: 'n', value: 10 }, true, false],
    [{ kind: 'atMost', attribute: 'n', value: 9.5 }, false, false],
    [{ kind: 'atMost', attribute: 'text', value: 99 }, false, false],
    [{ kind: 'atMost', attribute: 'missing', value: 99 }, false, false],
    [{ kind: 'atLeast', attribute: 'n', value: 10 }, true, false],
    [{ kind: 'atLeast', attribute: 'n', value: 11 }, false, false],
    [{ kind: 'atLeast', attribute: 'flag', value: 0 }, false, false],
    [{ kind: 'atLeast', attribute: 'missing', value: -1 }, false, false],
  ];

  it.each(cases)('%j: of the item %s, of none %s', async (condition, ofItem, ofNone) => {
    await table.writeOne(put(item));
    const absent = { pk: 'none', sk: 'none' };
    expect(await isAccepted([{ kind: 'check', key, conditions: [condition] }])).toBe(ofItem);
    expect(await isAccepted([{ kind: 'delete', key: absent, conditions: [condition] }])).toBe(ofNone);
    await table.writeOne({ kind: 'update', key, set: { seen: true }, conditions: [condition] }).catch(() => undefined);
    expect((await table.get(key))?.['seen']).toBe(ofItem ? true : undefined);
  });

  async function isAccepted(actions: readonly Action[]): Promise<boolean> {
    try {
      await table.write(actions);
      return true;
    } catch (error) {
      if (error instanceof WriteRefusedError) return false;
      throw error;
    }
  }

  it('must all hold', async () => {
    await table.writeOne(put(item));
    const both: Condition[] = [{ kind: 'exists' }, { kind: 'versionIs', version: 5 }];
    await expect(table.writeOne({ kind: 'delete', key, conditions: both })).rejects.toThrow(WriteRefusedError);
  });
});
