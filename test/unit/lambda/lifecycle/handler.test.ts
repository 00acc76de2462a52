import { describe, expect, it } from 'vitest';
import { SqliteItemTable } from '../../../../directory/store/sqlite-item-table.ts';
import { systemRuntime } from '../../../../lambda/aws/runtime.ts';
import { createLifecycle } from '../../../../lambda/lifecycle.ts';
import type { SweepCounts } from '../../../../lambda/sweep/run-sweep.ts';
import { createContext } from '../../../helpers/directory.ts';
import { RecordedLog } from '../../../helpers/scim-server.ts';

async function setUp() {
  const table = new SqliteItemTable(':memory:');
  for (const tenant of ['acme', 'globex']) await createContext(table, { tenant });
  const log = new RecordedLog();
  const measured: SweepCounts[] = [];
  const measure = (counts: SweepCounts) => {
    measured.push(counts);
  };
  return { table, log, measured, lifecycle: createLifecycle({ table, log, measure, runtime: systemRuntime }) };
}

describe('the daily sweep', () => {
  it('tells in one log line and in metrics what it did', async () => {
    const { lifecycle, log, measured } = await setUp();
    const counts = await lifecycle({}, { getRemainingTimeInMillis: () => 300_000 });
    expect(counts).toMatchObject({ tenants: 2, deleted: 0, purged: 0, left: 0 });
    expect(measured).toEqual([counts]);
    expect(log.lines).toMatchObject([{ level: 'INFO', message: 'lifecycle sweep', outcomes: counts }]);
  });

  it('says what is left to the next one, once its time is over', async () => {
    const { lifecycle, measured } = await setUp();
    await lifecycle({}, { getRemainingTimeInMillis: () => 15_000 });
    expect(measured).toEqual([expect.objectContaining({ tenants: 0, left: 2 })]);
  });

  it('logs a failure without its message, and lets Lambda know of it', async () => {
    const { table, lifecycle, log } = await setUp();
    table.close();
    await expect(lifecycle({}, { getRemainingTimeInMillis: () => 300_000 })).rejects.toThrow();
    expect(log.lines).toMatchObject([
      { level: 'ERROR', message: 'lifecycle sweep failed', failure: { frames: expect.any(Array) } },
    ]);
  });
});
