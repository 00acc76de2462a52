import { createFeed } from '../../directory/feed/consume.ts';
import type { EventPublisher } from '../../directory/feed/event.ts';
import type { ItemChange } from '../../directory/store/item-change.ts';
import type { ItemTable } from '../../directory/store/item-table.ts';
import { createRetryingTable } from '../../directory/store/retrying-table.ts';
import type { Runtime } from '../http/request.ts';
import { describeFailure, type Log } from '../observability/log.ts';

/** What a batch came to, in numbers. */
export interface FeedMeasure {
  readonly changes: number;
  readonly published: number;
  readonly parked: number;
  /** Departures of an only company owner, which were refused. */
  readonly refusals: number;
  /** Age of the batch's oldest change. */
  readonly lagMillis: number;
}

/** Takes what a batch came to: CloudWatch metrics in AWS, nothing in the local run. */
export type MeasureFeed = (measure: FeedMeasure) => void;

export interface FeedConsumerDependencies {
  readonly table: ItemTable;
  readonly publisher: EventPublisher;
  readonly log: Log;
  readonly measure: MeasureFeed;
  readonly runtime: Runtime;
}

/**
 * Has the change feed take in a batch.
 *
 * @param options - `deadline`: until when a busy table is asked again, in epoch milliseconds. `unreadable`: records of the
 * stream that were no changes at all.
 * @throws whatever makes that the batch must be given again; it is in the log then.
 */
export type ConsumeBatch = (
  changes: readonly ItemChange[],
  options: { readonly deadline: number; readonly unreadable?: number },
) => Promise<void>;

/** The change feed with its log lines, of ids and numbers alone, and its metrics. */
export function createFeedConsumer(dependencies: FeedConsumerDependencies): ConsumeBatch {
  const { table, publisher, log, measure, runtime } = dependencies;
  return async (changes, { deadline, unreadable = 0 }) => {
    const startedAt = runtime.now();
    const retrying = createRetryingTable(table, { ...runtime, deadline });
    const feed = createFeed({ table: retrying, publisher, now: () => new Date(runtime.now()) });
    try {
      const { parked, refusals, events: published, ...counts } = await feed.consume(changes);
      for (const each of parked) {
        const { tenant, changeId, reason } = each;
        log.error('change parked', { tenant, changeId, reason });
      }
      const lagMillis = lagOf(changes, runtime.now());
      const numbers = { changes: changes.length, published, parked: parked.length + unreadable, refusals, lagMillis };
      log.info('feed', { ...counts, ...numbers, durationMs: runtime.now() - startedAt });
      measure(numbers);
    } catch (error) {
      const durationMs = runtime.now() - startedAt;
      log.error('feed failed', { changes: changes.length, durationMs, failure: describeFailure(error) });
      throw error;
    }
  };
}

function lagOf(changes: readonly ItemChange[], now: number): number {
  const oldest = changes.reduce((least, { at }) => Math.min(least, at.getTime()), now);
  return now - oldest;
}
