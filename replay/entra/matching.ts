import { UnusableAnswerError } from '../http/faults.ts';
import { equalsFilter } from '../http/query.ts';
import type { Resource } from '../http/resource.ts';
import type { Endpoint } from '../http/scim-directory.ts';
import type { Values } from '../mapping/mapping.ts';
import { parseTarget, readTarget, type Target } from '../mapping/target.ts';
import type { Play } from '../play.ts';

/** Finds the user by the matching attributes, in their order, a query each. More than one match is an error to Entra. */
export async function matchUser(play: Play, values: Values): Promise<Resource | undefined> {
  for (const target of play.mapping.matching) {
    const value = values.get(target.path);
    if (typeof value !== 'string') continue;
    const found = await matchOne(play, 'Users', target, value);
    if (found !== undefined) return found;
  }
  return undefined;
}

const displayName = parseTarget('displayName');

/** Finds the group by its name; Entra never asks for the members. */
export function matchGroup(play: Play, name: string): Promise<Resource | undefined> {
  return matchOne(play, 'Groups', displayName, name);
}

/** One match query: the only resource that has the value there, or none. */
export async function matchOne(
  play: Play,
  endpoint: Endpoint,
  target: Target,
  value: string,
): Promise<Resource | undefined> {
  const filter = equalsFilter(target.path, value);
  const query = endpoint === 'Groups' ? { excludedAttributes: 'members', filter } : { filter };
  const { totalResults, resources } = await play.directory.query(endpoint, query);
  const [found] = resources;
  const request = `GET /${endpoint}?filter`;
  if (totalResults > 1 || resources.length > 1) {
    const message = `${filter} found ${totalResults} resources, where one at most may match`;
    play.recorder.fault({ check: 'match', request, message });
    throw new UnusableAnswerError(message);
  }
  if (found === undefined) return undefined;
  const actual = readTarget(found.attributes, target);
  if (typeof actual !== 'string' || actual.toLowerCase() !== value.toLowerCase()) {
    const message = `${filter} found ${found.id}, whose ${target.path} is ${JSON.stringify(actual ?? null)}`;
    play.recorder.fault({ check: 'match', request, message });
  }
  return found;
}
