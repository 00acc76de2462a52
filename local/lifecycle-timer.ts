import type { ItemTable } from '../directory/store/item-table.ts';
import { systemRuntime } from '../lambda/aws/runtime.ts';
import { createLifecycle } from '../lambda/lifecycle.ts';
import type { Log } from '../lambda/observability/log.ts';
import { startTimer, type Timer } from './timer.ts';

/** Calls the sweep of the lifecycle at the start and then once a day, as the deployed one is called. */
export function startLifecycleTimer(table: ItemTable, log: Log): Timer {
  const lifecycle = createLifecycle({ table, log, measure: () => undefined, runtime: systemRuntime });
  return startTimer(lifecycle, { periodMillis: 86_400_000, limitMillis: 60_000 });
}
