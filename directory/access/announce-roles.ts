import type { Tenant } from '../context.ts';
import { toLogItem } from '../feed/log-entry.ts';
import { newEntry } from '../feed/new-entry.ts';
import { inLanes } from '../in-lanes.ts';
import { inParts } from '../in-parts.ts';
import { announcedRoleKey } from '../store/access-keys.ts';
import type { Action, ItemTable } from '../store/item-table.ts';
import { FORMAT, PolicyItemSchema, parseOptionalItem, type ResourceItem, ResourceItemSchema } from '../store/items.ts';
import { resourceKey } from '../store/keys.ts';
import { type AnnouncedRoleItem, AnnouncedRoleItemSchema } from '../store/ownership-items.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { policyKey } from '../store/tenant-keys.ts';
import { readTenantRecords, toTenant } from '../tenant-records.ts';
import { RoleRule } from './access-role.ts';
import { GroupReader } from './group-reader.ts';

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
 * is compared with, and is a condition of the write: so of any number at once whoever knows less looks again.
 *
 * @param tenant - As the caller knows it; it is read again where its policy has changed.
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
    const { refused, written } = await announceOnce(announcer, known, left, by);
    const version = written.length === 0 ? known.policyVersion : await readPolicyVersion(announcer.table, known.name);
    // A change of the policy looks at everybody: whoever was told of before it began must have been judged by it.
    left = version === known.policyVersion ? refused : [...refused, ...written];
    if (left.length > 0) known = await reread(announcer.table, known.name);
  }
}

async function readPolicyVersion(table: ItemTable, tenant: string): Promise<number> {
  return parseOptionalItem(PolicyItemSchema, await table.get(policyKey(tenant)))?.version ?? 0;
}

async function reread(table: ItemTable, name: string): Promise<Tenant | undefined> {
  const records = await readTenantRecords(table, name);
  const tenant = records && toTenant(name, records);
  return tenant?.standing.state === 'deleting' ? undefined : tenant;
}

/** A role that is to be announced. */
interface Announcement {
  readonly id: string;
  readonly before: AnnouncedRoleItem | undefined;
  readonly role: string | null;
}

async function announceOnce(
  announcer: Announcer,
  tenant: Tenant,
  ids: readonly string[],
  by: Actor,
): Promise<{ readonly refused: readonly string[]; readonly written: readonly string[] }> {
  const { table } = announcer;
  const last = await table.getMany(ids.map((id) => announcedRoleKey(tenant.name, id)));
  const roles = await rolesOf(table, tenant, ids);
  const changed = ids.flatMap((id, n): Announcement[] => {
    const before = parseOptionalItem(AnnouncedRoleItemSchema, last[n]);
    const role = roles.get(id) ?? null;
    return role === (before?.role ?? null) ? [] : [{ id, before, role }];
  });
  const refused = new Set<string>();
  for (const part of inParts(changed, USERS_A_TRANSACTION)) {
    for (const id of await write(announcer, tenant, part, by)) refused.add(id);
  }
  const written = changed.map(({ id }) => id).filter((id) => !refused.has(id));
  return { refused: [...refused], written };
}

/** Of those who have one. */
async function rolesOf(
  table: ItemTable,
  tenant: Tenant,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const rule = new RoleRule(tenant.policy, tenant.schemas);
  const reader = new GroupReader({ table, tenant });
  const items = await table.getMany(ids.map((id) => resourceKey(tenant.name, 'User', id)));
  const users = items
    .flatMap((item) => parseOptionalItem(ResourceItemSchema, item) ?? [])
    .filter(({ attributes }) => attributes['active'] !== false);
  const groups = await inLanes(users, LANES, async (user) =>
    rule.readsGroups && rule.lockedRole(user) === undefined ? await reader.groupsOf(user.sk) : [],
  );
  const names = await reader.namesOf(rule.readsNames ? [...new Set(groups.flat().map(({ id }) => id))] : []);
  return new Map(users.map((user, n) => [user.sk, rule.roleOf(user, groups[n] ?? [], names).role]));
}

/** @returns Ids of those of whom somebody else has announced something meanwhile. */
async function write(
  announcer: Announcer,
  tenant: Tenant,
  part: readonly Announcement[],
  by: Actor,
): Promise<readonly string[]> {
  try {
    await announcer.table.write(part.flatMap((each) => announcementActions(announcer, tenant, each, by)));
    return [];
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    if (part.length === 1) return part.map(({ id }) => id);
  }
  const refused: string[] = [];
  for (const each of part) refused.push(...(await write(announcer, tenant, [each], by)));
  return refused;
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
