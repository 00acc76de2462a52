import type { Context } from 'aws-lambda';
import { sweep } from '../../directory/sweep.ts';
import { runSweep, type SweepCounts, type SweepDependencies } from './run-sweep.ts';

/** What is left of the function's time for answering and logging, once a sweep has to stop. */
const RESERVE_MILLIS = 5_000;

/** The handler of the scheduled sweep: as much as the function's time allows. */
export function createSweepHandler(dependencies: SweepDependencies) {
  const { random } = dependencies.runtime;
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SweepCounts> => {
    const remainingMs = () => context.getRemainingTimeInMillis() - RESERVE_MILLIS;
    return await runSweep(dependencies, 'sweep', remainingMs, async (table, call) => ({
      ...(await sweep(table, { ...call, from: random() })),
    }));
  };
}
