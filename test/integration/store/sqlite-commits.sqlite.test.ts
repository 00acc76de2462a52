import { describe, expect, it } from 'vitest';
import type { PutAction } from '../../../directory/store/item-table.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { WriteRefusedError } from '../../../directory/store/table-errors.ts';

function put(sk: string, more: Partial<PutAction> = {}): PutAction {
  return { kind: 'put', item: { pk: 'T#acme', sk, format: 1 }, ...more };
}

const onlyOnce: Partial<PutAction> = { conditions: [{ kind: 'notExists' }] };

describe('writes of the same turn of the event loop', () => {
  it('stand each for itself: a refused one leaves nothing, and undoes nothing of the others', async () => {
    const table = new SqliteItemTable(':memory:');
    const outcomes = await Promise.allSettled([
      table.writeOne(put('first')),
      table.write([put('half'), put('first', onlyOnce)]),
      table.write([put('last')]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: expect.any(WriteRefusedError) });
    const { items } = await table.query({ pk: 'T#acme' });
    expect(items.map(({ sk }) => sk)).toEqual(['first', 'last']);
  });

  it('see what those before them wrote, in their order', async () => {
    const table = new SqliteItemTable(':memory:');
    const count = () =>
      table.writeOne({ kind: 'update', key: { pk: 'T#acme', sk: 'counter' }, add: { count: 1 }, set: { format: 1 } });
    await Promise.all(Array.from({ length: 200 }, count));
    expect(await table.get({ pk: 'T#acme', sk: 'counter' })).toMatchObject({ count: 200 });
  });

  it('let exactly one of several win what only one may have', async () => {
    const table = new SqliteItemTable(':memory:');
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => table.write([put('claim', onlyOnce)])));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('are refused where the table is closed before their turn, all of them', async () => {
    const table = new SqliteItemTable(':memory:');
    const writes = Promise.allSettled([table.writeOne(put('one')), table.writeOne(put('two'))]);
    table.close();
    expect((await writes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
