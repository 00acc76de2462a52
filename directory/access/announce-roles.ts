import type { Tenant } from '../context.ts';
import { toLogItem } from '../feed/log-entry.ts';
import { newEntry } from '../feed/new-entry.ts';
import { inLanes } from '../in-lanes.ts';
import { inParts } from '../in-parts.ts';
import { announcedRoleKey } from '../store/access-keys.ts';
import type { Action, ItemTable } from '../store/item-table.ts';
import { FORMAT, parseOptionalItem, type ResourceItem, ResourceItemSchema } from '../store/items.ts';
import { resourceKey } from '../store/keys.ts';
import { type AnnouncedRoleItem, AnnouncedRoleItemSchema } from '../store/ownership-items.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { RoleRule } from './access-role.ts';
import { GroupReader } from './group-reader.ts';
import { readLivingTenant } from './living-tenant.ts';

export interface Announcer {
  readonly table: ItemTable;
  readonly now: () => Date;
}

type Actor = ResourceItem['by'];

/** Users whose memberships are read at once. */
const LANES = 16;
/** Users in one transaction: two items each. */
const USERS_A_TRANSACTION = 48;

/**
 * Compares the access roles of users with what was announced of each last, and announces those that differ: in one
 * transaction the new role and the entry of the log from which the event comes. What was announced is read before what it
 * is compared with, and is a condition of the write: so of any number at once whoever knows less looks again. So does
 * whoever has written: what was compared may have changed before the write, and whoever saw that change may have found
 * nothing to announce.
 *
 * @param tenant - As the caller knows it; it is read again for each further look.
 * @param ids - Of users; one who is deleted or deactivated has no role, and an id of nobody is passed over.
 * @param by - Whose doing it is.
 */
export async function announceRoles(
  announcer: Announcer,
  tenant: Tenant,
  ids: readonly string[],
  by: Actor,
): Promise<void> {
  let known: Tenant | undefined = tenant;
  let left: readonly string[] = [...new Set(ids)];
  while (known !== undefined && left.length > 0) {
    left = await announceOnce(announcer, known, left, by);
    if (left.length > 0) known = await readLivingTenant(announcer.table, known.name);
  }
}

/** A role that is to be announced. */
interface Announcement {
  readonly id: string;
  readonly before: AnnouncedRoleItem | undefined;
  readonly role: string | null;
}

/** @returns Ids of those of whom anything was to be announced. */
async function announceOnce(
  announcer: Announcer,
  tenant: Tenant,
  ids: readonly string[],
  by: Actor,
): Promise<readonly string[]> {
  const { table } = announcer;
  const last = await table.getMany(ids.map((id) => announcedRoleKey(tenant.name, id)));
  const roles = await rolesOf(table, tenant, ids);
  const changed = ids.flatMap((id, n): Announcement[] => {
    const before = parseOptionalItem(AnnouncedRoleItemSchema, last[n]);
    const role = roles.get(id) ?? null;
    return role === (before?.role ?? null) ? [] : [{ id, before, role }];
  });
  for (const part of inParts(changed, USERS_A_TRANSACTION)) await write(announcer, tenant, part, by);
  return changed.map(({ id }) => id);
}

/** Of those who are there. */
async function rolesOf(
  table: ItemTable,
  tenant: Tenant,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const rule = new RoleRule(tenant.policy, tenant.schemas);
  const reader = new GroupReader({ table, tenant });
  const items = await table.getMany(ids.map((id) => resourceKey(tenant.name, 'User', id)));
  const users = items.flatMap((item) => parseOptionalItem(ResourceItemSchema, item) ?? []);
  const groups = await inLanes(users, LANES, async (user) =>
    rule.readsGroupsOf(user) ? await reader.groupsOf(user.sk) : [],
  );
  const names = await reader.namesOf(rule.readsNames ? [...new Set(groups.flat().map(({ id }) => id))] : []);
  return new Map(users.map((user, n) => [user.sk, rule.roleOf(user, groups[n] ?? [], names).role]));
}

/** All of them but those of whom somebody else has announced something meanwhile. */
async function write(announcer: Announcer, tenant: Tenant, part: readonly Announcement[], by: Actor): Promise<void> {
  try {
    await announcer.table.write(part.flatMap((each) => announcementActions(announcer, tenant, each, by)));
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    if (part.length > 1) for (const each of part) await write(announcer, tenant, [each], by);
  }
}

function announcementActions(
  { now }: Announcer,
  tenant: Tenant,
  { id, before, role }: Announcement,
  by: Actor,
): Action[] {
  const { policyVersion } = tenant;
  const version = (before?.version ?? 0) + 1;
  const entry = newEntry(tenant.name, ['role', id, version], {
    time: now().toISOString(),
    ...by,
    operation: 'role',
    resource: { type: 'User', id },
    role: { from: before?.role ?? null, to: role, number: version, policyVersion },
  });
  return [
    {
      kind: 'put',
      item: { ...announcedRoleKey(tenant.name, id), format: FORMAT, version, role, policyVersion },
      conditions: [before === undefined ? { kind: 'notExists' } : { kind: 'versionIs', version: before.version }],
    },
    { kind: 'put', item: toLogItem(entry) },
  ];
}
