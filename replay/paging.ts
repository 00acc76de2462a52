import type { Query } from './http/query.ts';
import type { Resource } from './http/resource.ts';
import type { Endpoint } from './http/scim-directory.ts';
import { type Play, playOnce } from './play.ts';

/**
 * All resources, page by page. Records where an id comes twice, where pages run dry before `totalResults`, and where
 * they yield more.
 */
export async function* readAll(
  play: Play,
  endpoint: Endpoint,
  count: number,
  query: Query = {},
): AsyncGenerator<Resource, void, undefined> {
  const seen = new Set<string>();
  const fault = (message: string): void => {
    play.recorder.fault({ check: 'list', request: `GET /${endpoint}?startIndex`, message });
  };
  let total = Number.POSITIVE_INFINITY;
  for (let startIndex = 1; startIndex <= total; ) {
    const page = await play.directory.query(endpoint, { ...query, startIndex, count });
    total = page.totalResults;
    for (const resource of page.resources) {
      if (seen.has(resource.id)) fault(`${resource.id} is listed twice, the second time from startIndex ${startIndex}`);
      else yield resource;
      seen.add(resource.id);
    }
    if (page.resources.length === 0) break;
    startIndex += page.resources.length;
  }
  if (seen.size !== total) fault(`pages of ${count} held ${seen.size} resources, totalResults is ${total}`);
}

/** User_Pagination: pages of five over the first users, `startIndex` echoed, none twice. */
export async function playPaging(play: Play, count: number): Promise<void> {
  await playOnce(play, 'gallery: User_Pagination', async () => {
    const seen = new Set<string>();
    for (let startIndex = 1; startIndex <= 3 * count; startIndex += count) {
      const { resources, totalResults } = await play.directory.query('Users', { startIndex, count });
      const expected = Math.max(0, Math.min(count, totalResults - startIndex + 1));
      const repeated = resources.filter(({ id }) => seen.has(id));
      for (const { id } of resources) seen.add(id);
      if (resources.length === expected && repeated.length === 0) continue;
      const message = `startIndex=${startIndex}&count=${count}: ${resources.length} of ${expected}, ${repeated.length} repeated`;
      play.recorder.fault({ check: 'list', request: 'GET /Users?startIndex', message });
    }
  });
}
