import { beforeEach, describe, expect, it } from 'vitest';
import type { ItemChange } from '../../../directory/store/item-change.ts';
import type { Item } from '../../../directory/store/item-table.ts';
import { createStreamedTable, type StreamedTable } from '../../helpers/feed.ts';
import { tableKind } from '../../helpers/tables.ts';

let table: StreamedTable['table'];
let stream: StreamedTable['stream'];
beforeEach(async () => {
  ({ table, stream } = await createStreamedTable(() => true));
});

function item(sk: string, more: Readonly<Record<string, Item[string]>> = {}): Item {
  return { pk: 'p', sk, ...more };
}

async function readAll(): Promise<readonly ItemChange[]> {
  return await stream.read(1_000);
}

/** Of one item the order counts, of two it does not. */
async function imagesOf(sk: string): Promise<readonly (readonly [Item | undefined, Item | undefined])[]> {
  const changes = (await readAll()).filter(({ before, after }) => (after ?? before)?.sk === sk);
  return changes.map(({ before, after }) => [before, after]);
}

describe(`the stream of a table of kind ${tableKind}`, () => {
  it('tells every change of an item in order, with the item before and after', async () => {
    await table.writeOne({ kind: 'put', item: item('a', { n: 1, list: ['x', { deep: null }] }) });
    await table.writeOne({ kind: 'update', key: item('a'), add: { n: 1 }, set: { text: 'é' }, remove: ['list'] });
    await table.writeOne({ kind: 'delete', key: item('a') });
    const [first, second] = [item('a', { n: 1, list: ['x', { deep: null }] }), item('a', { n: 2, text: 'é' })];
    expect(await imagesOf('a')).toEqual([
      [undefined, first],
      [first, second],
      [second, undefined],
    ]);
  });

  it('tells each action of a transaction, and no check', async () => {
    await table.writeOne({ kind: 'put', item: item('a') });
    await table.writeOne({ kind: 'put', item: item('c') });
    await table.write([
      { kind: 'delete', key: item('a') },
      { kind: 'put', item: item('b') },
      { kind: 'check', key: item('c'), conditions: [{ kind: 'exists' }] },
    ]);
    expect(await imagesOf('a')).toEqual([
      [undefined, item('a')],
      [item('a'), undefined],
    ]);
    expect(await imagesOf('b')).toEqual([[undefined, item('b')]]);
    expect(await imagesOf('c')).toEqual([[undefined, item('c')]]);
  });

  it('says nothing of what was refused, nor of what changed nothing', async () => {
    await table.writeOne({ kind: 'put', item: item('a', { n: 1, map: { x: 1, y: 2 } }) });
    const isNew = [{ kind: 'notExists' }] as const;
    await expect(
      table.write([
        { kind: 'put', item: item('b') },
        { kind: 'put', item: item('a'), conditions: isNew },
      ]),
    ).rejects.toThrow('condition');
    await table.writeOne({ kind: 'put', item: item('a', { map: { y: 2, x: 1 }, n: 1 }) });
    await table.writeOne({ kind: 'update', key: item('a'), set: { n: 1 } });
    await table.writeOne({ kind: 'delete', key: item('nobody') });
    expect(await readAll()).toHaveLength(1);
  });

  it('gives the same changes, under the same ids, until they are acknowledged', async () => {
    for (const sk of ['a', 'b', 'c', 'd']) await table.writeOne({ kind: 'put', item: item(sk) });
    const two = await stream.read(2);
    expect(two).toHaveLength(2);
    expect(await stream.read(2)).toEqual(two);
    await stream.acknowledge(two);
    const rest = await readAll();
    expect(rest).toHaveLength(2);
    await stream.acknowledge(rest);
    expect(await readAll()).toEqual([]);
    await table.writeOne({ kind: 'put', item: item('e') });
    const later = await readAll();
    const ids = [...two, ...rest, ...later].map(({ id }) => id);
    expect(new Set(ids).size).toBe(5);
  });

  it('says when it was, to the minute at least', async () => {
    const before = Math.floor(Date.now() / 60_000) * 60_000;
    await table.writeOne({ kind: 'put', item: item('a') });
    const [change] = await readAll();
    expect(change?.at.getTime()).toBeGreaterThanOrEqual(before);
    expect(change?.at.getTime()).toBeLessThanOrEqual(Date.now());
  });
});
