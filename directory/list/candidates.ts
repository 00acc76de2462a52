import type { DirectoryContext } from '../context.ts';
import { type Lookup, planLookups } from '../lookup-plan.ts';
import { membershipPartition } from '../membership-tests.ts';
import type { Item, Query } from '../store/item-table.ts';
import { ClaimItemSchema, parseItem, parseOptionalItem } from '../store/items.ts';
import {
  claimKey,
  claimPartition,
  idOfIndexKey,
  indexKey,
  indexPartition,
  indexRange,
  isResourceId,
} from '../store/keys.ts';
import { queryPages } from '../store/query-all.ts';
import { compareIds } from './match.ts';
import type { Question } from './question.ts';

/** Ids that a list looks up one by one; where there are more, it is cheaper to look at every resource. */
const MAX_CANDIDATES = 10_000;
/** The same for one page of a walk, which reads the whole of a range each time. */
const MAX_CANDIDATES_OF_PAGE = 2_000;

/** The ids of resources for which a filter may hold. */
export interface Candidates {
  /** Each once, ascending. */
  readonly ids: readonly string[];
  /** Up to which id these are all of them; undefined: to the end. */
  readonly horizon: string | undefined;
}

interface Bounds {
  /** Only ids beyond this one. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** What one lookup found: all, what it found up to a horizon, or undefined for more than the limit. */
type Found = Candidates | undefined;

/** Every candidate; undefined where no index serves the filter, or it finds too many to be looked at one by one. */
export async function findCandidates(
  context: DirectoryContext,
  question: Question,
): Promise<readonly string[] | undefined> {
  const found = await lookUpAll(context, question, { after: undefined, limit: MAX_CANDIDATES });
  return found?.horizon === undefined ? found?.ids : undefined;
}

/** The next candidates beyond an id; undefined as of {@link findCandidates}. */
export async function findNextCandidates(
  context: DirectoryContext,
  question: Question,
  after: string | undefined,
): Promise<Candidates | undefined> {
  return await lookUpAll(context, question, { after, limit: MAX_CANDIDATES_OF_PAGE });
}

async function lookUpAll(context: DirectoryContext, question: Question, bounds: Bounds): Promise<Found> {
  const { type, filter } = question;
  const { schemas, lookups } = context.tenant;
  const plan = filter === undefined ? undefined : planLookups(filter, schemas[type], lookups[type]);
  if (plan === undefined) return undefined;
  const all = await Promise.all(plan.map((lookup) => lookUp(context, question, lookup, bounds)));
  const found = all.filter((each) => each !== undefined);
  if (found.length < all.length) return undefined;
  const horizon = found
    .map((each) => each.horizon)
    .filter((id) => id !== undefined)
    .reduce<string | undefined>((least, id) => (least === undefined || id < least ? id : least), undefined);
  const { after } = bounds;
  const ids = new Set(found.flatMap((each) => each.ids));
  const wanted = [...ids].filter(
    (id) => isResourceId(id) && (after === undefined || id > after) && (horizon === undefined || id <= horizon),
  );
  return { ids: wanted.sort(compareIds), horizon };
}

/** The ids that a lookup finds; what they point to may be gone or changed. */
async function lookUp(
  context: DirectoryContext,
  { type }: Question,
  lookup: Lookup,
  { after, limit }: Bounds,
): Promise<Found> {
  const { table, tenant } = context;
  switch (lookup.kind) {
    case 'id':
      return { ids: [lookup.id], horizon: undefined };
    case 'claim': {
      const item = await table.get(claimKey(tenant.name, type, lookup.attribute, lookup.value));
      const claim = parseOptionalItem(ClaimItemSchema, item);
      return { ids: claim === undefined || claim.tombstone === true ? [] : [claim.resourceId], horizon: undefined };
    }
    case 'index': {
      const pk = indexPartition(tenant.name, type, lookup.attribute);
      const start =
        after === undefined ? undefined : indexKey(tenant.name, type, lookup.attribute, lookup.value, after);
      const query = { pk, ...indexRange(lookup.value), ...(start === undefined ? {} : { after: start.sk }) };
      return await readInIdOrder(context, query, idOfIndexItem, limit);
    }
    case 'membership': {
      if (!isResourceId(lookup.id)) return { ids: [], horizon: undefined };
      const pk = membershipPartition(tenant.name, type, lookup.id);
      return await readInIdOrder(context, { pk, ...(after === undefined ? {} : { after }) }, ({ sk }) => sk, limit);
    }
    case 'prefix':
    case 'range': {
      const { attribute, range } = lookup;
      if (lookup.of === 'index') {
        return await readRange(
          context,
          { pk: indexPartition(tenant.name, type, attribute), ...range },
          limit,
          (item) => [idOfIndexItem(item)],
        );
      }
      return await readRange(context, { pk: claimPartition(tenant.name, type, attribute), ...range }, limit, (item) => {
        const { resourceId, tombstone } = parseItem(ClaimItemSchema, item);
        return tombstone === true ? [] : [resourceId];
      });
    }
  }
}

function idOfIndexItem({ sk }: Item): string {
  return idOfIndexKey(sk);
}

/** Reads entries that stand in the order of their ids; stops, with a horizon, beyond the limit. */
async function readInIdOrder(
  { table }: DirectoryContext,
  query: Query,
  toId: (item: Item) => string,
  limit: number,
): Promise<Candidates> {
  const ids: string[] = [];
  for await (const page of queryPages(table, { ...query, limit: limit + 1 })) {
    ids.push(...page.map(toId));
    if (ids.length > limit) return { ids, horizon: ids.at(-1) };
  }
  return { ids, horizon: undefined };
}

/** Reads a range of values, in which ids stand in no order. */
async function readRange(
  { table }: DirectoryContext,
  query: Query,
  limit: number,
  toIds: (item: Item) => readonly string[],
): Promise<Found> {
  const ids: string[] = [];
  let read = 0;
  for await (const page of queryPages(table, { ...query, limit: limit + 1 })) {
    ids.push(...page.flatMap(toIds));
    read += page.length;
    if (read > limit) return undefined;
  }
  return { ids, horizon: undefined };
}
