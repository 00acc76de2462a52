import { CORE_USER } from '../answer/messages.ts';
import { findDifferences, readValues } from '../answer/values.ts';
import { PATCH_OP } from '../dialect/dialect.ts';
import { managerOf, type Resource } from '../http/resource.ts';
import { isJsonArray, isJsonObject, type JsonDraft, type JsonObject } from '../json.ts';
import type { UserLink } from '../links.ts';
import { toValues, type Values } from '../mapping/mapping.ts';
import { ENTERPRISE_USER, writeTarget } from '../mapping/target.ts';
import type { Play } from '../play.ts';
import type { Person } from '../upstream/person.ts';
import { findByName } from './matching.ts';
import type { OktaSettings } from './settings.ts';

/** Assigns the person to the application, or brings the user up to date; writes nothing where nothing differs. */
export async function provisionOktaUser(play: Play, person: Person, settings: OktaSettings): Promise<void> {
  const values = toValues(play.mapping, person);
  const link = play.links.users.get(person.objectId) ?? (await assign(play, person, values, settings));
  const isActivation = ([path]: readonly [string, unknown]): boolean => path === 'active';
  const changed = [...values].filter(([path, value]) => link.sent.get(path) !== value);
  if (changed.length === 0) return;
  if (settings.flavour === 'put') {
    await putUser(play, person, values, settings);
    return;
  }
  // The profile by PUT with `active` as it was, the activation by PATCH.
  const active = link.sent.get('active') ?? true;
  if (!changed.every(isActivation)) await putUser(play, person, new Map([...values, ['active', active]]), settings);
  if (changed.some(isActivation)) await patchUser(play, person, 'active', values.get('active') ?? true);
}

/** A new password for the person. */
export async function changePassword(play: Play, person: Person, settings: OktaSettings): Promise<void> {
  const link = play.links.users.get(person.objectId);
  if (link === undefined) return;
  if (settings.flavour === 'put') await putUser(play, person, link.sent, settings);
  else await patchUser(play, person, 'password', person.password);
}

async function assign(play: Play, person: Person, values: Values, settings: OktaSettings): Promise<UserLink> {
  const { directory, links, mapping } = play;
  const name = String(values.get('userName'));
  const found = await findByName(play, 'Users', name);
  if (found !== undefined) {
    const link = { id: found.id, sent: readValues(mapping, found), managerId: managerOf(found) };
    links.users.set(person.objectId, link);
    return link;
  }
  const draft: JsonDraft = { schemas: [CORE_USER, ENTERPRISE_USER] };
  const body = withProfile(play, draft, values, person, settings);
  const created = await directory.create('Users', body, () => findByName(play, 'Users', name));
  const link = { id: created.id, sent: values, managerId: undefined };
  links.users.set(person.objectId, link);
  checkOktaUser(play, 'POST /Users', values, created);
  return link;
}

/** The whole object, fetched just before, with the profile written over it. */
async function putUser(play: Play, person: Person, values: Values, settings: OktaSettings): Promise<void> {
  const { directory, links } = play;
  const link = links.users.get(person.objectId);
  if (link === undefined) return;
  const fetched = await directory.get('Users', link.id);
  checkOktaUser(play, 'GET /Users/{id}', link.sent, fetched);
  const sent = new Map([...link.sent, ...values]);
  const body = withProfile(play, { ...fetched.attributes }, sent, person, settings);
  const answered = await directory.put('Users', link.id, body);
  links.users.set(person.objectId, { ...link, sent });
  if (answered !== undefined) checkOktaUser(play, 'PUT /Users/{id}', sent, answered);
}

async function patchUser(play: Play, person: Person, name: 'active' | 'password', value: string | boolean) {
  const { directory, links } = play;
  const link = links.users.get(person.objectId);
  if (link === undefined) return;
  const body = { schemas: [PATCH_OP], Operations: [{ op: 'replace', value: { [name]: value } }] };
  const answered = await directory.patch('Users', link.id, body);
  const sent = name === 'active' ? new Map([...link.sent, [name, value] as const]) : link.sent;
  links.users.set(person.objectId, { ...link, sent });
  if (answered !== undefined) checkOktaUser(play, 'PATCH /Users/{id}', sent, answered);
}

function withProfile(
  play: Play,
  draft: JsonDraft,
  values: Values,
  person: Person,
  { passwords }: OktaSettings,
): JsonObject {
  for (const { target } of play.mapping.attributes) {
    const value = values.get(target.path);
    if (value !== undefined) writeTarget(draft, target, value);
  }
  const emails = draft['emails'];
  if (isJsonArray(emails)) {
    draft['emails'] = emails.map((email) => (isJsonObject(email) ? { ...email, primary: true } : email));
  }
  return { ...draft, groups: [], ...(passwords ? { password: person.password } : {}) };
}

/** Records where the user is not as it was written. */
function checkOktaUser(play: Play, request: string, sent: Values, resource: Resource): void {
  const differences = findDifferences(play.mapping, sent, resource);
  if (differences.length === 0) return;
  play.recorder.fault({ check: 'echo', request, message: `user ${resource.id}: ${differences.join('; ')}` });
}
