import type { Tenant } from '../context.ts';
import { parseItem, ResourceItemSchema } from '../store/items.ts';
import { resourceKey } from '../store/keys.ts';
import type { LogItem } from '../store/log-items.ts';
import { type Announcer, announceRoles } from './announce-roles.ts';
import { roleJobAction } from './role-jobs.ts';

/**
 * Sees to the access roles that may have changed by what an entry of the log tells: of the users in it at once; of
 * everybody below a group by a job, which the sweeper carries out. Does nothing for a tenant that names no roles.
 */
export async function followRoles(announcer: Announcer, tenant: Tenant, entry: LogItem): Promise<void> {
  if (tenant.policy.roles.length === 0 || entry.outcome !== 'success') return;
  const { application, requestId } = entry;
  const by = { application, requestId };
  const { users, group } = concernedBy(entry);
  const members = [...entry.membersAdded, ...entry.membersRemoved];
  const groups = await findGroups(announcer, tenant, members);
  await announceRoles(announcer, tenant, [...users, ...members.filter((id) => !groups.includes(id))], by);
  for (const id of [...groups, ...(group !== undefined && readsNames(tenant) ? [group] : [])]) {
    const job = {
      tenant: tenant.name,
      scope: { group: id },
      id: `${entry.id}.${id}`,
      since: announcer.now().toISOString(),
      by,
    };
    await announcer.table.writeOne(roleJobAction(job));
  }
}

/** Users by themselves; the group where it is called otherwise now. */
function concernedBy({ operation, resource, changes }: LogItem): {
  readonly users: readonly string[];
  readonly group?: string;
} {
  if (resource?.id === undefined) return { users: [] };
  if (resource.type === 'Group') {
    const isRenamed = changes.some(({ path }) => path === 'displayName' || path === 'externalId');
    return operation === 'update' && isRenamed ? { users: [], group: resource.id } : { users: [] };
  }
  switch (operation) {
    case 'create':
    case 'deactivate':
    case 'reactivate':
    case 'delete':
    case 'restore':
    case 'relink':
      return { users: [resource.id] };
    case 'update':
      // A lock changes no attribute, and no attribute but active changes a role.
      return { users: changes.length === 0 ? [resource.id] : [] };
    default:
      return { users: [] };
  }
}

function readsNames({ policy }: Tenant): boolean {
  return policy.mappings.some(({ by }) => by !== 'id');
}

/** Those of the members that are groups. One that is gone has told of its own members as they went. */
async function findGroups({ table }: Announcer, tenant: Tenant, ids: readonly string[]): Promise<readonly string[]> {
  const users = ids.length === 0 ? [] : await table.getMany(ids.map((id) => resourceKey(tenant.name, 'User', id)));
  const others = ids.filter((_, n) => users[n] === undefined);
  if (others.length === 0) return [];
  const groups = await table.getMany(others.map((id) => resourceKey(tenant.name, 'Group', id)));
  return groups.flatMap((item) => (item === undefined ? [] : [parseItem(ResourceItemSchema, item).sk]));
}
