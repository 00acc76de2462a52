import { beforeEach, describe, expect, it } from 'vitest';
import type {
  Action,
  Condition,
  Item,
  ItemTable,
  Key,
  ScannableTable,
  SingleAction,
  TableCall,
} from '../../../directory/store/item-table.ts';
import { createTestTable } from '../../helpers/tables.ts';

let table: ScannableTable;
beforeEach(async () => {
  table = await createTestTable();
});

const key: Key = { pk: 'T#acme#User', sk: '1' };
const other: Key = { pk: 'T#acme#User', sk: '2' };

function put(item: Item, ...conditions: readonly Condition[]): SingleAction {
  return { kind: 'put', item, conditions };
}

describe('withMeter', () => {
  async function metered(use: (table: ItemTable) => Promise<unknown>): Promise<readonly TableCall[]> {
    const calls: TableCall[] = [];
    const meter = { count: (call: TableCall) => calls.push(call) };
    await use(table.withMeter(meter)).catch(() => undefined);
    return calls;
  }

  const call = (operation: TableCall['operation'], size: number, readUnits: number, writeUnits: number): TableCall => ({
    operation,
    size,
    readUnits,
    writeUnits,
  });

  beforeEach(async () => {
    await table.write([put({ ...key, text: 'x'.repeat(5_000) }), put({ ...other, text: 'x'.repeat(500) })]);
  });

  it('counts reads by 4 KB begun', async () => {
    expect(await metered((t) => t.get(key))).toStrictEqual([call('get', 1, 2, 0)]);
    expect(await metered((t) => t.get({ pk: 'no', sk: 'no' }))).toStrictEqual([call('get', 1, 1, 0)]);
    expect(await metered((t) => t.getMany([key, other, key]))).toStrictEqual([call('getMany', 3, 3, 0)]);
    expect(await metered((t) => t.query({ pk: key.pk }))).toStrictEqual([call('query', 2, 2, 0)]);
    expect(await metered((t) => t.query({ pk: key.pk, consistent: false }))).toStrictEqual([call('query', 2, 1, 0)]);
  });

  it('counts writes by 1 KB begun of the larger of before and after', async () => {
    expect(await metered((t) => t.writeOne(put({ ...key })))).toStrictEqual([call('writeOne', 1, 0, 5)]);
    expect(await metered((t) => t.writeOne(put({ ...key, text: 'x'.repeat(1_100) })))).toStrictEqual([
      call('writeOne', 1, 0, 2),
    ]);
    expect(await metered((t) => t.writeOne({ kind: 'update', key, add: { n: 1 } }))).toStrictEqual([
      call('writeOne', 1, 0, 2),
    ]);
    expect(await metered((t) => t.writeOne({ kind: 'delete', key }))).toStrictEqual([call('writeOne', 1, 0, 2)]);
    expect(await metered((t) => t.writeOne({ kind: 'delete', key }))).toStrictEqual([call('writeOne', 1, 0, 1)]);
  });

  it('counts a transaction at twice that, checks included', async () => {
    const actions: Action[] = [
      put({ pk: 'p', sk: '1', text: 'x'.repeat(1_500) }),
      { kind: 'update', key: other, add: { n: 1 } },
      { kind: 'check', key: { pk: 'p', sk: '2' }, conditions: [{ kind: 'notExists' }] },
    ];
    expect(await metered((t) => t.write(actions))).toStrictEqual([call('write', 3, 0, 8)]);
  });

  it('counts refused writes too', async () => {
    expect(await metered((t) => t.writeOne(put({ ...key }, { kind: 'notExists' })))).toStrictEqual([
      call('writeOne', 1, 0, 5),
    ]);
    expect(await metered((t) => t.write([put({ ...other }, { kind: 'notExists' })]))).toStrictEqual([
      call('write', 1, 0, 2),
    ]);
  });

  it('counts for its own meter alone', async () => {
    const calls = await metered(async () => table.get(key));
    expect(calls).toStrictEqual([]);
  });
});
