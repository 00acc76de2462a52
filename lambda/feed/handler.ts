import type { Context } from 'aws-lambda';
import * as z from 'zod';
import type { ItemChange } from '../../directory/store/item-change.ts';
import { toItemChange } from '../../directory/store/stream-record.ts';
import { describeFailure } from '../observability/log.ts';
import { createFeedConsumer, type FeedConsumerDependencies } from './consumer.ts';

/** What is left of the function's time for publishing and logging, once the table is no longer asked again. */
const RESERVE_MILLIS = 15_000;

const StreamEventSchema = z.object({ Records: z.array(z.unknown()) });
const NamedRecordSchema = z.object({ eventID: z.string() });

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
      // DynamoDB sends none such; one that is no change of anything has no tenant whose it could be parked as.
      const changeId = NamedRecordSchema.safeParse(record).data?.eventID;
      log.error('stream record not understood', { changeId, failure: describeFailure(error) });
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
