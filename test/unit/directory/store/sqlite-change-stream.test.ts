import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteItemTable, type SqliteItemTableOptions } from '../../../../directory/store/sqlite-item-table.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scim-stack-stream-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const streamed: SqliteItemTableOptions = { stream: ({ pk }) => pk === 'p', now: () => 7 };

/** A process that has the file to itself. */
async function withTable<T>(options: SqliteItemTableOptions, use: (table: SqliteItemTable) => Promise<T>): Promise<T> {
  const table = new SqliteItemTable(join(folder, 'table.sqlite'), options);
  try {
    return await use(table);
  } finally {
    table.close();
  }
}

const put =
  (sk: string, pk = 'p') =>
  async (table: SqliteItemTable) => {
    await table.writeOne({ kind: 'put', item: { pk, sk } });
  };

describe('the stream of an SQLite file', () => {
  it('begins with a file that was made without one, and survives the process', async () => {
    await withTable({}, put('before'));
    await withTable(streamed, put('a'));
    await withTable(streamed, put('b'));
    const changes = await withTable(streamed, (table) => table.stream.read(10));
    expect(changes.map(({ after, at }) => [after?.sk, at.getTime()])).toEqual([
      ['a', 7],
      ['b', 7],
    ]);
  });

  it('keeps the changes of what is asked for, and none where nothing is', async () => {
    await withTable(streamed, put('a', 'other'));
    await withTable({}, put('b'));
    expect(await withTable(streamed, (table) => table.stream.read(10))).toEqual([]);
  });

  it('gives no id twice, though all before it are acknowledged', async () => {
    const readAndAcknowledge = async (table: SqliteItemTable) => {
      const changes = await table.stream.read(10);
      await table.stream.acknowledge(changes);
      return changes.map(({ id }) => id);
    };
    await withTable(streamed, put('a'));
    const first = await withTable(streamed, readAndAcknowledge);
    await withTable(streamed, put('b'));
    const second = await withTable(streamed, readAndAcknowledge);
    expect(first).toHaveLength(1);
    expect(second).toHaveLength(1);
    expect(second).not.toEqual(first);
  });

  it('is the same for every metered twin of the table', async () => {
    const changes = await withTable(streamed, async (table) => {
      await put('a')(table.withMeter({ count: () => undefined }));
      return await table.stream.read(10);
    });
    expect(changes).toHaveLength(1);
  });
});
