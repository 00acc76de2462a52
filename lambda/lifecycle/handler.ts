import type { Context } from 'aws-lambda';
import { sweepLifecycle } from '../../directory/lifecycle/lifecycle-sweep.ts';
import { createRetryingTable } from '../../directory/store/retrying-table.ts';
import { describeFailure } from '../observability/log.ts';
import type { SweepCounts, SweepDependencies } from '../sweep/handler.ts';

/** What is left of the function's time for answering and logging, once a sweep has to stop. */
const RESERVE_MILLIS = 10_000;

/** The handler of the daily sweep: deletes and purges what its time has come for, as much as there is time for. */
export function createLifecycleHandler({ table, log, measure, runtime }: SweepDependencies) {
  const { now, newId } = runtime;
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SweepCounts> => {
    const startedAt = now();
    const remainingMs = () => context.getRemainingTimeInMillis() - RESERVE_MILLIS;
    const retrying = createRetryingTable(table, { ...runtime, deadline: startedAt + remainingMs() });
    try {
      const counts = { ...(await sweepLifecycle(retrying, { now: () => new Date(now()), newId, remainingMs })) };
      log.info('lifecycle sweep', { durationMs: now() - startedAt, outcomes: counts });
      measure(counts);
      return counts;
    } catch (error) {
      log.error('lifecycle sweep failed', { durationMs: now() - startedAt, failure: describeFailure(error) });
      throw error;
    }
  };
}
