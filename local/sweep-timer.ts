import type { ItemTable } from '../directory/store/item-table.ts';
import { systemRuntime } from '../lambda/aws/runtime.ts';
import type { Log } from '../lambda/observability/log.ts';
import { createSweeper } from '../lambda/sweeper.ts';
import { startTimer, type Timer } from './timer.ts';

/** Calls the sweeper every minute, as often as the deployed one is called. */
export function startSweepTimer(table: ItemTable, log: Log): Timer {
  const sweeper = createSweeper({ table, log, measure: () => undefined, runtime: systemRuntime });
  return startTimer(sweeper, { periodMillis: 60_000, limitMillis: 30_000 });
}
