import type { ItemTable } from '../../directory/store/item-table.ts';
import { createRetryingTable } from '../../directory/store/retrying-table.ts';
import type { OnFailure } from '../../directory/sweep-failure.ts';
import type { Runtime } from '../http/request.ts';
import { describeFailure, type Log } from '../observability/log.ts';

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

/** What a sweep is given of a call of its function. */
interface Call {
  readonly now: () => Date;
  readonly remainingMs: () => number;
  readonly onFailure: OnFailure;
}

/** Failures that are logged one by one; many at once are mostly the same one. */
const MAX_LOGGED = 20;

/** Something of a sweep failed, and has been logged. */
class SweepIncompleteError extends Error {
  override readonly name = 'SweepIncompleteError';
}

/**
 * Runs a sweep: as much as the time allows, one log line and one for each failure. A sweep that left failures behind has
 * done all the rest, and fails in the end, so that somebody is told.
 *
 * @param name - As the log lines have it.
 */
export async function runSweep(
  { table, log, measure, runtime }: SweepDependencies,
  name: string,
  remainingMs: () => number,
  sweep: (table: ItemTable, call: Call) => Promise<SweepCounts & { readonly failed: number }>,
): Promise<SweepCounts> {
  const { now } = runtime;
  const startedAt = now();
  const retrying = createRetryingTable(table, { ...runtime, deadline: startedAt + remainingMs() });
  let logged = 0;
  const onFailure: OnFailure = (what, error) => {
    logged += 1;
    if (logged <= MAX_LOGGED) log.error(`${name} met a failure`, { ...what, failure: describeFailure(error) });
  };
  try {
    const counts = await sweep(retrying, { now: () => new Date(now()), remainingMs, onFailure });
    log.info(name, { durationMs: now() - startedAt, outcomes: counts });
    measure(counts);
    if (counts.failed > 0) throw new SweepIncompleteError(`the sweep met ${counts.failed} failures`);
    return counts;
  } catch (error) {
    log.error(`${name} failed`, { durationMs: now() - startedAt, failure: describeFailure(error) });
    throw error;
  }
}
