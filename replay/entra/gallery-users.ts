import type { Dialect } from '../dialect/dialect.ts';
import { toOperation, toPatch } from '../dialect/dialect.ts';
import { toValues } from '../mapping/mapping.ts';
import { MANAGER } from '../mapping/target.ts';
import { type Play, playOnce } from '../play.ts';
import { completed, type Person } from '../upstream/person.ts';
import { matchOne } from './matching.ts';
import { checkManager } from './references.ts';
import { toUserBody } from './user-body.ts';
import { checkUser, provisionUser } from './users.ts';

/** The shapes of Microsoft's gallery template and SCIM Validator for users, each on a user of its own. */
export async function playGalleryUsers(play: Play, dialect: Dialect): Promise<void> {
  await playOnce(play, 'gallery: User_Create and User_Update', () => createAndUpdate(play, dialect));
  await playOnce(play, 'gallery: Null_Update', () => updateToNull(play, dialect));
  if (play.mapping.manager) {
    await playOnce(play, 'gallery: Update_Manager', () => updateManager(play, dialect));
  }
  await playOnce(play, 'gallery: duplicates and unknown ids', () => refuse(play, dialect));
}

/** A new person with every detail, in the directory. */
async function arrive(play: Play, dialect: Dialect): Promise<Person> {
  const person = completed(play.upstream.hire(), play.random.fork('gallery'));
  play.upstream.put(person);
  await provisionUser(play, person, { dialect });
  return person;
}

/** Creates, changes every attribute of the mapping in one PATCH, reads back; the same PATCH again changes nothing. */
async function createAndUpdate(play: Play, dialect: Dialect): Promise<void> {
  const { directory, links, upstream, recorder } = play;
  const person = await arrive(play, dialect);
  const donor = completed(upstream.invent(), play.random.fork('gallery update'));
  const changed = { ...donor, objectId: person.objectId, number: person.number };
  upstream.put(changed);
  await provisionUser(play, changed, { dialect });
  const link = links.users.get(person.objectId);
  if (link === undefined) return;
  const before = await directory.get('Users', link.id);
  checkUser(play, 'GET /Users/{id}', toValues(play.mapping, changed), before);
  const title = toPatch([toOperation(dialect, 'replace', 'displayName', changed.displayName)]);
  await directory.patch('Users', link.id, title);
  const after = await directory.get('Users', link.id);
  if (before.version !== after.version || before.lastModified !== after.lastModified) {
    const message = `user ${link.id} got a new version by a PATCH that changed nothing`;
    recorder.fault({ check: 'version', request: 'PATCH /Users/{id}', message });
  }
}

/** Unassigns every optional attribute: with null in one request, with an empty text in a request each; both twice. */
async function updateToNull(play: Play, dialect: Dialect): Promise<void> {
  const { directory, links, mapping } = play;
  const person = await arrive(play, dialect);
  const optional = mapping.attributes.filter(({ target }) => !['userName', 'active'].includes(target.path));
  const toEmpty = (value: null | '') =>
    optional.map(({ target }) => toOperation(dialect, 'replace', target.path, value));
  for (const requests of [[toEmpty(null)], toEmpty('').map((operation) => [operation])]) {
    const link = links.users.get(person.objectId);
    if (link === undefined) return;
    const sent = new Map([...link.sent].filter(([path]) => path === 'userName' || path === 'active'));
    for (const operations of [...requests, ...requests]) {
      await directory.patch('Users', link.id, toPatch(operations));
    }
    links.users.set(person.objectId, { ...link, sent });
    checkUser(play, 'PATCH /Users/{id}', sent, await directory.get('Users', link.id));
    await provisionUser(play, person, { dialect });
  }
}

/** Sets the manager by a bare id, one that the directory does not know included, and takes it away by an empty text. */
async function updateManager(play: Play, dialect: Dialect): Promise<void> {
  const { directory, links, random } = play;
  const report = await arrive(play, dialect);
  const manager = await arrive(play, dialect);
  const link = links.users.get(report.objectId);
  const managerId = links.users.get(manager.objectId)?.id;
  if (link === undefined || managerId === undefined) return;
  // The manager may come later than those who report to them.
  for (const id of [managerId, random.fork('unknown manager').uuid(), '']) {
    await directory.patch('Users', link.id, toPatch([toOperation(dialect, 'replace', MANAGER, id)]));
    const user = await directory.get('Users', link.id);
    checkManager(play, 'PATCH /Users/{id}', user, id === '' ? undefined : id);
  }
}

/** What must be refused, and what must be found in another case. */
async function refuse(play: Play, dialect: Dialect): Promise<void> {
  const { directory, links, mapping, random, upstream } = play;
  const person = await arrive(play, dialect);
  const values = toValues(mapping, person);
  const body = toUserBody(mapping, values);
  await directory.refuses({ method: 'POST', endpoint: 'Users', body }, 409, 'uniqueness');
  const disabled = { ...person, accountEnabled: false };
  upstream.put(disabled);
  await provisionUser(play, disabled, { dialect });
  await directory.refuses({ method: 'POST', endpoint: 'Users', body }, 409, 'uniqueness');
  const userName = mapping.attributes.find(({ target }) => target.path === 'userName');
  const name = userName?.source(person);
  if (userName !== undefined && typeof name === 'string') {
    const found = await matchOne(play, 'Users', userName.target, name.toUpperCase());
    if (found?.id !== links.users.get(person.objectId)?.id) {
      const message = `userName in capitals found ${found?.id ?? 'none'}; userName is not caseExact`;
      play.recorder.fault({ check: 'match', request: 'GET /Users?filter', message });
    }
  }
  const id = random.fork('unknown user').uuid();
  const patch = toPatch([toOperation(dialect, 'replace', 'displayName', 'Nobody')]);
  await directory.refuses({ method: 'GET', endpoint: 'Users', id }, 404);
  await directory.refuses({ method: 'PATCH', endpoint: 'Users', id, body: patch }, 404);
  await directory.refuses({ method: 'DELETE', endpoint: 'Users', id }, 404);
}
