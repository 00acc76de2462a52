import { tooMany } from '../scim/errors.ts';
import type { Filter } from '../scim/filter/ast.ts';
import { compileFilter } from '../scim/filter/compile.ts';
import type { Selection } from '../scim/projection.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import type { DirectoryContext } from './context.ts';
import { locatePosition, readCounters } from './counters.ts';
import { toView, toViews } from './derived.ts';
import { type Lookup, planLookups } from './lookup-plan.ts';
import { listMemberships, type MembershipOf, membershipTests, readMemberships } from './membership-tests.ts';
import type { ResourceView } from './resource-view.ts';
import type { Item } from './store/item-table.ts';
import { ClaimItemSchema, parseItem, parseOptionalItem, type ResourceItem, ResourceItemSchema } from './store/items.ts';
import {
  claimKey,
  idOfIndexKey,
  indexPartition,
  indexRange,
  isResourceId,
  resourceKey,
  resourcePartition,
} from './store/keys.ts';
import { getEach, queryAll, queryPages } from './store/query-all.ts';

export interface ListQuery {
  readonly filter: Filter | undefined;
  /** From 1. */
  readonly startIndex: number;
  /** Resources wanted, from 0. */
  readonly count: number;
  readonly selection: Selection;
}

export interface ResourceList {
  readonly totalResults: number;
  readonly resources: readonly ResourceView[];
}

/** Resources that a filter which no index serves may have to look at. One partition reads some 20,000 of 1 KB a second. */
export const MAX_SCANNED = 50_000;

/**
 * A page of the resources for which the filter holds, in id order, and how many there are in all.
 *
 * @throws ScimError 400 `invalidFilter`; 400 `tooMany` where no index serves the filter and there are too many resources.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2 RFC 7644 §3.4.2}
 */
export async function listResources(
  context: DirectoryContext,
  type: ResourceTypeName,
  query: ListQuery,
): Promise<ResourceList> {
  const { filter, startIndex, count, selection } = query;
  if (filter === undefined) return await listAll(context, type, query);
  const found = await findMatching(context, type, filter);
  const page = found.slice(startIndex - 1, startIndex - 1 + count);
  return { totalResults: found.length, resources: await toViews(context, page, selection) };
}

async function listAll(
  context: DirectoryContext,
  type: ResourceTypeName,
  { startIndex, count, selection }: ListQuery,
): Promise<ResourceList> {
  const counters = await readCounters(context, type);
  if (count === 0 || startIndex > counters.total) return { totalResults: counters.total, resources: [] };
  const { prefix, skip } = locatePosition(counters, startIndex - 1);
  const items: Item[] = [];
  const pages = queryPages(context.table, {
    pk: resourcePartition(context.tenant.name, type),
    from: prefix,
    limit: skip + count,
  });
  for await (const page of pages) {
    items.push(...page);
    if (items.length >= skip + count) break;
  }
  const wanted = items.slice(skip, skip + count).map((item) => parseItem(ResourceItemSchema, item));
  return { totalResults: counters.total, resources: await toViews(context, wanted, selection) };
}

/** Every resource for which the whole filter holds, in id order. */
async function findMatching(
  context: DirectoryContext,
  type: ResourceTypeName,
  filter: Filter,
): Promise<ResourceItem[]> {
  const schema = context.tenant.schemas[type];
  const matches = compileFilter(filter, schema);
  const tests = membershipTests(filter, schema);
  const holds = (item: ResourceItem, membershipOf: MembershipOf) =>
    matches(toView(context, item, membershipOf(item.sk)).representation);

  const lookups = planLookups(filter, schema, context.tenant.settings);
  if (lookups === undefined) {
    const membershipOf = await readMemberships(context, type, tests, undefined);
    return await scan(context, type, (item) => holds(item, membershipOf));
  }
  const candidates = await readCandidates(context, type, lookups);
  const ids = candidates.map(({ sk }) => sk);
  const membershipOf = await readMemberships(context, type, tests, ids);
  return candidates.filter((item) => holds(item, membershipOf)).sort(byId);
}

async function readCandidates(
  context: DirectoryContext,
  type: ResourceTypeName,
  lookups: readonly Lookup[],
): Promise<ResourceItem[]> {
  const found = await Promise.all(lookups.map((lookup) => lookUp(context, type, lookup)));
  const ids = [...new Set(found.flat())].filter(isResourceId);
  const items = await getEach(
    context.table,
    ids.map((id) => resourceKey(context.tenant.name, type, id)),
  );
  return items.flatMap((item) => (item === undefined ? [] : [parseItem(ResourceItemSchema, item)]));
}

/** The ids that a lookup finds; what they point to may be gone or changed. */
async function lookUp(context: DirectoryContext, type: ResourceTypeName, lookup: Lookup): Promise<readonly string[]> {
  const { table, tenant } = context;
  switch (lookup.kind) {
    case 'id':
      return [lookup.id];
    case 'claim': {
      const item = await table.get(claimKey(tenant.name, type, lookup.attribute, lookup.value));
      const claim = parseOptionalItem(ClaimItemSchema, item);
      return claim === undefined || claim.tombstone === true ? [] : [claim.resourceId];
    }
    case 'index': {
      const pk = indexPartition(tenant.name, type, lookup.attribute);
      const entries = await queryAll(table, { pk, ...indexRange(lookup.value) });
      return entries.map(({ sk }) => idOfIndexKey(sk));
    }
    case 'membership':
      return await listMemberships(context, type, lookup.id);
  }
}

/** Looks at every resource of the type, in sixteen ranges at once; eventually consistent, which costs half. */
async function scan(
  context: DirectoryContext,
  type: ResourceTypeName,
  holds: (item: ResourceItem) => boolean,
): Promise<ResourceItem[]> {
  const { total } = await readCounters(context, type);
  if (total > MAX_SCANNED) {
    throw tooMany(
      `no index serves this filter, and there are ${total} resources to look at (at most ${MAX_SCANNED}); filter by id, userName, displayName of groups, externalId, emails.value or employeeNumber with eq`,
    );
  }
  const pk = resourcePartition(context.tenant.name, type);
  const ranges = await Promise.all(
    [...'0123456789abcdef'].map(async (digit) => {
      const found: ResourceItem[] = [];
      for await (const page of queryPages(context.table, { pk, from: digit, to: `${digit}~`, consistent: false })) {
        for (const item of page) {
          const resource = parseItem(ResourceItemSchema, item);
          if (holds(resource)) found.push(resource);
        }
      }
      return found;
    }),
  );
  return ranges.flat();
}

function byId(left: ResourceItem, right: ResourceItem): number {
  return left.sk < right.sk ? -1 : left.sk > right.sk ? 1 : 0;
}
