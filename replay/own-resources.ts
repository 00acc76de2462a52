import { type Resource, textOf } from './http/resource.ts';
import { readAll } from './paging.ts';
import { type Play, playEach, playVital } from './play.ts';
import { domainOf } from './upstream/person.ts';

const PAGE = 100;

/** The resources of this run's seed that are in the directory; everybody else's are none of its business. */
export interface OwnResources {
  readonly users: readonly Resource[];
  readonly groups: readonly Resource[];
}

/** Reads all users, and all groups without their members, and keeps those that carry the run's mark. */
export async function readOwn(play: Play, step: string): Promise<OwnResources> {
  const domain = `@${domainOf(play.upstream.mark)}`;
  const users = await playVital(play, `${step}: read users`, () =>
    keep(readAll(play, 'Users', PAGE), ({ attributes }) =>
      textOf(attributes, 'userName')?.toLowerCase().endsWith(domain),
    ),
  );
  const groups = await playVital(play, `${step}: read groups`, () =>
    keep(readAll(play, 'Groups', PAGE, { excludedAttributes: 'members' }), ({ attributes }) =>
      textOf(attributes, 'displayName')?.includes(play.upstream.mark),
    ),
  );
  return { users, groups };
}

async function keep(
  resources: AsyncIterable<Resource>,
  isOwn: (resource: Resource) => boolean | undefined,
): Promise<Resource[]> {
  const own: Resource[] = [];
  for await (const resource of resources) if (isOwn(resource) === true) own.push(resource);
  return own;
}

/** Deletes whatever carries the run's mark. */
export async function removeOwn(play: Play, step: string, { users, groups }: OwnResources): Promise<void> {
  await playEach(play, `${step}: delete groups`, groups, ({ id }) => play.directory.delete('Groups', id));
  await playEach(play, `${step}: delete users`, users, ({ id }) => play.directory.delete('Users', id));
}
