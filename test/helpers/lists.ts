import type { DirectoryContext } from '../../directory/context.ts';
import { type ListPage, queryResources } from '../../directory/list-resources.ts';
import { type ListParameters, parseListRequest } from '../../scim/list-request.ts';
import { parseSelection } from '../../scim/projection.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { idOf } from './directory.ts';

/** What a test asks of a list; only ids are returned unless it says otherwise. */
export interface AskedList extends ListParameters {
  readonly types?: readonly ResourceTypeName[];
}

/** One page, as a client would ask for it. */
export async function askList(
  context: DirectoryContext,
  { types = ['User'], attributes = 'id', ...parameters }: AskedList,
): Promise<ListPage> {
  return await queryResources(context, {
    ...parseListRequest(parameters, context.tenant.settings.maxPageSize),
    types,
    selectionOf: (schema) => parseSelection(schema, { attributes }),
  });
}

export function idsOf({ resources }: Pick<ListPage, 'resources'>): readonly string[] {
  return resources.map(({ view }) => idOf(view.representation));
}

/** The cursor of the next page. */
export function nextCursorOf({ resources, cursorAfter }: ListPage): string | undefined {
  return cursorAfter(resources.length);
}

/**
 * Walks a list by cursor to its end.
 *
 * @param between - Is called after each page but the last.
 */
export async function walkList(
  context: DirectoryContext,
  asked: Omit<AskedList, 'cursor' | 'startIndex'>,
  between: () => Promise<void> = async () => undefined,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const page: ListPage = await askList(context, { ...asked, cursor });
    ids.push(...idsOf(page));
    cursor = nextCursorOf(page);
    if (cursor !== undefined) await between();
  }
  return ids;
}

/** Reads a list by position to its end, a page after the other. */
export async function readList(
  context: DirectoryContext,
  asked: Omit<AskedList, 'cursor' | 'startIndex' | 'count'>,
  count: number,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let startIndex = 1; ; startIndex += count) {
    const page = await askList(context, { ...asked, startIndex: String(startIndex), count: String(count) });
    ids.push(...idsOf(page));
    if (startIndex + count > (page.totalResults ?? 0)) return ids;
  }
}
