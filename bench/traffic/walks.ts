import { encodeQuery, type Query } from '../../replay/http/query.ts';
import { isJsonObject } from '../../replay/json.ts';
import type { Answer, Client } from './client.ts';

/** What an answer holds unless a client asks for less. */
export const PAGE = 100;

/** What came of reading all users, page by page. */
export interface Walk {
  /** As they came. */
  readonly ids: readonly string[];
  readonly pages: number;
  /** How the last page was asked for. */
  readonly lastPath: string;
}

/** One page of a list. */
export interface Page {
  readonly ids: readonly string[];
  readonly totalResults: number | undefined;
  readonly nextCursor: string | undefined;
}

/** Reads all users by position, each page beginning where the one before ended. */
export async function walkByIndex(client: Client): Promise<Walk> {
  const ids: string[] = [];
  for (let pages = 1; ; pages += 1) {
    const path = indexPath(ids.length + 1);
    const page = pageOf(await client.send(200, 'GET', path));
    ids.push(...page.ids);
    if (page.ids.length === 0 || ids.length >= (page.totalResults ?? 0)) return { ids, pages, lastPath: path };
  }
}

/** Reads all users by cursor (RFC 9865). */
export async function walkByCursor(client: Client): Promise<Walk> {
  const ids: string[] = [];
  let cursor = '';
  for (let pages = 1; ; pages += 1) {
    const path = cursorPath(cursor);
    const page = pageOf(await client.send(200, 'GET', path));
    ids.push(...page.ids);
    if (page.nextCursor === undefined) return { ids, pages, lastPath: path };
    cursor = page.nextCursor;
  }
}

export function indexPath(startIndex: number): string {
  return usersPath({ startIndex, count: PAGE });
}

/** @param cursor - Empty for the first page. */
export function cursorPath(cursor: string): string {
  return usersPath({ cursor, count: PAGE });
}

export function filterPath(filter: string): string {
  return usersPath({ filter, count: PAGE });
}

function usersPath(query: Query): string {
  return `/Users${encodeQuery(query, '%20')}`;
}

/** @throws Error where the answer is no list of resources with ids. */
export function pageOf({ body }: Answer): Page {
  const { Resources: resources = [], totalResults, nextCursor } = body ?? {};
  if (!Array.isArray(resources)) throw new Error('the answer is no list');
  return {
    ids: resources.map((resource) => {
      const id = isJsonObject(resource) ? resource['id'] : undefined;
      if (typeof id !== 'string') throw new Error('the answer holds a resource without an id');
      return id;
    }),
    totalResults: typeof totalResults === 'number' ? totalResults : undefined,
    nextCursor: typeof nextCursor === 'string' ? nextCursor : undefined,
  };
}

/** How many of the users, who were there throughout, a walk did not meet, and how often it met one again. */
export function compareWalk(
  { ids }: Walk,
  users: readonly string[],
): { readonly missed: number; readonly repeated: number } {
  const met = new Map<string, number>(users.map((id) => [id, 0]));
  for (const id of ids) {
    const times = met.get(id);
    if (times !== undefined) met.set(id, times + 1);
  }
  const times = [...met.values()];
  return {
    missed: times.filter((each) => each === 0).length,
    repeated: times.reduce((sum, each) => sum + Math.max(0, each - 1), 0),
  };
}

/** @throws Error unless the walk met each of the users once. */
export function assertComplete(by: string, walk: Walk, users: readonly string[]): void {
  const { missed, repeated } = compareWalk(walk, users);
  if (missed + repeated === 0) return;
  throw new Error(`a walk by ${by} missed ${missed} of ${users.length} users and repeated ${repeated}`);
}
