import type { ResourceTypeName } from '../scim/schema/types.ts';
import type { DirectoryContext, Tenant } from './context.ts';
import { CounterItemSchema, parseItem } from './store/items.ts';
import { counterPartition } from './store/keys.ts';
import { queryAll } from './store/query-all.ts';

/** How many resources of a type there are, by the first two hex digits of their ids, in id order. */
export interface Counters {
  readonly total: number;
  readonly buckets: readonly { readonly prefix: string; readonly count: number }[];
}

export async function readCounters(
  { table, tenant }: Pick<DirectoryContext, 'table'> & { readonly tenant: Pick<Tenant, 'name'> },
  type: ResourceTypeName,
): Promise<Counters> {
  const items = await queryAll(table, { pk: counterPartition(tenant.name, type) });
  const buckets = items.map((item) => {
    const { sk: prefix, count } = parseItem(CounterItemSchema, item);
    return { prefix, count };
  });
  return { total: buckets.reduce((sum, { count }) => sum + count, 0), buckets };
}

/**
 * Where the resource at a position stands in id order.
 *
 * @param position - From 0, below `total`.
 * @returns The bucket in which it is, and how many resources of that bucket come before it.
 */
export function locatePosition(
  { buckets }: Counters,
  position: number,
): { readonly prefix: string; readonly skip: number } {
  let before = 0;
  for (const { prefix, count } of buckets) {
    if (position < before + count) return { prefix, skip: position - before };
    before += count;
  }
  throw new RangeError(`position ${position} is beyond the ${before} resources there are`);
}
