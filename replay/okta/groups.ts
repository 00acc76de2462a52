import { CORE_GROUP } from '../answer/messages.ts';
import { PATCH_OP } from '../dialect/dialect.ts';
import { type Resource, referencesOf, textOf } from '../http/resource.ts';
import type { JsonObject } from '../json.ts';
import type { GroupLink } from '../links.ts';
import type { Play } from '../play.ts';
import type { UpstreamGroup } from '../upstream/upstream.ts';
import { findByName } from './matching.ts';
import type { OktaSettings } from './settings.ts';

/** Pushes the group: itself first, then its name and members where they differ. */
export async function pushGroup(play: Play, { objectId }: UpstreamGroup, settings: OktaSettings): Promise<void> {
  const group = play.upstream.groups.get(objectId);
  if (group === undefined) return;
  const known = play.links.groups.get(objectId);
  const link = known ?? (await createGroup(play, group));
  const wanted = play.links.idsOf(group.members);
  const joining = [...wanted].filter((id) => !link.members.has(id));
  const leaving = [...link.members].filter((id) => !wanted.has(id));
  const isRenamed = group.displayName !== link.displayName;
  if (!isRenamed && joining.length === 0 && leaving.length === 0) return;
  if (settings.flavour === 'put') {
    await putGroup(play, group, link, wanted);
    return;
  }
  if (isRenamed) await renameGroup(play, group, link);
  const current = play.links.groups.get(objectId) ?? link;
  // The first push is the whole list; later ones tell who left and who joined, in one request.
  if (known === undefined) await patchMembers(play, current, wanted, [toOperation(play, 'replace', wanted)]);
  else if (joining.length + leaving.length > 0) {
    const operations = [
      ...leaving.map((id) => ({ op: 'remove', path: `members[value eq ${JSON.stringify(id)}]` })),
      ...(joining.length === 0 ? [] : [toOperation(play, 'add', joining)]),
    ];
    await patchMembers(play, current, wanted, operations);
  }
}

async function createGroup(play: Play, { objectId, displayName }: UpstreamGroup): Promise<GroupLink> {
  const { directory, links } = play;
  const found = await findByName(play, 'Groups', displayName);
  const body = { schemas: [CORE_GROUP], displayName, members: [] };
  const match = () => findByName(play, 'Groups', displayName);
  const resource = found ?? (await directory.create('Groups', body, match));
  const link = { id: resource.id, displayName, externalId: undefined, members: new Set<string>() };
  links.groups.set(objectId, link);
  checkName(play, 'POST /Groups', displayName, resource);
  return link;
}

/** Without a path and with the group's own, read-only id among the values. */
async function renameGroup(play: Play, group: UpstreamGroup, link: GroupLink): Promise<void> {
  const { displayName } = group;
  const body = toPatch([{ op: 'replace', value: { id: link.id, displayName } }]);
  const answered = await play.directory.patch('Groups', link.id, body);
  play.links.groups.set(group.objectId, { ...link, displayName });
  if (answered !== undefined) checkName(play, 'PATCH /Groups/{id}', displayName, answered);
}

async function patchMembers(
  play: Play,
  link: GroupLink,
  wanted: ReadonlySet<string>,
  operations: readonly JsonObject[],
): Promise<void> {
  const answered = await play.directory.patch('Groups', link.id, toPatch(operations));
  setMembers(link, wanted);
  if (answered !== undefined) checkMembers(play, 'PATCH /Groups/{id}', link, answered);
}

/** The whole object, fetched just before, with name and members written over it. */
async function putGroup(play: Play, group: UpstreamGroup, link: GroupLink, wanted: ReadonlySet<string>): Promise<void> {
  const { directory, links } = play;
  const { displayName } = group;
  const fetched = await directory.get('Groups', link.id);
  checkMembers(play, 'GET /Groups/{id}', link, fetched);
  const body = { ...fetched.attributes, displayName, members: toMembers(play, wanted) };
  const answered = await directory.put('Groups', link.id, body);
  links.groups.set(group.objectId, { ...link, displayName });
  setMembers(link, wanted);
  if (answered === undefined) return;
  checkName(play, 'PUT /Groups/{id}', displayName, answered);
  checkMembers(play, 'PUT /Groups/{id}', link, answered);
}

function setMembers(link: GroupLink, wanted: ReadonlySet<string>): void {
  link.members.clear();
  for (const id of wanted) link.members.add(id);
}

function toPatch(operations: readonly JsonObject[]): JsonObject {
  return { schemas: [PATCH_OP], Operations: operations };
}

function toOperation(play: Play, op: 'add' | 'replace', ids: Iterable<string>): JsonObject {
  return { op, path: 'members', value: toMembers(play, ids) };
}

/** Okta sends a name along with each id. */
function toMembers(play: Play, ids: Iterable<string>): JsonObject[] {
  const names = new Map([...play.links.users.values()].map(({ id, sent }) => [id, sent.get('userName') ?? null]));
  return [...ids].map((id) => ({ value: id, display: names.get(id) ?? null }));
}

function checkName(play: Play, request: string, displayName: string, resource: Resource): void {
  const actual = textOf(resource.attributes, 'displayName');
  if (actual === displayName) return;
  const message = `displayName of ${resource.id} is ${JSON.stringify(actual ?? null)}, expected ${JSON.stringify(displayName)}`;
  play.recorder.fault({ check: 'echo', request, message });
}

/** Members may be left out of an answer; where they are there, they must be right. */
function checkMembers(play: Play, request: string, link: GroupLink, resource: Resource): void {
  const members = referencesOf(resource, 'members');
  if (members === undefined) return;
  const actual = new Set(members);
  const missing = [...link.members].filter((id) => !actual.has(id)).length;
  const extra = [...actual].filter((id) => !link.members.has(id)).length;
  if (missing + extra === 0 && actual.size === members.length) return;
  const message = `group ${link.id}: ${members.length} members, ${missing} missing, ${extra} that do not belong there`;
  play.recorder.fault({ check: 'membership', request, message });
}
