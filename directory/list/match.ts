import { compileFilter } from '../../scim/filter/compile.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { compareSortKeys, createSortKey, type SortKey } from '../../scim/sort.ts';
import type { DirectoryContext } from '../context.ts';
import { toView } from '../derived.ts';
import { type MembershipOf, membershipTests, readMemberships } from '../membership-tests.ts';
import type { ResourceItem } from '../store/items.ts';
import { toOrderedText } from '../store/keys.ts';
import type { Question } from './question.ts';

/** Where a resource stands in the order of a list. */
export interface Position {
  readonly type: ResourceTypeName;
  readonly id: string;
  /** What the list is sorted by; undefined where it is not sorted, or the resource has no data for it. */
  readonly key: SortKey | undefined;
}

/** A resource for which a filter holds. Its item is kept only where it is likely to be answered. */
export interface Match extends Position {
  readonly item?: ResourceItem;
}

/** Judges the resources of one type: the whole filter, and what the list is sorted by. */
export interface Judge {
  readonly question: Question;
  /** The ids that the filter compares memberships with. */
  readonly tests: readonly string[];
  /** The resource's place; undefined where the filter does not hold for it. */
  place(item: ResourceItem, membershipOf: MembershipOf): Position | undefined;
}

/** @throws ScimError 400 `invalidFilter` */
export function createJudge(context: DirectoryContext, question: Question): Judge {
  const { type, filter, sort } = question;
  const schema = context.tenant.schemas[type];
  const matches = filter === undefined ? undefined : compileFilter(filter, schema);
  const tests = filter === undefined ? [] : membershipTests(filter, schema);
  const keyOf = sort?.by === undefined ? undefined : createSortKey(sort.by, toOrderedText);
  return {
    question,
    tests,
    place: (item, membershipOf) => {
      if (matches === undefined && keyOf === undefined) return { type, id: item.sk, key: undefined };
      const { representation } = toView(context, item, membershipOf(item.sk));
      if (matches?.(representation) === false) return undefined;
      return { type, id: item.sk, key: keyOf?.(representation) };
    },
  };
}

/** As `readMemberships`, for what a judge has to know. */
export async function readMembershipsFor(
  context: DirectoryContext,
  { tests, question }: Judge,
  candidates: readonly string[] | undefined,
): Promise<MembershipOf> {
  return await readMemberships(context, question.type, tests, candidates);
}

/** In which lists of both types have them. */
const RANK: Readonly<Record<ResourceTypeName, number>> = { User: 0, Group: 1 };

/**
 * The order of a list: by key, then users before groups, then by id; no two places are the same. Descending is its very
 * reverse, so that what has no data comes first (RFC 7644 §3.4.2.3).
 */
export function createOrder(isReversed: boolean): (left: Position, right: Position) => number {
  const direction = isReversed ? -1 : 1;
  return (left, right) =>
    direction *
    (compareSortKeys(left.key, right.key) || RANK[left.type] - RANK[right.type] || compareIds(left.id, right.id));
}

/** Whether a place in the order of types and ids is past every resource of the type. */
export function isPast({ type: reached }: Position, type: ResourceTypeName): boolean {
  return RANK[reached] > RANK[type];
}

export function compareIds(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
