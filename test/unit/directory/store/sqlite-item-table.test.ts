import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Item } from '../../../../directory/store/item-table.ts';
import { SqliteItemTable } from '../../../../directory/store/sqlite-item-table.ts';
import { TableUnavailableError } from '../../../../directory/store/table-errors.ts';

const item: Item = { pk: 'p', sk: 's', text: 'kept' };
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sqlite-item-table-'));
  path = join(folder, 'table.db');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('the file of a SqliteItemTable', () => {
  it('keeps its items from one run to the next', async () => {
    const first = new SqliteItemTable(path);
    await first.writeOne({ kind: 'put', item });
    first.close();
    const second = new SqliteItemTable(path);
    expect(await second.get(item)).toStrictEqual(item);
    second.close();
  });

  it('keeps all that was answered when the process is killed', async () => {
    const module = new URL('../../../../directory/store/sqlite-item-table.ts', import.meta.url).href;
    const script = `
      const { SqliteItemTable } = await import(${JSON.stringify(module)});
      const table = new SqliteItemTable(${JSON.stringify(path)});
      for (let i = 0; ; i += 1) {
        const put = (pk) => ({ kind: 'put', item: { pk, sk: String(1e6 + i) } });
        await table.write([put('a'), put('b')]);
        process.stdout.write(i + '\\n');
        if (i % 10 === 0) await new Promise(setImmediate);
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > 500) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const answered = output.split('\n').slice(0, -1).length;
    const table = new SqliteItemTable(path);
    const [a, b] = [await table.query({ pk: 'a' }), await table.query({ pk: 'b' })];
    expect(a.items.length).toBeGreaterThanOrEqual(answered);
    expect(b.items.map(({ sk }) => sk)).toStrictEqual(a.items.map(({ sk }) => sk));
    table.close();
  });

  it('may be open twice: each sees what the other writes', async () => {
    const [left, right] = [new SqliteItemTable(path), new SqliteItemTable(path)];
    await left.writeOne({ kind: 'update', key: item, add: { n: 1 } });
    await right.writeOne({ kind: 'update', key: item, add: { n: 1 } });
    expect(await left.get(item)).toStrictEqual({ pk: 'p', sk: 's', n: 2 });
    left.close();
    right.close();
  });

  it('is unavailable, and may be tried again, while another holds it', async () => {
    const table = new SqliteItemTable(path);
    const holder = new DatabaseSync(path);
    holder.exec('BEGIN IMMEDIATE');
    await expect(table.writeOne({ kind: 'put', item })).rejects.toThrow(TableUnavailableError);
    expect(await table.get(item)).toBeUndefined();
    holder.exec('ROLLBACK');
    await table.writeOne({ kind: 'put', item });
    expect(await table.get(item)).toStrictEqual(item);
    holder.close();
    table.close();
  });

  it('is refused with its path when it is no database, another program’s, or from a newer version', async () => {
    await writeFile(path, 'not a database, but long enough to be looked at by SQLite as if it were one');
    expect(() => new SqliteItemTable(path)).toThrow(path);

    const foreignPath = join(folder, 'foreign.db');
    const foreign = new DatabaseSync(foreignPath);
    foreign.exec('CREATE TABLE notes (text TEXT)');
    foreign.close();
    expect(() => new SqliteItemTable(foreignPath)).toThrow('no file of scim-stack');

    const newerPath = join(folder, 'newer.db');
    new SqliteItemTable(newerPath).close();
    const newer = new DatabaseSync(newerPath);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    expect(() => new SqliteItemTable(newerPath)).toThrow('format 99 is newer');

    expect(() => new SqliteItemTable(join(folder, 'no', 'such', 'folder.db'))).toThrow('cannot open the table file');
  });
});

describe('a SqliteItemTable', () => {
  it('does a write again under a token of more than ten minutes ago', async () => {
    let now = 0;
    const table = new SqliteItemTable(':memory:', { now: () => now });
    const add = { kind: 'update', key: item, add: { n: 1 } } as const;
    await table.write([add], { token: 't' });
    now = 11 * 60 * 1000;
    await table.write([add], { token: 't' });
    expect(await table.get(item)).toStrictEqual({ pk: 'p', sk: 's', n: 2 });
  });

  it('refuses to add to a fraction, and to pass 2^53, where sums would differ from those of DynamoDB', async () => {
    const table = new SqliteItemTable(':memory:');
    await table.writeOne({ kind: 'put', item: { ...item, half: 0.5, many: Number.MAX_SAFE_INTEGER } });
    await expect(table.writeOne({ kind: 'update', key: item, add: { half: 1 } })).rejects.toThrow('not an integer');
    await expect(table.writeOne({ kind: 'update', key: item, add: { many: 1 } })).rejects.toThrow('2^53');
  });
});
