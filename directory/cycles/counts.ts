import type { Done } from '../resource-view.ts';

/** A run of requests ends where none came for this long. */
export const CYCLE_GAP_MILLIS = 10 * 60_000;

/** What became of a request, or of one operation of a bulk request. */
export interface CountedOperation {
  readonly method: string;
  readonly status: number;
  readonly scimType: string | undefined;
  /** Undefined where it read, or failed. */
  readonly done: Done | undefined;
}

/** What is said of a request once its outcome is known. */
export interface CountedRequest extends CountedOperation {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly durationMs: number;
  /** Of a bulk request: it is one request, and does and fails what its operations do and fail. */
  readonly operations?: readonly CountedOperation[] | undefined;
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
export function countsOf({ at, durationMs, credentialId, operations = [], ...request }: CountedRequest): Counts {
  const millis = Math.max(0, Math.round(durationMs));
  const latency = { latencyMs: millis, [`${LATENCY_PREFIX}${edgeOf(millis)}`]: 1 };
  const all = [{ requests: 1, ...latency }, ...[request, ...operations].map(countsOfOperation)];
  return {
    at,
    added: all.reduce(sumOf, {}),
    uses: credentialId === undefined ? {} : { [credentialId]: at },
  };
}

/** What both add together. */
export function mergeCounts(left: Counts, right: Counts): Counts {
  const added = sumOf(left.added, right.added);
  const uses: Record<string, number> = { ...left.uses };
  for (const [id, at] of Object.entries(right.uses)) uses[id] = Math.max(uses[id] ?? 0, at);
  return { at: Math.max(left.at, right.at), added, uses };
}

function countsOfOperation({ method, status, scimType, done }: CountedOperation): Counts['added'] {
  const kind = scimType === undefined ? status : `${status}.${scimType}`;
  const failure = isFailure(method, status) ? { failures: 1, [`${FAILURE_PREFIX}${kind}`]: 1 } : {};
  if (done === undefined) return failure;
  const { membersAdded, membersRemoved } = done;
  return { ...failure, [attributeOfDone[done.kind]]: 1, membersAdded, membersRemoved };
}

/** The sums by name, without those that are 0. */
function sumOf(left: Counts['added'], right: Counts['added']): Counts['added'] {
  const sums: Record<string, number> = { ...left };
  for (const [name, count] of Object.entries(right)) if (count !== 0) sums[name] = (sums[name] ?? 0) + count;
  return sums;
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
