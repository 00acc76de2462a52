import { CORE_GROUP } from '../answer/messages.ts';
import { type Dialect, toOperation, toPatch } from '../dialect/dialect.ts';
import { toAddMembers, toMemberCheck, toRemoveMembers } from '../dialect/member-patch.ts';
import { type Resource, referencesOf, textOf } from '../http/resource.ts';
import type { GroupLink } from '../links.ts';
import { forEachParallel } from '../parallel.ts';
import type { Play } from '../play.ts';
import type { UpstreamGroup } from '../upstream/upstream.ts';
import { matchGroup } from './matching.ts';
import type { Provisioned } from './users.ts';

/** Entra names this schema of its own with every group. */
const MICROSOFT_GROUP = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group';

/** Members in an operation, operations in a request, and one-member requests for a group at once. */
const BATCH = 100;
const OPERATIONS = 20;
const AT_ONCE = 5;

/**
 * Brings the group itself into the directory, empty, or its name up to date.
 *
 * @returns undefined where the group was created, or is found no more.
 */
export async function provisionGroup(
  play: Play,
  group: UpstreamGroup,
  dialect: Dialect,
  options: { readonly rematch?: boolean } = {},
): Promise<Provisioned | undefined> {
  const { directory, links } = play;
  const link = links.groups.get(group.objectId);
  if (link === undefined) {
    await createGroup(play, group, dialect);
    return undefined;
  }
  const resource =
    options.rematch === true
      ? await matchGroup(play, link.displayName)
      : await directory.get('Groups', link.id, { excludedAttributes: 'members' });
  if (resource?.id !== link.id) {
    const message = `group ${link.id} is found no more by its name: found ${resource?.id ?? 'none'}`;
    play.recorder.fault({ check: 'match', request: 'GET /Groups?filter', message });
    return undefined;
  }
  checkGroup(play, options.rematch === true ? 'GET /Groups?filter' : 'GET /Groups/{id}', link, resource);
  const written = group.displayName !== link.displayName;
  if (written) await renameGroup(play, group, link, dialect);
  return { found: resource, written };
}

async function createGroup(play: Play, group: UpstreamGroup, dialect: Dialect): Promise<void> {
  const { directory, links } = play;
  const { objectId, displayName } = group;
  const found = await matchGroup(play, displayName);
  const body = { schemas: [CORE_GROUP, MICROSOFT_GROUP], externalId: objectId, displayName, members: [] };
  const resource = found ?? (await directory.create('Groups', body, () => matchGroup(play, displayName)));
  const externalId = textOf(resource.attributes, 'externalId');
  const link = { id: resource.id, displayName, externalId, members: new Set<string>() };
  links.groups.set(objectId, link);
  if (externalId !== objectId && found !== undefined) {
    await directory.patch('Groups', link.id, toPatch([toOperation(dialect, 'add', 'externalId', objectId)]));
    links.groups.set(objectId, { ...link, externalId: objectId });
    return;
  }
  links.groups.set(objectId, { ...link, externalId: objectId });
  checkGroup(play, 'POST /Groups', { ...link, externalId: objectId }, resource);
}

async function renameGroup(play: Play, group: UpstreamGroup, link: GroupLink, dialect: Dialect): Promise<void> {
  const { displayName } = group;
  const operation =
    dialect === 'flagged'
      ? toOperation(dialect, 'replace', undefined, { displayName })
      : toOperation(dialect, 'replace', 'displayName', displayName);
  const patched = await play.directory.patch('Groups', link.id, toPatch([operation]));
  const renamed = { ...link, displayName };
  play.links.groups.set(group.objectId, renamed);
  if (patched !== undefined) checkGroup(play, 'PATCH /Groups/{id}', renamed, patched);
}

