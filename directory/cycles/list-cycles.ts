import type { Item, ItemTable } from '../store/item-table.ts';
import { currentCycleKey, cyclePartition } from '../store/log-keys.ts';
import { queryAll, queryPages } from '../store/query-all.ts';
import { applicationRange, nameOfApplicationKey, tenantPartition } from '../store/tenant-keys.ts';
import type { ApplicationName } from './count-request.ts';
import { type Cycle, parseCycle } from './cycle.ts';

/** Cycles of an application that are listed unless a start is given; some three days of Entra's. */
const DEFAULT_COUNT = 100;
/** And at most, so that they fit into an answer. */
const MAX_COUNT = 5_000;

export interface CycleSelection {
  /** Default: all of the tenant's. */
  readonly application?: string;
  /** Start of the oldest; the open one is always among them. Default: the last 100 of each application. */
  readonly from?: Date;
}

/** The cycles of a tenant, newest first, the open ones included. */
export async function listCycles(
  table: ItemTable,
  tenant: string,
  { application, from }: CycleSelection,
): Promise<readonly Cycle[]> {
  const applications = application === undefined ? await readApplications(table, tenant) : [application];
  const lists = await Promise.all(applications.map((name) => readCycles(table, { tenant, application: name }, from)));
  return lists
    .flat()
    .toSorted((left, right) => right.start - left.start)
    .slice(0, MAX_COUNT);
}

/** The last cycles of an application, newest first, the open one included. */
export async function readLastCycles(
  table: ItemTable,
  application: ApplicationName,
  count: number,
): Promise<readonly Cycle[]> {
  const pk = cyclePartition(application.tenant, application.application);
  const { items } = await table.query({ pk, backwards: true, limit: count, consistent: false });
  return items.map((item) => parseCycle(application, item));
}

async function readCycles(table: ItemTable, application: ApplicationName, from: Date | undefined) {
  if (from === undefined) return await readLastCycles(table, application, DEFAULT_COUNT);
  const { pk, sk } = currentCycleKey(application.tenant, application.application);
  const items: Item[] = [];
  for await (const page of queryPages(table, { pk, from: from.toISOString(), to: sk, backwards: true })) {
    items.push(...page);
    if (items.length >= MAX_COUNT) break;
  }
  return items.map((item) => parseCycle(application, item));
}

async function readApplications(table: ItemTable, tenant: string): Promise<readonly string[]> {
  const items = await queryAll(table, { pk: tenantPartition(tenant), ...applicationRange() });
  return items.map(({ sk }) => nameOfApplicationKey(sk));
}
