import type { Done } from '../resource-view.ts';

/** A run of requests ends where none came for this long. */
export const CYCLE_GAP_MILLIS = 10 * 60_000;

/** What is said of a request once its outcome is known. */
export interface CountedRequest {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  readonly status: number;
  readonly scimType: string | undefined;
  readonly durationMs: number;
  /** Undefined where it read, or failed. */
  readonly done: Done | undefined;
  /** Which of the application's tokens it came with. */
  readonly credentialId: string | undefined;
}

/** What requests add to their cycle. */
export interface Counts {
  /** When the latest of them came, in milliseconds since 1970. */
  readonly at: number;
  /** By attribute of the cycle's item; never 0. */
  readonly added: Readonly<Record<string, number>>;
  /** Last use by credential id. */
  readonly uses: Readonly<Record<string, number>>;
}

export const FAILURE_PREFIX = 'failed.';
export const LATENCY_PREFIX = 'latency.';
export const USE_PREFIX = 'used.';

/** Upper edges of the latency's buckets in milliseconds; API Gateway gives up before the last one. */
export const LATENCY_EDGES = [25, 50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 30_000] as const;

const attributeOfDone = {
  created: 'creates',
  updated: 'updates',
  unchanged: 'unchanged',
  deactivated: 'deactivations',
  reactivated: 'reactivations',
  deleted: 'deletes',
} as const satisfies Readonly<Record<Done['kind'], string>>;

/** What one request adds to its cycle. */
export function countsOf({ at, method, status, scimType, durationMs, done, credentialId }: CountedRequest): Counts {
  const millis = Math.max(0, Math.round(durationMs));
  const all: Record<string, number> = { requests: 1, latencyMs: millis, [`${LATENCY_PREFIX}${edgeOf(millis)}`]: 1 };
  if (isFailure(method, status)) {
    all['failures'] = 1;
    all[`${FAILURE_PREFIX}${scimType === undefined ? status : `${status}.${scimType}`}`] = 1;
  }
  if (done !== undefined) {
    all[attributeOfDone[done.kind]] = 1;
    all['membersAdded'] = done.membersAdded;
    all['membersRemoved'] = done.membersRemoved;
  }
  return {
    at,
    added: Object.fromEntries(Object.entries(all).filter(([, count]) => count !== 0)),
    uses: credentialId === undefined ? {} : { [credentialId]: at },
  };
}

/** What both add together. */
export function mergeCounts(left: Counts, right: Counts): Counts {
  const added: Record<string, number> = { ...left.added };
  for (const [name, count] of Object.entries(right.added)) added[name] = (added[name] ?? 0) + count;
  const uses: Record<string, number> = { ...left.uses };
  for (const [id, at] of Object.entries(right.uses)) uses[id] = Math.max(uses[id] ?? 0, at);
  return { at: Math.max(left.at, right.at), added, uses };
}

/**
 * Whether the identity provider takes the answer for a failure. That a resource is gone is what a client wanted to know
 * by its GET, or wanted by its DELETE.
 */
function isFailure(method: string, status: number): boolean {
  if (status === 404 && (method === 'GET' || method === 'DELETE')) return false;
  return status >= 400;
}

function edgeOf(millis: number): number {
  return LATENCY_EDGES.find((edge) => millis <= edge) ?? LATENCY_EDGES[LATENCY_EDGES.length - 1] ?? millis;
}
