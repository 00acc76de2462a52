import { findDifferences } from './answer/values.ts';
import { managerOf, type Resource, referencesOf, textOf } from './http/resource.ts';
import type { GroupLink, UserLink } from './links.ts';
import { readOwn } from './own-resources.ts';
import { type Play, playEach } from './play.ts';

/** How the directory compares with what was sent to it. */
export interface FinalState {
  readonly users: number;
  readonly groups: number;
  readonly memberships: number;
  readonly differenceCount: number;
  /** The first few. */
  readonly differences: readonly string[];
}

const LISTED = 20;

/** Reads the directory back, the groups' members one group at a time, and compares it with what was sent. */
export async function compareFinalState(play: Play): Promise<FinalState> {
  const { links } = play;
  const differences: string[] = [];
  const own = await readOwn(play, 'final state');
  differences.push(...compareUsers(play, own.users), ...compareGroupsOfUsers(play, own.users));
  const linked = new Map([...links.groups.values()].map((link) => [link.id, link]));
  for (const { id } of own.groups) if (!linked.has(id)) differences.push(`group ${id} is there but should not be`);
  const present = new Set(own.groups.map(({ id }) => id));
  for (const id of linked.keys()) if (!present.has(id)) differences.push(`group ${id} is missing`);
  const found = own.groups.filter(({ id }) => linked.has(id));
  let read = 0;
  await playEach(play, 'final state: members', found, async ({ id }) => {
    const group = await play.directory.get('Groups', id);
    const link = linked.get(id);
    read += 1;
    if (link !== undefined) differences.push(...compareGroup(link, group));
  });
  if (read < found.length) differences.push(`${found.length - read} groups could not be read back`);
  return {
    users: links.users.size,
    groups: links.groups.size,
    memberships: [...links.groups.values()].reduce((sum, { members }) => sum + members.size, 0),
    differenceCount: differences.length,
    differences: differences.slice(0, LISTED),
  };
}

function compareUsers(play: Play, users: readonly Resource[]): string[] {
  const linked = new Map([...play.links.users.values()].map((link) => [link.id, link]));
  const present = new Set(users.map(({ id }) => id));
  const missing = [...linked.keys()].filter((id) => !present.has(id)).map((id) => `user ${id} is missing`);
  const compared = users.flatMap((user) => {
    const link = linked.get(user.id);
    return link === undefined ? [`user ${user.id} is there but should not be`] : compareUser(play, link, user);
  });
  return [...missing, ...compared];
}

function compareUser(play: Play, link: UserLink, user: Resource): string[] {
  const differences = findDifferences(play.mapping, link.sent, user);
  const manager = managerOf(user);
  if (manager !== link.managerId) {
    differences.push(`manager is ${manager ?? 'absent'}, expected ${link.managerId ?? 'none'}`);
  }
  return differences.map((difference) => `user ${user.id}: ${difference}`);
}

/** A user's `groups` is optional for a directory; where it is returned, it must agree with the groups' members. */
function compareGroupsOfUsers({ links }: Play, users: readonly Resource[]): string[] {
  if (users.every((user) => referencesOf(user, 'groups') === undefined)) return [];
  const expected = new Map<string, Set<string>>();
  const ownGroups = new Set<string>();
  for (const { id, members } of links.groups.values()) {
    ownGroups.add(id);
    for (const member of members) expected.set(member, (expected.get(member) ?? new Set()).add(id));
  }
  return users.flatMap((user) => {
    const actual = new Set((referencesOf(user, 'groups') ?? []).filter((id) => ownGroups.has(id)));
    return compareSets(`groups of user ${user.id}`, expected.get(user.id) ?? new Set(), actual);
  });
}

function compareGroup(link: GroupLink, group: Resource): string[] {
  const differences = (['displayName', 'externalId'] as const).flatMap((name) => {
    const actual = textOf(group.attributes, name);
    if (actual === link[name]) return [];
    return [`group ${link.id}: ${name} is ${JSON.stringify(actual ?? null)}, expected ${JSON.stringify(link[name])}`];
  });
  const members = referencesOf(group, 'members') ?? [];
  const actual = new Set(members);
  if (actual.size !== members.length) differences.push(`group ${link.id} lists a member twice`);
  return [...differences, ...compareSets(`members of group ${link.id}`, link.members, actual)];
}

/** One line that tells what is missing and what is too many. */
function compareSets(what: string, expected: ReadonlySet<string>, actual: ReadonlySet<string>): string[] {
  const missing = [...expected].filter((id) => !actual.has(id));
  const extra = [...actual].filter((id) => !expected.has(id));
  if (missing.length + extra.length === 0) return [];
  const name = (ids: readonly string[]): string => ids.slice(0, 3).join(', ') + (ids.length > 3 ? ', …' : '');
  const parts = [
    ...(missing.length > 0 ? [`${missing.length} missing (${name(missing)})`] : []),
    ...(extra.length > 0 ? [`${extra.length} too many (${name(extra)})`] : []),
  ];
  return [`${what}: ${parts.join(', ')}`];
}
