import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScannableTable } from '../../../directory/store/item-table.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { createNaiveTable } from '../../helpers/naive-table.ts';
import { answerOf, type Call, call, withTokensOf } from '../../helpers/table-calls.ts';
import { allIn, createTestTable, tableKind } from '../../helpers/tables.ts';

const RUNS = { sqlite: 300, dynamodb: 300 };

describe(`a table of kind ${tableKind}`, () => {
  const peer = tableKind === 'dynamodb' ? 'the SQLite table' : 'a naive table in memory';

  it(`answers any sequence of calls as ${peer} does`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 30, size: 'max' }), async (generated) => {
        const run = randomUUID().slice(0, 8);
        const calls = generated.map((made) => withTokensOf(run, made));
        const table = await createTestTable();
        await (tableKind === 'dynamodb' ? expectSameAsSqlite(table, calls) : expectSameAsNaive(table, calls));
      }),
      { numRuns: RUNS[tableKind] },
    );
  });
});

async function expectSameAsSqlite(table: ScannableTable, calls: readonly Call[]): Promise<void> {
  const sqlite = new SqliteItemTable(':memory:');
  for (const made of calls) expect(await answerOf(table, made)).toEqual(await answerOf(sqlite, made));
  expect(await allIn(table)).toEqual(await allIn(sqlite));
  sqlite.close();
}

async function expectSameAsNaive(table: ScannableTable, calls: readonly Call[]): Promise<void> {
  const naive = createNaiveTable();
  for (const made of calls) expect(await answerOf(table, made)).toEqual(await answerOf(naive, made));
  expect(await allIn(table)).toEqual(naive.all());
}
