import { ACTORS } from '../context.ts';
import { heldKey, rejectionKey } from '../store/access-keys.ts';
import type { ItemTable } from '../store/item-table.ts';
import { queryAll } from '../store/query-all.ts';
import { applicationRange, nameOfApplicationKey, tenantPartition } from '../store/tenant-keys.ts';

/** Erases what is kept of requests about a user who is gone for good. Once more does no harm. */
export async function eraseHeldOfUser(table: ItemTable, tenant: string, id: string): Promise<void> {
  const applications = await queryAll(table, { pk: tenantPartition(tenant), ...applicationRange() });
  const user = { type: 'User', id } as const;
  for (const name of [...applications.map(({ sk }) => nameOfApplicationKey(sk)), ACTORS.lifecycle]) {
    for (const key of [heldKey(tenant, name, user), rejectionKey(tenant, name, user)]) {
      await table.writeOne({ kind: 'delete', key });
    }
  }
}
