import type { Context } from 'aws-lambda';
import type { ItemTable } from '../../directory/store/item-table.ts';
import { createRetryingTable } from '../../directory/store/retrying-table.ts';
import { sweep } from '../../directory/sweep.ts';
import type { Runtime } from '../http/request.ts';
import { describeFailure, type Log } from '../observability/log.ts';

/** What is left of the function's time for answering and logging, once a sweep has to stop. */
const RESERVE_MILLIS = 5_000;

/** How often each outcome came about. */
export type SweepCounts = Readonly<Record<string, number>>;

/** Takes what a sweep did: CloudWatch metrics in AWS, nothing in the local run. */
export type MeasureSweep = (counts: SweepCounts) => void;

export interface SweepDependencies {
  readonly table: ItemTable;
  readonly log: Log;
  readonly measure: MeasureSweep;
  readonly runtime: Runtime;
}

/** The handler of the scheduled sweep: as much as the function's time allows, one log line. */
export function createSweepHandler({ table, log, measure, runtime }: SweepDependencies) {
  const { now } = runtime;
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SweepCounts> => {
    const startedAt = now();
    const remainingMs = () => context.getRemainingTimeInMillis() - RESERVE_MILLIS;
    const retrying = createRetryingTable(table, { ...runtime, deadline: startedAt + remainingMs() });
    try {
      const report = await sweep(retrying, { now: () => new Date(now()), remainingMs });
      const counts = { ...report };
      log.info('sweep', { durationMs: now() - startedAt, outcomes: counts });
      measure(counts);
      return counts;
    } catch (error) {
      log.error('sweep failed', { durationMs: now() - startedAt, failure: describeFailure(error) });
      throw error;
    }
  };
}