/** Writes the memberships that differ; the shape of the requests depends on the group's number. */
export async function provisionMembers(play: Play, group: UpstreamGroup, dialect: Dialect): Promise<void> {
  const link = play.links.groups.get(group.objectId);
  if (link === undefined) return;
  const wanted = play.links.idsOf(play.upstream.groups.get(group.objectId)?.members ?? []);
  const joining = [...wanted].filter((id) => !link.members.has(id));
  const unwanted = [...link.members].filter((id) => !wanted.has(id));
  // Who was purged upstream is not taken out: the DELETE that follows ends the memberships.
  const known = unwanted.length === 0 ? new Set<string>() : play.links.idsOf(play.upstream.people.keys());
  const leaving = unwanted.filter((id) => known.has(id));
  const probes = [...joining.slice(0, 1), ...leaving.slice(0, 1)];
  for (const id of probes) await checkMembership(play, link, id, group.number);
  await addMembers(play, link, joining, dialect, group.number);
  await removeMembers(play, link, leaving, dialect, group.number);
  for (const id of probes) await checkMembership(play, link, id, group.number + 1);
}

/** Takes the users in: in batches, as many operations, or one by one with five requests at once. */
export async function addMembers(
  play: Play,
  link: GroupLink,
  ids: readonly string[],
  dialect: Dialect,
  turn: number,
): Promise<void> {
  const shape = turn % 3;
  const size = [OPERATIONS, BATCH, 1][shape] ?? 1;
  await forEachParallel(chunks(ids, size), shape === 2 ? AT_ONCE : 1, async (chunk) => {
    const body = toAddMembers(chunk, dialect, shape === 0 ? 'manyOperations' : 'oneOperation');
    const patched = await play.directory.patch('Groups', link.id, body);
    for (const id of chunk) link.members.add(id);
    checkMembers(play, patched, chunk, true);
  });
}

/** Takes the users out, in the same manners. */
async function removeMembers(
  play: Play,
  link: GroupLink,
  ids: readonly string[],
  dialect: Dialect,
  turn: number,
): Promise<void> {
  const isOneByOne = turn % 3 === 2;
  await forEachParallel(chunks(ids, isOneByOne ? 1 : OPERATIONS), isOneByOne ? AT_ONCE : 1, async (chunk) => {
    const patched = await play.directory.patch('Groups', link.id, toRemoveMembers(chunk, dialect));
    for (const id of chunk) link.members.delete(id);
    checkMembers(play, patched, chunk, false);
  });
}

/** Asks whether the user is in the group; the answer must be what was written. */
export async function checkMembership(play: Play, link: GroupLink, userId: string, turn: number): Promise<void> {
  const filter = toMemberCheck(link.id, userId, turn);
  const { resources } = await play.directory.query('Groups', { excludedAttributes: 'members', filter });
  const expected = link.members.has(userId) ? 1 : 0;
  if (resources.length === expected) return;
  const message = `${filter} found ${resources.length}, expected ${expected}`;
  play.recorder.fault({ check: 'membership', request: 'GET /Groups?filter', message });
}

/** Where a PATCH is answered with the members, those just written must be among them, or not any more. */
function checkMembers(play: Play, patched: Resource | undefined, ids: readonly string[], present: boolean): void {
  const members = patched === undefined ? undefined : referencesOf(patched, 'members');
  if (patched === undefined || members === undefined) return;
  const wrong = ids.filter((id) => members.includes(id) !== present);
  if (wrong.length === 0) return;
  const message = `group ${patched.id}: ${wrong.join(', ')} ${present ? 'was added but is not' : 'was removed but is'} in members`;
  play.recorder.fault({ check: 'membership', request: 'PATCH /Groups/{id}', message });
}

/** Records where the group is not as it was written. */
export function checkGroup(play: Play, request: string, link: GroupLink, resource: Resource): void {
  for (const name of ['displayName', 'externalId'] as const) {
    const actual = textOf(resource.attributes, name);
    if (actual === link[name]) continue;
    const message = `group ${link.id}: ${name} is ${JSON.stringify(actual ?? null)}, expected ${JSON.stringify(link[name])}`;
    play.recorder.fault({ check: 'echo', request, message });
  }
}

/** Deletes the group: the id must be unknown and no query may find it. */
export async function dissolveGroup(play: Play, { objectId }: UpstreamGroup): Promise<void> {
  const link = play.links.groups.get(objectId);
  if (link === undefined) return;
  await play.directory.delete('Groups', link.id);
  play.links.groups.delete(objectId);
  const found = await matchGroup(play, link.displayName);
  if (found === undefined) return;
  const message = `deleted group ${link.id} is still found, as ${found.id}`;
  play.recorder.fault({ check: 'match', request: 'GET /Groups?filter', message });
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
