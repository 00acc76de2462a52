import type { ItemTable } from '../directory/store/item-table.ts';
import { systemRuntime } from '../lambda/aws/runtime.ts';
import type { Log } from '../lambda/observability/log.ts';
import { createSweeper } from '../lambda/sweeper.ts';

/** As often as the deployed one is called. */
const PERIOD_MILLIS = 60_000;
const SWEEP_MILLIS = 30_000;

export interface SweepTimer {
  /** Ends once a sweep that is under way has. */
  stop(): Promise<void>;
}

/** Calls the sweeper at once, for what a former run left unfinished, and then every minute. */
export function startSweepTimer(table: ItemTable, log: Log): SweepTimer {
  const sweeper = createSweeper({ table, log, measure: () => undefined, runtime: systemRuntime });
  let isStopped = false;
  let current: Promise<void> = Promise.resolve();
  const run = (): void => {
    const endsAt = systemRuntime.now() + SWEEP_MILLIS;
    const getRemainingTimeInMillis = () => (isStopped ? 0 : endsAt - systemRuntime.now());
    // One after another; a failure is in the log already.
    current = current.then(() => sweeper(undefined, { getRemainingTimeInMillis })).then(ignore, ignore);
  };
  run();
  const timer = setInterval(run, PERIOD_MILLIS);
  return {
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
      await current;
    },
  };
}

function ignore(): void {}
