import * as z from 'zod';
import { describeFailure, type Log } from '../observability/log.ts';

const NamedRecordSchema = z.object({ eventID: z.string() });

/** Says that a record of the stream is no change of anything: then it has no tenant whose it could be parked as. */
export function logUnreadable(log: Pick<Log, 'error'>, record: unknown, error: unknown): void {
  const changeId = NamedRecordSchema.safeParse(record).data?.eventID;
  log.error('stream record not understood', { changeId, failure: describeFailure(error) });
}
