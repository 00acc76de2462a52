import type { Tenant } from '../context.ts';
import { parseCursor, toCursor } from '../operator/cursor.ts';
import { noSuchTenant } from '../operator/operation.ts';
import { parseItem } from '../store/items.ts';
import { LogItemSchema } from '../store/log-items.ts';
import { logPartition } from '../store/log-keys.ts';
import { readTenantRecords, toTenant } from '../tenant-records.ts';
import { createFeed, type FeedDependencies } from './consume.ts';
import { toEvents } from './event.ts';
import { readParked, toChange, unpark } from './park.ts';

/** Parked changes, each of up to a megabyte, that one page takes up. */
const PARKED_A_PAGE = 20;
const ENTRIES_A_PAGE = 200;

const STAGES = ['parked', 'log'];

export interface ReplayRange {
  /** First moment, included. */
  readonly from: Date;
  /** Last moment, included. */
  readonly to: Date;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
}

/** What one page of a replay did. */
export interface ReplayPage {
  /** Parked changes that have become entries and events now. */
  readonly recovered: number;
  /** Parked changes that are still not understood. */
  readonly stillParked: number;
  /** Entries of the log whose events were published again. */
  readonly entries: number;
  readonly events: number;
  /** Where to go on; undefined at the end. */
  readonly next?: string;
}

/**
 * Publishes a tenant's events of a span of time again, a page at each call, from the log; before that, what is parked is
 * taken in again. Events have the ids and sequence numbers that they had.
 *
 * @throws OperationRefusedError `not_found`; `invalid` where `after` is no such position
 */
export async function replayEvents(
  context: FeedDependencies,
  tenant: string,
  { from, to, after }: ReplayRange,
): Promise<ReplayPage> {
  const records = await readTenantRecords(context.table, tenant);
  if (records === undefined) throw noSuchTenant(tenant);
  const position = parseCursor(after, STAGES) ?? { stage: 'parked', after: undefined };
  if (position.stage === 'parked') return await replayParked(context, tenant, position.after);
  return await replayLog(context, toTenant(tenant, records), { from, to, after: position.after });
}

async function replayParked(context: FeedDependencies, tenant: string, after?: string): Promise<ReplayPage> {
  const feed = createFeed(context);
  const done = { recovered: 0, stillParked: 0, entries: 0, events: 0 };
  for await (const parked of readParked(context.table, tenant, after)) {
    const report = await feed.consume([toChange(parked)]);
    done.events += report.events;
    if (report.parked.length > 0) {
      done.stillParked += 1;
    } else {
      await unpark(context.table, parked);
      done.recovered += 1;
    }
    if (done.recovered + done.stillParked === PARKED_A_PAGE) {
      return { ...done, next: toCursor({ stage: 'parked', after: parked.changeId }) };
    }
  }
  return { ...done, next: toCursor({ stage: 'log', after: undefined }) };
}

async function replayLog(
  { table, publisher }: FeedDependencies,
  tenant: Tenant,
  { from, to, after }: ReplayRange,
): Promise<ReplayPage> {
  const { items, next } = await table.query({
    pk: logPartition(tenant.name),
    from: from.toISOString(),
    to: `${to.toISOString()}#~`,
    limit: ENTRIES_A_PAGE,
    ...(after === undefined ? {} : { after }),
  });
  const entries = items.map((item) => parseItem(LogItemSchema, item));
  const events = entries.flatMap((entry) => toEvents(tenant.name, entry, tenant.settings));
  if (events.length > 0) await publisher.publish(tenant, events);
  const done = { recovered: 0, stillParked: 0, entries: entries.length, events: events.length };
  return next === undefined ? done : { ...done, next: toCursor({ stage: 'log', after: next }) };
}
