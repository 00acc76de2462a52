import type { ItemTable } from '../directory/store/item-table.ts';
import { FORMAT } from '../directory/store/items.ts';
import { ignoringRefusal } from '../directory/store/journal.ts';
import { policyKey } from '../directory/store/tenant-keys.ts';

/**
 * Switches the guard against mass deprovisioning off for tenants that have no policy yet: a replay removes all that it has
 * made, which is what the guard is there to stop. `scim-stack guard set <tenant> --mode on` switches it on.
 */
export async function leaveUnguarded(table: ItemTable, tenants: readonly string[], now: Date): Promise<void> {
  const document = { guard: { mode: 'off' } };
  const changedAt = now.toISOString();
  for (const tenant of tenants) {
    const item = { ...policyKey(tenant), format: FORMAT, version: 1, changedAt, document };
    await ignoringRefusal(table.writeOne({ kind: 'put', item, conditions: [{ kind: 'notExists' }] }));
  }
}
