import type { Dialect } from '../dialect/dialect.ts';
import { type Play, playOnce } from '../play.ts';
import { completed } from '../upstream/person.ts';
import { provisionGroup, provisionMembers } from './groups.ts';
import { provisionManager } from './references.ts';
import { provisionUser } from './users.ts';

/**
 * What an administrator provisions by hand: a new user, whose manager comes with the POST, an existing user and a group.
 * The flag of the Tenant URL has no effect on it, so that it speaks the dialect that the cycles do not.
 */
export async function playOnDemand(play: Play, dialect: Dialect): Promise<void> {
  const { upstream, links } = play;
  const random = play.random.fork('on demand');
  const existing = [...upstream.people.values()].find(({ objectId }) => links.users.has(objectId));
  const newcomer = upstream.hire();
  if (existing !== undefined) upstream.put({ ...newcomer, manager: existing.objectId });
  await playOnce(play, `on demand, ${dialect}: users`, async () => {
    const managerId = existing === undefined ? undefined : links.users.get(existing.objectId)?.id;
    await provisionUser(play, newcomer, { dialect, ...(managerId === undefined ? {} : { managerId }) });
    if (existing === undefined) return;
    const changed = completed(existing, random);
    upstream.put(changed);
    await provisionUser(play, changed, { dialect, rematch: true });
    await provisionManager(play, changed, dialect);
  });
  const group = [...upstream.groups.values()].at(-1);
  if (group === undefined || !play.mapping.groups) return;
  await playOnce(play, `on demand, ${dialect}: group`, async () => {
    const changed = { ...group, members: new Set([...group.members, newcomer.objectId]) };
    upstream.putGroup(changed);
    await provisionGroup(play, changed, dialect, { rematch: true });
    await provisionMembers(play, changed, dialect);
  });
}
