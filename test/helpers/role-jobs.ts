import { followRoles } from '../../directory/access/follow-roles.ts';
import type { DirectoryContext } from '../../directory/context.ts';
import { newEntry } from '../../directory/feed/new-entry.ts';
import { setPolicy } from '../../directory/operator/policy.ts';
import { announcedRolePartition } from '../../directory/store/access-keys.ts';
import type { ItemTable } from '../../directory/store/item-table.ts';
import { queryAll } from '../../directory/store/query-all.ts';
import { SqliteItemTable } from '../../directory/store/sqlite-item-table.ts';
import { TenantCache } from '../../directory/tenants.ts';
import { policy } from './access.ts';
import { createContext } from './directory.ts';
import { operatorOf } from './ownership.ts';
import { seedUsers } from './seed.ts';

export async function createRoleScene(
  users: number,
): Promise<{ table: SqliteItemTable; context: DirectoryContext; ids: readonly string[] }> {
  const table = new SqliteItemTable(':memory:');
  const plain = await createContext(table, { deadlineSeconds: 600 });
  await setPolicy(operatorOf(plain), 'acme', { document: policy, version: undefined });
  const tenant = await new TenantCache({ now: Date.now }).find(table, 'acme');
  if (tenant === undefined) throw new Error('there is no tenant');
  const context = { ...plain, tenant };
  return { table, context, ids: await seedUsers(context, users, 'seed') };
}

export async function announcedRoles(table: ItemTable): Promise<ReadonlyMap<string, unknown>> {
  const items = await queryAll(table, { pk: announcedRolePartition('acme') });
  return new Map(items.map(({ sk, role }) => [sk, role]));
}

export function tally(roles: ReadonlyMap<string, unknown>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const role of roles.values()) counts[String(role)] = (counts[String(role)] ?? 0) + 1;
  return counts;
}

/** What the feed has of a group that was taken into another. */
export async function tellOf(context: DirectoryContext, table: ItemTable, outer: string, inner: string): Promise<void> {
  const entry = newEntry('acme', ['test', outer, inner], {
    time: new Date().toISOString(),
    application: 'entra',
    requestId: 'r',
    operation: 'update',
    resource: { type: 'Group', id: outer },
    membersAdded: [inner],
  });
  await followRoles({ table, now: () => new Date() }, context.tenant, entry);
}
