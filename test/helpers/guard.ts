import type { GuardSettings } from '../../directory/guard/guard-policy.ts';
import type { ItemTable } from '../../directory/store/item-table.ts';
import { FORMAT } from '../../directory/store/items.ts';
import { policyKey } from '../../directory/store/tenant-keys.ts';

/** Puts the guard's section into a tenant that has no policy; a server that has served the tenant knows it 30 s later. */
export async function setGuard(table: ItemTable, tenant: string, guard: Partial<GuardSettings>): Promise<void> {
  const document = { guard: { ...guard } };
  const changedAt = new Date().toISOString();
  await table.writeOne({
    kind: 'put',
    item: { ...policyKey(tenant), format: FORMAT, version: 1, changedAt, document },
  });
}
