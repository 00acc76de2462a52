import { describe, expect, it } from 'vitest';
import { SqliteItemTable } from '../../../../directory/store/sqlite-item-table.ts';
import { systemRuntime } from '../../../../lambda/aws/runtime.ts';
import type { SweepCounts } from '../../../../lambda/sweep/run-sweep.ts';
import { createSweeper } from '../../../../lambda/sweeper.ts';
import { RecordedLog } from '../../../helpers/scim-server.ts';

const context = { getRemainingTimeInMillis: () => 60_000 };

function setUp() {
  const table = new SqliteItemTable(':memory:');
  const log = new RecordedLog();
  const measured: SweepCounts[] = [];
  const measure = (counts: SweepCounts) => {
    measured.push(counts);
  };
  return { table, log, measured, sweeper: createSweeper({ table, log, measure, runtime: systemRuntime }) };
}

describe('sweeper', () => {
  it('tells in one log line and in metrics what it did', async () => {
    const { sweeper, log, measured } = setUp();
    const counts = await sweeper({}, context);
    expect(Object.values(counts).every((count) => count === 0)).toBe(true);
    expect(measured).toEqual([counts]);
    expect(log.lines).toMatchObject([{ level: 'INFO', message: 'sweep', outcomes: counts }]);
  });

  it('does all the rest where one entry fails, and then lets Lambda know of it', async () => {
    const { table, sweeper, log, measured } = setUp();
    await table.writeOne({ kind: 'put', item: { pk: 'JOURNALS', sk: 'acme#x#y', kind: 'deletion', since: 'ada' } });
    await expect(sweeper({}, context)).rejects.toThrow('the sweep met 1 failures');
    expect(measured).toEqual([expect.objectContaining({ open: 1, failed: 1 })]);
    expect(log.lines).toMatchObject([
      {
        level: 'ERROR',
        message: 'sweep met a failure',
        kind: 'deletion',
        tenant: 'acme',
        failure: { name: 'ZodError' },
      },
      { level: 'INFO', message: 'sweep', outcomes: { failed: 1 } },
      { level: 'ERROR', message: 'sweep failed', failure: { name: 'SweepIncompleteError' } },
    ]);
    expect(JSON.stringify(log.lines)).not.toContain('ada');
  });

  it('logs a failure without its message, and lets Lambda know of it', async () => {
    const { table, sweeper, log } = setUp();
    table.close();
    await expect(sweeper({}, context)).rejects.toThrow();
    expect(log.lines).toMatchObject([
      { level: 'ERROR', message: 'sweep failed', failure: { frames: expect.any(Array) } },
    ]);
  });
});
