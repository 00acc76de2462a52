import { playDiscovery } from '../discovery.ts';
import { equalsFilter } from '../http/query.ts';
import { playPaging, readAll } from '../paging.ts';
import { type Play, playEach, playOnce, playVital } from '../play.ts';
import { passTime } from '../upstream/changes.ts';
import type { Person } from '../upstream/person.ts';
import type { UpstreamGroup } from '../upstream/upstream.ts';
import { pushGroup } from './groups.ts';
import { findByName } from './matching.ts';
import type { OktaSettings } from './settings.ts';
import { changePassword, provisionOktaUser } from './users.ts';

/** The life of an Okta application: connection test, assignments, group push, changes, import. */
export async function playOkta(play: Play, cycles: number, settings: OktaSettings): Promise<void> {
  const { upstream } = play;
  await playVital(play, 'test connection', () => testConnection(play));
  await playDiscovery(play);
  const people = [...upstream.people.values()];
  await playEach(play, 'assignments', people, (person) => provisionOktaUser(play, person, settings));
  await playEach(play, 'group push', upstream.groups.values(), (group) => pushGroup(play, group, settings));
  await playOnce(play, 'refusals', () => refuse(play));
  for (let cycle = 1; cycle <= cycles; cycle += 1) await playChanges(play, cycle, settings);
  await playPaging(play, 5);
  await playOnce(play, 'import', () => importAll(play));
}

async function testConnection({ directory }: Play): Promise<void> {
  for (const count of [2, 1]) await directory.query('Users', { startIndex: 1, count });
  const query = { startIndex: 1, count: 1 };
  await directory.refuses({ method: 'GET', endpoint: 'Users', query, authorization: 'non-token' }, 401);
}

/** Okta never deletes users: who leaves for good is deactivated. */
async function playChanges(play: Play, cycle: number, settings: OktaSettings): Promise<void> {
  const { upstream, links } = play;
  const random = play.random.fork(`cycle ${cycle}`);
  const changes = passTime(upstream, random);
  const leavers = changes.purgedPeople.map((person) => ({ ...person, accountEnabled: false }));
  const changed = [...changes.people].map((id) => upstream.people.get(id)).filter((person) => person !== undefined);
  const groups = [...changes.groups].map((id) => upstream.groups.get(id)).filter((group) => group !== undefined);
  await playEach(play, `changes ${cycle}: users`, [...changed, ...leavers], (person) =>
    provisionOktaUser(play, person, settings),
  );
  await playEach(play, `changes ${cycle}: deactivated users are found`, [...changed, ...leavers], (person) =>
    checkInactive(play, person),
  );
  if (settings.passwords) {
    const linked = [...upstream.people.values()].filter(({ objectId }) => links.users.has(objectId));
    const renewed = random.sample(linked, Math.ceil(linked.length / 50)).map((person) => {
      const updated = { ...person, password: `Pw-${random.uuid()}` };
      upstream.put(updated);
      return updated;
    });
    await playEach(play, `changes ${cycle}: passwords`, renewed, (person) => changePassword(play, person, settings));
  }
  await playEach(play, `changes ${cycle}: groups`, groups, (group) => pushGroup(play, group, settings));
  await playEach(play, `changes ${cycle}: unlinked groups`, changes.dissolvedGroups, (group) => unlink(play, group));
}

async function checkInactive(play: Play, { objectId, accountEnabled, softDeleted }: Person): Promise<void> {
  const link = play.links.users.get(objectId);
  if (link === undefined || (accountEnabled && !softDeleted)) return;
  const found = await findByName(play, 'Users', String(link.sent.get('userName')));
  if (found?.id === link.id && found.attributes['active'] === false) return;
  const message = `deactivated user ${link.id}: the existence query found ${found?.id ?? 'none'}, or it is active`;
  play.recorder.fault({ check: 'match', request: 'GET /Users?filter', message });
}

async function unlink(play: Play, { objectId }: UpstreamGroup): Promise<void> {
  const link = play.links.groups.get(objectId);
  if (link === undefined) return;
  await play.directory.delete('Groups', link.id);
  play.links.groups.delete(objectId);
}

/** What Okta's test suite expects to be refused. */
async function refuse({ directory, links, random }: Play): Promise<void> {
  const id = random.fork('unknown').uuid();
  await directory.refuses({ method: 'GET', endpoint: 'Users', id }, 404);
  await directory.refuses({ method: 'GET', endpoint: 'Groups', id }, 404);
  const none = await directory.query('Users', { filter: equalsFilter('userName', id), startIndex: 1, count: 100 });
  const [taken] = links.users.values();
  if (taken === undefined || none.totalResults > 0) return;
  const body = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: String(taken.sent.get('userName')),
    active: true,
    groups: [],
  };
  await directory.refuses({ method: 'POST', endpoint: 'Users', body }, 409);
}

/** An import reads all users and groups in pages of 100; the counters must add up. */
async function importAll(play: Play): Promise<void> {
  for (const endpoint of ['Users', 'Groups'] as const) {
    const ids = new Set<string>();
    for await (const { id } of readAll(play, endpoint, 100)) ids.add(id);
    const links = endpoint === 'Users' ? play.links.users : play.links.groups;
    const missing = [...links.values()].filter(({ id }) => !ids.has(id));
    if (missing.length === 0) continue;
    const message = `the import missed ${missing.length} resources, such as ${missing[0]?.id}`;
    play.recorder.fault({ check: 'list', request: `GET /${endpoint}?startIndex`, message });
  }
}
