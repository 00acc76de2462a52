import type { Query } from './item-table.ts';

/** A range of sort keys within one partition, in ascending terms. */
export interface KeyRange {
  /** Lowest sort key, included. */
  readonly from: string | undefined;
  /** Highest sort key, included. */
  readonly to: string | undefined;
  /** Where inside the range to begin, excluded; the query's direction tells on which side. */
  readonly after: string | undefined;
}

/**
 * The range that a query is about, or undefined where nothing can lie in it. DynamoDB refuses an empty range, and a
 * start outside of the range, which both are harmless questions.
 */
export function keyRangeOf({ from, to, after, backwards = false }: Query): KeyRange | undefined {
  if (isBelow(to, from)) return undefined;
  if (after === undefined) return { from, to, after };
  const [near, far] = backwards ? [to, from] : [from, to];
  const isBefore = backwards ? (left: string | undefined, right: string | undefined) => isBelow(right, left) : isBelow;
  if (far !== undefined && !isBefore(after, far)) return undefined;
  return { from, to, after: isBefore(after, near) ? undefined : after };
}

/** Whether both are given and the left one is lower by its UTF-8 bytes, by which DynamoDB orders sort keys. */
function isBelow(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && right !== undefined && Buffer.compare(Buffer.from(left), Buffer.from(right)) < 0;
}
