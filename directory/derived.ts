import { isJsonObject, type JsonObject, member } from '../scim/json.ts';
import { isSelected, type Selection } from '../scim/projection.ts';
import { toLocation, toRepresentation } from '../scim/representation.ts';
import { ENTERPRISE_USER_SCHEMA } from '../scim/schema/enterprise-user.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import type { DirectoryContext } from './context.ts';
import type { ResourceView } from './resource-view.ts';
import { type Member, MembershipItemSchema, parseItem, type ResourceItem, ResourceItemSchema } from './store/items.ts';
import { isResourceId, memberOfPartition, membersPartition, resourceKey } from './store/keys.ts';
import { queryAll } from './store/query-all.ts';

const MANAGER = `${ENTERPRISE_USER_SCHEMA}:manager`;

/**
 * The representations of resources, with what is not stored with them but kept elsewhere: a user's groups, a group's
 * members, the name of a manager. Each is read only if it will be returned; the names of all resources in one batch.
 *
 * @param memberships - `none`: the resources are known to have no groups and no members.
 */
export async function toViews(
  context: DirectoryContext,
  items: readonly ResourceItem[],
  selection: Selection,
  memberships: 'read' | 'none' = 'read',
): Promise<readonly ResourceView[]> {
  const withMemberships = memberships === 'none' ? [] : items;
  const users = withMemberships.filter(({ type }) => type === 'User');
  const groups = withMemberships.filter(({ type }) => type === 'Group');
  const [groupIds, members] = await Promise.all([
    isSelected(selection, 'groups') ? readAll(users, (id) => readGroupIds(context, id)) : new Map<string, string[]>(),
    isSelected(selection, 'members') ? readAll(groups, (id) => readMembers(context, id)) : new Map<string, Member[]>(),
  ]);
  const managers = isSelected(selection, `${MANAGER}.displayName`) ? items.flatMap(managerIdOf) : [];
  const names = await readNames(context, [...groupIds.values()].flat(), managers);
  return items.map((item) =>
    toView(context, item, {
      ...(item.type === 'User' ? groupsOf(context, groupIds.get(item.sk), names) : {}),
      ...(item.type === 'User' ? managerOf(context, item, names) : {}),
      ...(item.type === 'Group' ? membersOf(context, members.get(item.sk)) : {}),
    }),
  );
}

/** The representation without anything derived. */
export function toView(context: DirectoryContext, item: ResourceItem, derived: JsonObject = {}): ResourceView {
  const { sk: id, version, created, lastModified, attributes, type } = item;
  return {
    representation: toRepresentation(
      context.tenant.schemas[type],
      { id, version, created, lastModified, attributes },
      context.tenantUrl,
      derived,
    ),
    version,
    location: locationOf(context, type, id),
  };
}

export function locationOf({ tenantUrl, tenant }: DirectoryContext, type: ResourceTypeName, id: string): string {
  return toLocation(tenantUrl, tenant.schemas[type].type, id);
}

/** Everyone who is a member of the group, in id order. */
export async function readMembers(context: DirectoryContext, groupId: string): Promise<Member[]> {
  const items = await queryAll(context.table, { pk: membersPartition(context.tenant.name, groupId) });
  return items.map((item) => {
    const { sk: id, type } = parseItem(MembershipItemSchema, item);
    return { id, type };
  });
}

/** The groups of which the user or group is a direct member, in id order. */
export async function readGroupIds(context: DirectoryContext, memberId: string): Promise<string[]> {
  const items = await queryAll(context.table, { pk: memberOfPartition(context.tenant.name, memberId) });
  return items.map(({ sk }) => sk);
}

async function readAll<T>(items: readonly ResourceItem[], read: (id: string) => Promise<T>): Promise<Map<string, T>> {
  return new Map(await Promise.all(items.map(async ({ sk }) => [sk, await read(sk)] as const)));
}

function managerIdOf({ attributes }: ResourceItem): string[] {
  const extension = member(attributes, ENTERPRISE_USER_SCHEMA);
  const manager = isJsonObject(extension) ? member(extension, 'manager') : undefined;
  const id = isJsonObject(manager) ? member(manager, 'value') : undefined;
  return typeof id === 'string' ? [id] : [];
}

/** displayNames by id, in one batch; ids that are none of ours are not asked for. */
async function readNames(
  { table, tenant }: DirectoryContext,
  groupIds: readonly string[],
  userIds: readonly string[],
): Promise<ReadonlyMap<string, ResourceItem>> {
  const keys = [
    ...[...new Set(groupIds)].map((id) => resourceKey(tenant.name, 'Group', id)),
    ...[...new Set(userIds)].filter(isResourceId).map((id) => resourceKey(tenant.name, 'User', id)),
  ];
  if (keys.length === 0) return new Map();
  const items = await table.getMany(keys);
  return new Map(
    items.flatMap((item) => {
      if (item === undefined) return [];
      const parsed = parseItem(ResourceItemSchema, item);
      return [[parsed.sk, parsed] as const];
    }),
  );
}

function groupsOf(
  context: DirectoryContext,
  groupIds: readonly string[] | undefined,
  names: ReadonlyMap<string, ResourceItem>,
): JsonObject {
  const groups = (groupIds ?? []).flatMap((id) => {
    const group = names.get(id);
    // A group that is being deleted is gone already; its memberships follow.
    if (group === undefined) return [];
    const display = member(group.attributes, 'displayName');
    return [
      {
        value: id,
        $ref: locationOf(context, 'Group', id),
        ...(display === undefined ? {} : { display }),
        type: 'direct',
      },
    ];
  });
  return groups.length === 0 ? {} : { groups };
}

function managerOf(
  context: DirectoryContext,
  item: ResourceItem,
  names: ReadonlyMap<string, ResourceItem>,
): JsonObject {
  const [id] = managerIdOf(item);
  if (id === undefined) return {};
  const manager = names.get(id);
  const displayName = manager === undefined ? undefined : member(manager.attributes, 'displayName');
  return {
    [ENTERPRISE_USER_SCHEMA]: {
      manager: {
        $ref: locationOf(context, 'User', id),
        ...(displayName === undefined ? {} : { displayName }),
      },
    },
  };
}

function membersOf(context: DirectoryContext, members: readonly Member[] | undefined): JsonObject {
  if (members === undefined || members.length === 0) return {};
  return {
    members: members.map(({ id, type }) => ({ value: id, $ref: locationOf(context, type, id), type })),
  };
}
