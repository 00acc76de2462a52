import type { Dialect } from '../dialect/dialect.ts';
import { type Play, playEach } from '../play.ts';
import { passTime } from '../upstream/changes.ts';
import type { Person } from '../upstream/person.ts';
import type { UpstreamGroup } from '../upstream/upstream.ts';
import { dissolveGroup, provisionGroup, provisionMembers } from './groups.ts';
import { provisionManager } from './references.ts';
import { checkFound, provisionUser, purgeUser } from './users.ts';

/** Everybody, then the references between them: managers and memberships. */
export async function playInitialCycle(play: Play, dialect: Dialect): Promise<void> {
  await playObjects(play, 'initial cycle', play.upstream.people.values(), play.upstream.groups.values(), dialect);
}

/** Only what changed since the last cycle; at its end what was deleted for good. */
export async function playIncrementalCycle(play: Play, number: number, dialect: Dialect): Promise<void> {
  const { upstream, mapping } = play;
  const changes = passTime(upstream, play.random.fork(`cycle ${number}`));
  const people = [...changes.people].map((id) => upstream.people.get(id)).filter((person) => person !== undefined);
  const groups = [...changes.groups].map((id) => upstream.groups.get(id)).filter((group) => group !== undefined);
  const cycle = `incremental cycle ${number}, ${dialect}`;
  await playObjects(play, cycle, people, groups, dialect);
  const inactive = people.filter(({ accountEnabled, softDeleted }) => !accountEnabled || softDeleted);
  await playEach(play, `${cycle}: deactivated users are found`, inactive, (person) => checkFound(play, person));
  if (mapping.groups) {
    await playEach(play, `${cycle}: group deletes`, changes.dissolvedGroups, (group) => dissolveGroup(play, group));
  }
  await playEach(play, `${cycle}: hard deletes`, changes.purgedPeople, (person) => purgeUser(play, person));
}

async function playObjects(
  play: Play,
  cycle: string,
  peopleInScope: Iterable<Person>,
  groupsInScope: Iterable<UpstreamGroup>,
  dialect: Dialect,
): Promise<void> {
  const people = [...peopleInScope];
  await playEach(play, `${cycle}: users`, people, (person) => provisionUser(play, person, { dialect }));
  await playEach(play, `${cycle}: managers`, people, (person) => provisionManager(play, person, dialect));
  if (!play.mapping.groups) return;
  const groups = [...groupsInScope];
  await playEach(play, `${cycle}: groups`, groups, (group) => provisionGroup(play, group, dialect));
  await playEach(play, `${cycle}: members`, groups, (group) => provisionMembers(play, group, dialect));
}
