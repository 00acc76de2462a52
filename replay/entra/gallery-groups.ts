import { type Dialect, toOperation, toPatch } from '../dialect/dialect.ts';
import { toAddMembers, toReferences, toRemoveMembers } from '../dialect/member-patch.ts';
import { referencesOf } from '../http/resource.ts';
import type { GroupLink } from '../links.ts';
import { type Play, playOnce } from '../play.ts';
import type { UpstreamGroup } from '../upstream/upstream.ts';
import { addMembers, checkGroup, checkMembership, dissolveGroup, provisionGroup } from './groups.ts';
import { matchGroup } from './matching.ts';

/** The shapes of Microsoft's gallery template and SCIM Validator for groups, on groups of their own. */
export async function playGalleryGroups(play: Play, dialect: Dialect): Promise<void> {
  await playOnce(play, 'gallery: Group_Create and Group_Update', () => createAndUpdate(play, dialect));
  await playOnce(play, 'gallery: group members', () => changeMembers(play, dialect));
  await playOnce(play, 'gallery: duplicate and deleted groups', () => refuse(play, dialect));
}

async function arrive(play: Play, dialect: Dialect): Promise<{ group: UpstreamGroup; link: GroupLink | undefined }> {
  const group = play.upstream.found([]);
  await provisionGroup(play, group, dialect);
  return { group, link: play.links.groups.get(group.objectId) };
}

/** Renames without a path, as the validator does, and finds the group by its name in another case. */
async function createAndUpdate(play: Play, dialect: Dialect): Promise<void> {
  const { directory, links, upstream } = play;
  const { group, link } = await arrive(play, dialect);
  if (link === undefined) return;
  const displayName = upstream.newGroupName();
  const externalId = play.random.fork('group externalId').uuid();
  upstream.putGroup({ ...group, displayName });
  for (const value of [{ externalId }, { displayName }]) {
    await directory.patch('Groups', link.id, toPatch([toOperation(dialect, 'replace', undefined, value)]));
  }
  const updated = { ...link, displayName, externalId };
  links.groups.set(group.objectId, updated);
  const read = await directory.get('Groups', link.id, { excludedAttributes: 'members' });
  checkGroup(play, 'PATCH /Groups/{id}', updated, read);
  const found = await matchGroup(play, displayName.toUpperCase());
  if (found?.id === link.id) return;
  const message = `displayName in capitals found ${found?.id ?? 'none'}; displayName is not caseExact`;
  play.recorder.fault({ check: 'match', request: 'GET /Groups?filter', message });
}

/** Adding twice and removing a stranger succeed and change nothing; a replace is the whole list; both in one PATCH. */
async function changeMembers(play: Play, dialect: Dialect): Promise<void> {
  const { directory, links, upstream } = play;
  const { group, link } = await arrive(play, dialect);
  const ids = [...links.users.values()].slice(0, 4).map(({ id }) => id);
  const [first, second, third, fourth] = ids;
  if (link === undefined || first === undefined || second === undefined) return;
  await addMembers(play, link, [first], dialect, 2);
  const before = await directory.get('Groups', link.id, { excludedAttributes: 'members' });
  await directory.patch('Groups', link.id, toAddMembers([first], dialect));
  await directory.patch('Groups', link.id, toRemoveMembers([second], dialect));
  const after = await directory.get('Groups', link.id, { excludedAttributes: 'members' });
  if (before.version !== after.version) {
    const message = `group ${link.id} got a new version by PATCHes that changed no membership`;
    play.recorder.fault({ check: 'version', request: 'PATCH /Groups/{id}', message });
  }
  const list = [first, second];
  await directory.patch('Groups', link.id, toReplaceMembers(list, dialect));
  for (const id of list) link.members.add(id);
  if (third !== undefined && fourth !== undefined) {
    const operations = [
      toOperation(dialect, 'add', 'members', toReferences([third, fourth], dialect)),
      toOperation(dialect, 'remove', `members[value eq ${JSON.stringify(first)}]`),
    ];
    await directory.patch('Groups', link.id, toPatch(operations));
    link.members.delete(first);
    link.members.add(third).add(fourth);
  }
  const members = new Set(referencesOf(await directory.get('Groups', link.id), 'members'));
  for (const id of ids) await checkMembership(play, link, id, 0);
  if (members.size !== link.members.size || ![...link.members].every((id) => members.has(id))) {
    const message = `group ${link.id} has ${[...members].join(', ')}, expected ${[...link.members].join(', ')}`;
    play.recorder.fault({ check: 'membership', request: 'PATCH /Groups/{id}', message });
  }
  const objectIds = [...links.users].filter(([, { id }]) => link.members.has(id)).map(([objectId]) => objectId);
  upstream.putGroup({ ...group, members: new Set(objectIds) });
}

function toReplaceMembers(ids: readonly string[], dialect: Dialect) {
  return toPatch([toOperation(dialect, 'replace', 'members', toReferences(ids, dialect))]);
}

async function refuse(play: Play, dialect: Dialect): Promise<void> {
  const { directory, upstream, random } = play;
  const { group, link } = await arrive(play, dialect);
  if (link === undefined) return;
  const body = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: group.displayName,
    members: [],
  };
  await directory.refuses({ method: 'POST', endpoint: 'Groups', body }, 409, 'uniqueness');
  upstream.groups.delete(group.objectId);
  await dissolveGroup(play, group);
  await directory.refuses({ method: 'DELETE', endpoint: 'Groups', id: link.id }, 404);
  const id = random.fork('unknown group').uuid();
  await directory.refuses({ method: 'GET', endpoint: 'Groups', id, query: { excludedAttributes: 'members' } }, 404);
}
