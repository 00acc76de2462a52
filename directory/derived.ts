import { isJsonObject, type JsonObject, member } from '../scim/json.ts';
import { isSelected, type Selection } from '../scim/projection.ts';
import { toLocation, toRepresentation } from '../scim/representation.ts';
import { ENTERPRISE_USER_SCHEMA } from '../scim/schema/enterprise-user.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import type { DirectoryContext } from './context.ts';
import { readGroupIdsOfFirst, readMembersOfFirst } from './read-memberships.ts';
import type { ResourceView } from './resource-view.ts';
import { type Member, parseItem, type ResourceItem, ResourceItemSchema } from './store/items.ts';
import { isResourceId, resourceKey } from './store/keys.ts';

const MANAGER = `${ENTERPRISE_USER_SCHEMA}:manager`;

/** An answer of a Lambda function may have 6 MB. */
const MAX_ANSWER_BYTES = 6_291_556;
/** `{"value":"…"},` with a UUID, as it is in the JSON of an answer of which it is a string; and `{"type":"User"},`. */
const VALUE_BYTES = 53;
const TYPE_BYTES = 20;

/** Of a group with more members, each is its `value` alone. */
const MAX_DESCRIBED_MEMBERS = 10_000;

/**
 * The representations of resources, with what is not stored with them but kept elsewhere: a user's groups, a group's
 * members, the name of a manager. Each is read only if it will be returned; the names of all resources in one batch.
 *
 * @returns Those of the first of the resources, where all of them have more memberships together than an answer can
 * hold; of none where the first alone has.
 * @param memberships - `none`: the resources are known to have no groups and no members.
 */
export async function toViews(
  context: DirectoryContext,
  items: readonly ResourceItem[],
  selection: Selection,
  memberships: 'read' | 'none' = 'read',
): Promise<readonly ResourceView[]> {
  const idsOf = (type: ResourceTypeName, attribute: string) =>
    memberships === 'none' || !isSelected(selection, attribute)
      ? []
      : items.filter((item) => item.type === type).map(({ sk }) => sk);
  const [users, groups] = [idsOf('User', 'groups'), idsOf('Group', 'members')];
  const [groupLists, memberLists] = await Promise.all([
    readGroupIdsOfFirst(context, users, Math.floor(MAX_ANSWER_BYTES / leastBytes(context, selection, 'groups'))),
    readMembersOfFirst(context, groups, Math.floor(MAX_ANSWER_BYTES / leastBytes(context, selection, 'members'))),
  ]);
  const left = new Set([...users.slice(groupLists.length), ...groups.slice(memberLists.length)]);
  const end = items.findIndex(({ sk }) => left.has(sk));
  const answered = end === -1 ? items : items.slice(0, end);
  const groupIds = new Map(groupLists.map((list, n) => [users[n], list]));
  const members = new Map(memberLists.map((list, n) => [groups[n], list]));
  const managers = isSelected(selection, `${MANAGER}.displayName`) ? answered.flatMap(managerIdOf) : [];
  const names = await readNames(context, [...groupIds.values()].flat(), managers);
  return answered.map((item) =>
    toView(context, item, {
      ...(item.type === 'User' ? groupsOf(context, groupIds.get(item.sk), names) : {}),
      ...(item.type === 'User' ? managerOf(context, item, names) : {}),
      ...(item.type === 'Group' ? membersOf(context, members.get(item.sk), selection) : {}),
    }),
  );
}

/** What one membership takes in an answer, at least: by this no more are read than an answer could hold. */
function leastBytes({ tenantUrl }: DirectoryContext, selection: Selection, attribute: 'groups' | 'members'): number {
  const isReturned = (name: string) => isSelected(selection, `${attribute}.${name}`);
  const value = isReturned('value') ? VALUE_BYTES : 0;
  // Beside its value, a member of a large group has nothing else.
  if (attribute === 'members' && value > 0) return value;
  return Math.max(TYPE_BYTES, value + (isReturned('$ref') ? VALUE_BYTES + tenantUrl.length : 0));
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

/**
 * Of a large group the `value` alone, which is what an answer has room for; what a request without `value` asks for is
 * given as it is.
 */
function membersOf(
  context: DirectoryContext,
  members: readonly Member[] | undefined,
  selection: Selection,
): JsonObject {
  if (members === undefined || members.length === 0) return {};
  const isBare = members.length > MAX_DESCRIBED_MEMBERS && isSelected(selection, 'members.value');
  return {
    members: members.map(({ id, type }) =>
      isBare ? { value: id } : { value: id, $ref: locationOf(context, type, id), type },
    ),
  };
}
