import type { Dialect } from '../dialect/dialect.ts';
import type { Resource } from '../http/resource.ts';
import type { Endpoint } from '../http/scim-directory.ts';
import { type Play, playEach } from '../play.ts';
import { completed } from '../upstream/person.ts';
import { checkGroup, provisionGroup } from './groups.ts';
import { matchGroup, matchUser } from './matching.ts';
import { checkManager } from './references.ts';
import { checkUser, type Provisioned, provisionUser } from './users.ts';

/** What the restart found and did, by the directory's id. */
type Restarted = Map<string, Provisioned>;

/**
 * A restart ("clear state") matches everything anew and writes only what differs. A reset forgets the links, too: it
 * must find the very same ids, and what the restart did not write must have kept its version.
 */
export async function playRestartAndReset(play: Play, dialect: Dialect): Promise<void> {
  const { upstream, links, mapping } = play;
  changeSome(play);
  const people = [...upstream.people.values()].filter(({ objectId }) => links.users.has(objectId));
  const groups = mapping.groups
    ? [...upstream.groups.values()].filter(({ objectId }) => links.groups.has(objectId))
    : [];
  const restarted: Restarted = new Map();
  const remember = (provisioned: Provisioned | undefined): void => {
    if (provisioned !== undefined) restarted.set(provisioned.found.id, provisioned);
  };
  await playEach(play, 'restart: users', people, async (person) => {
    remember(await provisionUser(play, person, { dialect, rematch: true }));
  });
  await playEach(play, 'restart: groups', groups, async (group) => {
    remember(await provisionGroup(play, group, dialect, { rematch: true }));
  });
  await playEach(play, 'reset: users', people, ({ objectId }) => resetUser(play, objectId, restarted));
  await playEach(play, 'reset: groups', groups, ({ objectId }) => resetGroup(play, objectId, restarted));
}

/** A few people changed while the job stood still. */
function changeSome({ upstream, random: runRandom }: Play): void {
  const random = runRandom.fork('restart');
  const people = [...upstream.people.values()];
  for (const person of random.sample(people, Math.ceil(people.length / 50))) {
    const { accountEnabled, softDeleted } = person;
    upstream.put({ ...completed(person, random), accountEnabled, softDeleted });
  }
}

async function resetUser(play: Play, objectId: string, restarted: Restarted): Promise<void> {
  const link = play.links.users.get(objectId);
  if (link === undefined) return;
  const found = await matchUser(play, link.sent);
  if (!isSame(play, 'Users', link.id, found, restarted)) return;
  checkUser(play, 'GET /Users?filter', link.sent, found);
  if (play.mapping.manager) checkManager(play, 'GET /Users?filter', found, link.managerId);
}

async function resetGroup(play: Play, objectId: string, restarted: Restarted): Promise<void> {
  const link = play.links.groups.get(objectId);
  if (link === undefined) return;
  const found = await matchGroup(play, link.displayName);
  if (isSame(play, 'Groups', link.id, found, restarted)) checkGroup(play, 'GET /Groups?filter', link, found);
}

function isSame(
  play: Play,
  endpoint: Endpoint,
  id: string,
  found: Resource | undefined,
  restarted: Restarted,
): found is Resource {
  const request = `GET /${endpoint}?filter`;
  if (found?.id !== id) {
    const message = `after the reset ${id} was matched as ${found?.id ?? 'none'}`;
    play.recorder.fault({ check: 'identity', request, message });
    return false;
  }
  const before = restarted.get(id);
  if (before === undefined || found.version === undefined) return true;
  const isUnchanged = found.version === before.found.version;
  if (isUnchanged === before.written) {
    const did = before.written ? 'though it was written' : 'though nothing was written';
    const message = `${id} went from version ${before.found.version} to ${found.version}, ${did}`;
    play.recorder.fault({ check: 'version', request, message });
  }
  return true;
}
