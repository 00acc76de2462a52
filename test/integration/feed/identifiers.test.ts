import { beforeEach, describe, expect, it } from 'vitest';
import { learnIdentifiers } from '../../../directory/feed/identifiers.ts';
import type { ItemTable } from '../../../directory/store/item-table.ts';
import { FORMAT } from '../../../directory/store/items.ts';
import { purgedKey } from '../../../directory/store/log-keys.ts';
import { createTestTable } from '../../helpers/tables.ts';

const stub = purgedKey('acme', 'User', 'ada');
let table: ItemTable;

beforeEach(async () => {
  table = await createTestTable();
});

describe('learnIdentifiers', () => {
  it('loses none of several that are learned at the same time, and keeps each once', async () => {
    const item = { ...stub, format: FORMAT, identifiers: ['a'], identifierCount: 1 };
    await table.writeOne({ kind: 'put', item });
    await Promise.all(['b', 'c', 'd', 'a'].map((hash) => learnIdentifiers(table, stub, ['a', hash])));
    const learned = await table.get(stub);
    expect(learned).toMatchObject({ identifiers: expect.arrayContaining(['a', 'b', 'c', 'd']), identifierCount: 4 });
    expect(learned?.['identifiers']).toHaveLength(4);
  });

  it('teaches nothing to a stub that has forgotten, and makes none', async () => {
    expect(await learnIdentifiers(table, stub, ['a'])).toBeUndefined();
    expect(await table.get(stub)).toBeUndefined();
    const item = { ...stub, format: FORMAT };
    await table.writeOne({ kind: 'put', item });
    expect(await learnIdentifiers(table, stub, ['a'])).toBeUndefined();
    expect(await table.get(stub)).toEqual(item);
  });
});
