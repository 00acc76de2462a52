import { equalsFilter } from '../http/query.ts';
import type { Endpoint } from '../http/scim-directory.ts';
import { type Play, playVital } from '../play.ts';

/** *Test connection*: a match query for a random GUID, of users and of groups; nothing found is not an error. */
export async function playConnectionTest(play: Play): Promise<void> {
  const random = play.random.fork('connection test');
  await playVital(play, 'test connection', async () => {
    for (const endpoint of ['Users', 'Groups'] satisfies Endpoint[]) {
      const path = endpoint === 'Users' ? (play.mapping.matching[0]?.path ?? 'userName') : 'displayName';
      const page = await play.directory.query(endpoint, { filter: equalsFilter(path, random.uuid()) });
      if (page.totalResults === 0) continue;
      const message = `a random GUID was found ${page.totalResults} times`;
      play.recorder.fault({ check: 'match', request: `GET /${endpoint}?filter`, message });
    }
    // Validate_Credentials
    await play.directory.refuses(
      { method: 'GET', endpoint: 'Users', query: { startIndex: 1, count: 1 }, authorization: 'Bearer not-the-token' },
      401,
    );
  });
}
