import type { Context } from 'aws-lambda';
import { type Incident, markAnnounced } from '../../directory/cycles/incidents.ts';
import { type WatchReport, watch } from '../../directory/cycles/watch.ts';
import type { ItemTable } from '../../directory/store/item-table.ts';
import { createRetryingTable } from '../../directory/store/retrying-table.ts';
import { runbookArticle } from '../contract/runbook.ts';
import type { Runtime } from '../http/request.ts';
import { describeFailure, type Log } from '../observability/log.ts';
import { type Notice, toNotice } from './notice.ts';

/** What is left of the function's time for notifying and logging, once a watch has to stop. */
const RESERVE_MILLIS = 10_000;

/** What a watch did, in numbers. */
export type WatchCounts = Readonly<
  Record<'watched' | 'muted' | 'openCycles' | 'closed' | 'completed' | 'unhealthy' | 'unwatched', number>
>;

export interface WatchMeasure extends WatchReport {
  readonly notificationFailures: number;
}

/** Takes what a watch found: CloudWatch metrics in AWS, nothing in the local run. */
export type MeasureWatch = (watched: WatchMeasure) => void;

/** Sends a notice to whoever is on duty. */
export interface Notifier {
  send(notice: Notice): Promise<void>;
}

export interface WatchDependencies {
  readonly table: ItemTable;
  readonly log: Log;
  readonly measure: MeasureWatch;
  /** Undefined: incidents are in the log, the metrics and the list of the unhealthy alone. */
  readonly notifier: Notifier | undefined;
  /** Where the runbook is published. */
  readonly runbook: string;
  readonly runtime: Runtime;
}

/**
 * The handler of the scheduled watch: one log line a look, and one for each new incident. A notice that could not be sent
 * goes out with the next look; what was sent is not sent again, unless the process dies in the moment between.
 */
export function createWatchHandler({ table, log, measure, notifier, runbook, runtime }: WatchDependencies) {
  const { now } = runtime;
  const announce = async (retrying: ItemTable, incidents: readonly Incident[]): Promise<boolean> => {
    if (incidents.length === 0) return true;
    try {
      await notifier?.send(toNotice(incidents, runbook));
    } catch (error) {
      log.error('notification failed', { incidents: incidents.length, failure: describeFailure(error) });
      return false;
    }
    for (const { tenant, application, reason, cause, since } of incidents) {
      log.info('unhealthy', { tenant, application, reason, cause, since, article: runbookArticle(runbook, reason) });
    }
    await markAnnounced(retrying, incidents);
    return true;
  };
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<WatchCounts> => {
    const startedAt = now();
    const remainingMs = () => context.getRemainingTimeInMillis() - RESERVE_MILLIS;
    const untilEnd = startedAt + context.getRemainingTimeInMillis();
    const watching = createRetryingTable(table, { ...runtime, deadline: untilEnd - RESERVE_MILLIS });
    const onFailure = (tenant: string, error: unknown) =>
      log.error('watch of a tenant failed', { tenant, failure: describeFailure(error) });
    try {
      const report = await watch(watching, { now: () => new Date(now()), remainingMs, onFailure });
      const isAnnounced = await announce(
        createRetryingTable(table, { ...runtime, deadline: untilEnd }),
        report.unannounced,
      );
      const counts = toCounts(report);
      log.info('watch', { durationMs: now() - startedAt, ...counts });
      measure({ ...report, notificationFailures: isAnnounced ? 0 : 1 });
      return counts;
    } catch (error) {
      log.error('watch failed', { durationMs: now() - startedAt, failure: describeFailure(error) });
      throw error;
    }
  };
}

function toCounts({ completed, unhealthy, unannounced: _unannounced, ...counts }: WatchReport): WatchCounts {
  return { ...counts, completed: completed.length, unhealthy: unhealthy.length };
}
