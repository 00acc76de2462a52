import type { Item } from '../store/item-table.ts';
import { parseItem } from '../store/items.ts';
import { type CycleItem, CycleItemSchema } from '../store/tenant-items.ts';
import type { ApplicationName } from './count-request.ts';
import { CYCLE_GAP_MILLIS, FAILURE_PREFIX, LATENCY_EDGES, LATENCY_PREFIX, USE_PREFIX } from './counts.ts';

/** A run of requests of one application with no gap longer than ten minutes. Times are milliseconds since 1970. */
export interface Cycle extends ApplicationName {
  readonly start: number;
  /** When the last request came. */
  readonly last: number;
  readonly open: boolean;
  readonly closedAt: number | undefined;
  readonly requests: number;
  /** Requests that changed something, or found nothing to change; each is one of these. */
  readonly creates: number;
  readonly updates: number;
  readonly deactivations: number;
  readonly reactivations: number;
  readonly deletes: number;
  readonly unchanged: number;
  readonly membersAdded: number;
  readonly membersRemoved: number;
  readonly failed: number;
  /** By kind: the status and, where there is one, the `scimType`, such as `409 uniqueness`. */
  readonly failures: Readonly<Record<string, number>>;
  readonly latencyMs: Latency;
  /** When each token was used last, by credential id. */
  readonly uses: Readonly<Record<string, number>>;
}

/**
 * How long the answers took. The percentiles are read from a histogram whose buckets double, so that they are right to
 * within a factor of two; `max` is the upper edge of the last bucket that has any.
 */
export interface Latency {
  readonly average: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export function parseCycle({ tenant, application }: ApplicationName, item: Item): Cycle {
  const parsed = parseItem(CycleItemSchema, item);
  const { start, last, closedAt, failures, latencyMs } = parsed;
  const { requests, creates, updates, deactivations, reactivations, deletes, unchanged } = parsed;
  const { membersAdded, membersRemoved } = parsed;
  return {
    ...{ tenant, application, start, last, open: closedAt === undefined, closedAt },
    ...{ requests, creates, updates, deactivations, reactivations, deletes, unchanged, membersAdded, membersRemoved },
    failed: failures,
    failures: failuresOf(parsed),
    latencyMs: latencyOf(attributesUnder(parsed, LATENCY_PREFIX), requests, latencyMs),
    uses: attributesUnder(parsed, USE_PREFIX),
  };
}

/** Whether no further request belongs to it. */
export function isSilent({ last }: Pick<Cycle, 'last'>, now: number): boolean {
  return last < now - CYCLE_GAP_MILLIS;
}

function failuresOf(item: CycleItem): Readonly<Record<string, number>> {
  const byKind = Object.entries(attributesUnder(item, FAILURE_PREFIX));
  return Object.fromEntries(byKind.map(([kind, count]) => [kind.replace('.', ' '), count]));
}

function attributesUnder(item: CycleItem, prefix: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, value] of Object.entries(item)) {
    if (name.startsWith(prefix) && typeof value === 'number') found[name.slice(prefix.length)] = value;
  }
  return found;
}

function latencyOf(histogram: Readonly<Record<string, number>>, requests: number, sum: number): Latency {
  const buckets = LATENCY_EDGES.map((edge, n) => ({
    from: LATENCY_EDGES[n - 1] ?? 0,
    to: edge,
    count: histogram[String(edge)] ?? 0,
  }));
  const percentile = (share: number): number => percentileOf(buckets, share);
  return {
    average: requests === 0 ? 0 : Math.round(sum / requests),
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
    max: buckets.findLast(({ count }) => count > 0)?.to ?? 0,
  };
}

interface Bucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Values are taken to be spread evenly over their bucket. */
function percentileOf(buckets: readonly Bucket[], share: number): number {
  const wanted = share * buckets.reduce((sum, { count }) => sum + count, 0);
  let below = 0;
  for (const { from, to, count } of buckets) {
    if (count > 0 && below + count >= wanted) return Math.round(from + ((wanted - below) / count) * (to - from));
    below += count;
  }
  return 0;
}
