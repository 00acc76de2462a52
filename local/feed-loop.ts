import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeStream } from '../directory/store/item-change.ts';
import type { ItemTable } from '../directory/store/item-table.ts';
import { systemRuntime } from '../lambda/aws/runtime.ts';
import { type ConsumeBatch, createFeedConsumer, type FeedConsumerDependencies } from '../lambda/feed/consumer.ts';
import { describeFailure } from '../lambda/observability/log.ts';

/** As large as the batches that Lambda gives. */
const BATCH = 100;
/** How long the feed rests where nothing has changed. */
const REST_MILLIS = 100;
/** How long after a failure it tries again. */
const FAILURE_MILLIS = 1_000;
const LIMIT_MILLIS = 45_000;

export interface FeedLoopOptions {
  readonly stream: ChangeStream;
  readonly table: ItemTable;
  readonly publisher: FeedConsumerDependencies['publisher'];
  readonly log: FeedConsumerDependencies['log'];
}

export interface FeedLoop {
  /** Ends once the batch that is under way has been taken in; the next run goes on. */
  stop(): Promise<void>;
}

/** What Lambda's event source mapping is in AWS: gives the change feed the table's changes, batch after batch. */
export function startFeedLoop({ stream, table, publisher, log }: FeedLoopOptions): FeedLoop {
  const stopping = new AbortController();
  const consume = createFeedConsumer({ table, publisher, log, measure: () => undefined, runtime: systemRuntime });
  const takeAll = async (): Promise<Taken> => {
    try {
      return await takeBatch(stream, consume);
    } catch (error) {
      log.error('stream failed', { failure: describeFailure(error) });
      return 'failed';
    }
  };
  const running = run(takeAll, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Whether there may be `more`; what has `failed` comes again. */
type Taken = 'more' | 'all' | 'failed';

async function run(take: () => Promise<Taken>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const taken = await take();
    if (taken === 'all') await rest(REST_MILLIS, signal);
    if (taken === 'failed') await rest(FAILURE_MILLIS, signal);
  }
}

async function takeBatch(stream: ChangeStream, consume: ConsumeBatch): Promise<Taken> {
  const changes = await stream.read(BATCH);
  if (changes.length === 0) return 'all';
  await consume(changes, { deadline: systemRuntime.now() + LIMIT_MILLIS });
  await stream.acknowledge(changes);
  return changes.length < BATCH ? 'all' : 'more';
}

async function rest(millis: number, signal: AbortSignal): Promise<void> {
  await sleep(millis, undefined, { signal }).catch(() => undefined);
}
