import { inParts } from '../in-parts.ts';
import type { Item, ItemTable } from '../store/item-table.ts';
import { parseItem, parseOptionalItem } from '../store/items.ts';
import { queryAll, queryPages } from '../store/query-all.ts';
import {
  type TenantItem,
  TenantItemSchema,
  type WatchedApplicationItem,
  WatchedApplicationItemSchema,
} from '../store/tenant-items.ts';
import { isApplicationKey, nameOfApplicationKey, TENANTS, tenantKey, tenantPartition } from '../store/tenant-keys.ts';

/** Tenants that are read at a time. */
const PARALLEL = 10;

/** A tenant with its applications. */
export interface TenantWithApplications {
  readonly tenant: string;
  readonly item: TenantItem;
  readonly applications: readonly { readonly application: string; readonly item: WatchedApplicationItem }[];
}

/**
 * Shows each tenant of the region, some at a time.
 *
 * @param visit - Given the tenant's name, and how to read it.
 */
export async function forEachTenant(
  table: ItemTable,
  visit: (tenant: string, read: () => Promise<TenantWithApplications | undefined>) => Promise<void>,
): Promise<void> {
  for await (const page of queryPages(table, { pk: TENANTS, consistent: false })) {
    for (const part of inParts(page, PARALLEL)) {
      await Promise.all(part.map(({ sk: tenant }) => visit(tenant, () => readTenant(table, tenant))));
    }
  }
}

/** Undefined where the tenant is gone. */
async function readTenant(table: ItemTable, tenant: string): Promise<TenantWithApplications | undefined> {
  const items = await queryAll(table, { pk: tenantPartition(tenant) });
  const settings = tenantKey(tenant).sk;
  const item = parseOptionalItem(
    TenantItemSchema,
    items.find(({ sk }) => sk === settings),
  );
  return item && { tenant, item, applications: items.filter(({ sk }) => isApplicationKey(sk)).map(toApplication) };
}

function toApplication(item: Item): TenantWithApplications['applications'][number] {
  return { application: nameOfApplicationKey(item.sk), item: parseItem(WatchedApplicationItemSchema, item) };
}
