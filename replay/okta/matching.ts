import { UnusableAnswerError } from '../http/faults.ts';
import { equalsFilter } from '../http/query.ts';
import type { Resource } from '../http/resource.ts';
import type { Endpoint } from '../http/scim-directory.ts';
import type { Play } from '../play.ts';

/** Okta asks whether the name exists with paging parameters, as it does everywhere. */
export async function findByName(play: Play, endpoint: Endpoint, name: string): Promise<Resource | undefined> {
  const filter = equalsFilter(endpoint === 'Users' ? 'userName' : 'displayName', name);
  const { resources } = await play.directory.query(endpoint, { filter, startIndex: 1, count: 100 });
  if (resources.length <= 1) return resources[0];
  const message = `${filter} found ${resources.length} resources, where one at most may match`;
  play.recorder.fault({ check: 'match', request: `GET /${endpoint}?filter`, message });
  throw new UnusableAnswerError(message);
}
