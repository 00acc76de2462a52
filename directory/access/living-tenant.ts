import type { Tenant } from '../context.ts';
import type { ItemTable } from '../store/item-table.ts';
import { readTenantRecords, toTenant } from '../tenant-records.ts';

/** The tenant as it is now; undefined where it is gone or going, so that nothing more is written of it. */
export async function readLivingTenant(table: ItemTable, name: string): Promise<Tenant | undefined> {
  const records = await readTenantRecords(table, name);
  return records === undefined || records.item.state === 'deleting' ? undefined : toTenant(name, records);
}
