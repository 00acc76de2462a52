import type { Dialect } from '../dialect/dialect.ts';
import { toManagerCheck, toSetManager, toUnsetManager } from '../dialect/reference-patch.ts';
import { managerOf, type Resource } from '../http/resource.ts';
import type { UserLink } from '../links.ts';
import type { Play } from '../play.ts';
import type { Person } from '../upstream/person.ts';

/** Second pass of a cycle: writes the person's manager, once both are in the directory. */
export async function provisionManager(play: Play, { objectId, number }: Person, dialect: Dialect): Promise<void> {
  const person = play.upstream.people.get(objectId);
  const link = play.links.users.get(objectId);
  if (person === undefined || link === undefined) return;
  const wanted = person.manager === undefined ? undefined : play.links.users.get(person.manager)?.id;
  if (wanted === link.managerId) return;
  if (wanted === undefined) await writeManager(play, person, link, undefined, dialect);
  else if (!(await hasManager(play, link, wanted, number))) await writeManager(play, person, link, wanted, dialect);
}

async function hasManager(play: Play, link: UserLink, managerId: string, turn: number): Promise<boolean> {
  const filter = toManagerCheck(link.id, managerId, turn);
  const { resources } = await play.directory.query('Users', { filter, attributes: 'id' });
  if (resources.length === 0) return false;
  const message = `${filter} found ${resources.length}, though the manager was ${link.managerId ?? 'none'}`;
  play.recorder.fault({ check: 'match', request: 'GET /Users?filter', message });
  return true;
}

/** Writes the manager, or takes it away, in one of the shapes that occur. */
async function writeManager(
  play: Play,
  person: Person,
  link: UserLink,
  managerId: string | undefined,
  dialect: Dialect,
): Promise<void> {
  const body =
    managerId === undefined
      ? toUnsetManager(dialect, person.number)
      : toSetManager(managerId, dialect, person.number, play.directory.baseUrl);
  const patched = await play.directory.patch('Users', link.id, body);
  play.links.users.set(person.objectId, { ...link, managerId });
  if (patched !== undefined) checkManager(play, 'PATCH /Users/{id}', patched, managerId);
}

/** Records where the user's manager is not the one that was written. */
export function checkManager(play: Play, request: string, user: Resource, managerId: string | undefined): void {
  const actual = managerOf(user);
  if (actual === managerId) return;
  const message = `manager of ${user.id} is ${actual ?? 'absent'}, expected ${managerId ?? 'none'}`;
  play.recorder.fault({ check: 'echo', request, message });
}
