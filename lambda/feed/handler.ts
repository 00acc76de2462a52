import type { Context } from 'aws-lambda';
import * as z from 'zod';
import type { ItemChange } from '../../directory/store/item-change.ts';
import { toItemChange } from '../../directory/store/stream-record.ts';
import { createFeedConsumer, type FeedConsumerDependencies } from './consumer.ts';
import { logUnreadable } from './unreadable-record.ts';

/** What is left of the function's time for publishing and logging, once the table is no longer asked again. */
const RESERVE_MILLIS = 15_000;

const StreamEventSchema = z.object({ Records: z.array(z.unknown()) });

/**
 * The handler of the table's stream. What fails for a while (a busy table, a bus that does not answer) is thrown, so that
 * Lambda gives the batch again; the feed itself parks what would fail for ever. To say which records failed would be less
 * safe: the whole batch may be repeated, for every step of the feed may.
 */
export function createFeedHandler(dependencies: FeedConsumerDependencies) {
  const consume = createFeedConsumer(dependencies);
  const { log, runtime } = dependencies;
  const read = (record: unknown): readonly ItemChange[] => {
    try {
      return [toItemChange(record)];
    } catch (error) {
      logUnreadable(log, record, error);
      return [];
    }
  };
  return async (input: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const { Records } = StreamEventSchema.parse(input);
    const changes = Records.flatMap(read);
    const deadline = runtime.now() + context.getRemainingTimeInMillis() - RESERVE_MILLIS;
    await consume(changes, { deadline, unreadable: Records.length - changes.length });
  };
}
