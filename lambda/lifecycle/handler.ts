import type { Context } from 'aws-lambda';
import { sweepLifecycle } from '../../directory/lifecycle/lifecycle-sweep.ts';
import { runSweep, type SweepCounts, type SweepDependencies } from '../sweep/run-sweep.ts';

/** What is left of the function's time for answering and logging, once a sweep has to stop. */
const RESERVE_MILLIS = 10_000;

/** The handler of the daily sweep: deletes and purges what its time has come for, as much as there is time for. */
export function createLifecycleHandler(dependencies: SweepDependencies) {
  const { newId } = dependencies.runtime;
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SweepCounts> => {
    const remainingMs = () => context.getRemainingTimeInMillis() - RESERVE_MILLIS;
    return await runSweep(dependencies, 'lifecycle sweep', remainingMs, async (table, call) => ({
      ...(await sweepLifecycle(table, { ...call, newId })),
    }));
  };
}
