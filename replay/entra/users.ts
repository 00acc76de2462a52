import { findDifferences, readValues } from '../answer/values.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { type AttributeChange, toUserPatch } from '../dialect/user-patch.ts';
import { managerOf, type Resource } from '../http/resource.ts';
import type { UserLink } from '../links.ts';
import { toValues, type Values } from '../mapping/mapping.ts';
import type { Play } from '../play.ts';
import type { Person } from '../upstream/person.ts';
import { matchUser } from './matching.ts';
import { toUserBody } from './user-body.ts';

export interface ProvisionOptions {
  readonly dialect: Dialect;
  /** Whether a linked user is looked up by its matching attributes again. Default false: GET by id. */
  readonly rematch?: boolean;
  /** Sent along when the user is created. */
  readonly managerId?: string;
}

/** A resource that was there already, as it was found, and whether it was then written. */
export interface Provisioned {
  readonly found: Resource;
  readonly written: boolean;
}

/**
 * Brings one person into the directory, or the directory's user up to date; writes nothing where nothing differs.
 *
 * @returns undefined where the user was created, or is found no more.
 */
export async function provisionUser(
  play: Play,
  person: Person,
  options: ProvisionOptions,
): Promise<Provisioned | undefined> {
  const link = play.links.users.get(person.objectId);
  if (link === undefined) {
    await createUser(play, person, options);
    return undefined;
  }
  const resource =
    options.rematch === true ? await matchUser(play, link.sent) : await play.directory.get('Users', link.id);
  if (resource === undefined || resource.id !== link.id) {
    const message = `user ${link.id} is found no more by its matching attributes: found ${resource?.id ?? 'none'}`;
    play.recorder.fault({ check: 'match', request: 'GET /Users?filter', message });
    return undefined;
  }
  checkUser(play, options.rematch === true ? 'GET /Users?filter' : 'GET /Users/{id}', link.sent, resource);
  return { found: resource, written: await patchDifferences(play, person, link, options.dialect) };
}

async function createUser(play: Play, person: Person, options: ProvisionOptions): Promise<void> {
  const { directory, links, mapping } = play;
  const values = toValues(mapping, person);
  const found = await matchUser(play, values);
  if (found !== undefined) {
    const link = { id: found.id, sent: readValues(mapping, found), managerId: managerOf(found) };
    links.users.set(person.objectId, link);
    await patchDifferences(play, person, link, options.dialect);
    return;
  }
  const body = toUserBody(mapping, values, options.managerId);
  const created = await directory.create('Users', body, () => matchUser(play, values));
  links.users.set(person.objectId, { id: created.id, sent: values, managerId: options.managerId });
  checkUser(play, 'POST /Users', values, created);
  if (options.managerId !== managerOf(created)) {
    const message = `manager of ${created.id} is ${managerOf(created) ?? 'absent'}, sent ${options.managerId ?? 'none'}`;
    play.recorder.fault({ check: 'echo', request: 'POST /Users', message });
  }
}

/** One PATCH with all that differs between the person and what was written last, or none. Tells whether it was sent. */
async function patchDifferences(play: Play, person: Person, link: UserLink, dialect: Dialect): Promise<boolean> {
  const { directory, links, mapping } = play;
  const values = toValues(mapping, person);
  const changes = findChanges(play, values, link);
  if (changes.length === 0) return false;
  const patched = await directory.patch('Users', link.id, toUserPatch(changes, dialect, mapping.stringBooleans));
  const sent = new Map([...link.sent, ...values]);
  links.users.set(person.objectId, { ...link, sent });
  if (patched !== undefined) checkUser(play, 'PATCH /Users/{id}', sent, patched);
  return true;
}

/** Entra clears nothing: an attribute that lost its value upstream stays as it was. */
function findChanges(play: Play, values: Values, link: UserLink): AttributeChange[] {
  return play.mapping.attributes.flatMap(({ target }) => {
    const value = values.get(target.path);
    if (value === undefined || value === link.sent.get(target.path)) return [];
    return [{ target, value, replaces: link.sent.has(target.path) }];
  });
}

/** Records where the user is not as it was written. */
export function checkUser(play: Play, request: string, sent: Values, resource: Resource): void {
  const differences = findDifferences(play.mapping, sent, resource);
  if (differences.length === 0) return;
  play.recorder.fault({ check: 'echo', request, message: `user ${resource.id}: ${differences.join('; ')}` });
}

/** Disabled users must be found like any other: Entra would create them a second time otherwise. */
export async function checkFound(play: Play, person: Person): Promise<void> {
  const link = play.links.users.get(person.objectId);
  if (link === undefined) return;
  const found = await matchUser(play, link.sent);
  if (found?.id !== link.id) {
    const message = `deactivated user ${link.id}: the match query found ${found?.id ?? 'none'}`;
    play.recorder.fault({ check: 'match', request: 'GET /Users?filter', message });
    return;
  }
  checkUser(play, 'GET /Users?filter', link.sent, found);
}

/** Deletes the user for good: the id must be unknown and no query may find it. */
export async function purgeUser(play: Play, person: Person): Promise<void> {
  const link = play.links.users.get(person.objectId);
  if (link === undefined) return;
  await play.directory.delete('Users', link.id);
  play.links.removeUser(person.objectId);
  const found = await matchUser(play, link.sent);
  if (found === undefined) return;
  const message = `deleted user ${link.id} is still found, as ${found.id}`;
  play.recorder.fault({ check: 'match', request: 'GET /Users?filter', message });
}
