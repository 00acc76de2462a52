import { WATCH_PERIOD_MILLIS } from '../directory/cycles/watch.ts';
import type { ItemTable } from '../directory/store/item-table.ts';
import { systemRuntime } from '../lambda/aws/runtime.ts';
import { DEFAULT_RUNBOOK } from '../lambda/contract/runbook.ts';
import type { Log } from '../lambda/observability/log.ts';
import { createWatcher } from '../lambda/watcher.ts';
import { startTimer, type Timer } from './timer.ts';

/** Calls the watcher as often as the deployed one is called; what it finds is in the log and in the admin API. */
export function startWatchTimer(table: ItemTable, log: Log): Timer {
  const watcher = createWatcher({
    table,
    log,
    measure: () => undefined,
    notifier: undefined,
    runbook: DEFAULT_RUNBOOK,
    runtime: systemRuntime,
  });
  return startTimer(watcher, { periodMillis: WATCH_PERIOD_MILLIS, limitMillis: 60_000 });
}
