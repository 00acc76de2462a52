import type { Filter } from '../scim/filter/ast.ts';
import { printAttributePath, printFilter } from '../scim/filter/printer.ts';
import type { ListRequest } from '../scim/list-request.ts';
import type { CursorPaging, IndexPaging } from '../scim/paging.ts';
import type { Selection } from '../scim/projection.ts';
import type { ResourceSchema } from '../scim/schema/resource-schema.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import { largerThanAnswer } from './answer-size.ts';
import type { DirectoryContext } from './context.ts';
import { readCounters } from './counters.ts';
import { toViews } from './derived.ts';
import { serves } from './lifecycle/features.ts';
import { CursorSealer } from './list/cursor.ts';
import { openListings } from './list/listings.ts';
import { type Question, toQuestions } from './list/question.ts';
import { walk } from './list/walk.ts';
import type { ResourceView } from './resource-view.ts';
import type { ResourceItem } from './store/items.ts';

/** What is asked of a list; of several types, users come before groups unless it is sorted. */
export interface ListQuery extends ListRequest {
  readonly types: readonly ResourceTypeName[];
  readonly selectionOf: (schema: ResourceSchema) => Selection;
}

export interface ListedResource {
  readonly type: ResourceTypeName;
  readonly selection: Selection;
  readonly view: ResourceView;
}

/** A page of a list. */
export interface ListPage {
  /** Undefined in a walk by cursor where it would cost to look at every resource. */
  readonly totalResults: number | undefined;
  /** Undefined in a walk by cursor. */
  readonly startIndex: number | undefined;
  readonly resources: readonly ListedResource[];
  /** Where to go on once that many of the resources are answered; undefined where there is no more, or no cursor. */
  readonly cursorAfter: (answered: number) => string | undefined;
}

/**
 * A page of the resources for which the filter holds, by position or by cursor. Of a type that the application is not
 * served there are none.
 *
 * @throws ScimError 400 `invalidFilter`, `invalidValue`; `tooMany` where no index serves the query and there are too many
 * resources; `invalidCursor`, `expiredCursor`, `invalidCount`.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2 RFC 7644 §3.4.2}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9865.html#section-2 RFC 9865 §2}
 */
export async function queryResources(context: DirectoryContext, asked: ListQuery): Promise<ListPage> {
  const query = { ...asked, types: asked.types.filter((type) => serves(context, type)) };
  const { paging, types } = query;
  const isByIndex = !('cursor' in paging);
  if (types.length === 0) {
    return { totalResults: 0, startIndex: isByIndex ? 1 : undefined, resources: [], cursorAfter: () => undefined };
  }
  const questions = toQuestions(context, types, query, query.selectionOf);
  if (!('cursor' in paging)) return await readByIndex(context, questions, paging);
  // By RFC 9865 §2 it asks for totalResults alone: there is nothing to walk.
  if (paging.count === 0 && paging.cursor === '') {
    return { ...(await readByIndex(context, questions, { startIndex: 1, count: 0 })), startIndex: undefined };
  }
  return await readByCursor(context, query, questions, paging);
}

/** A list of one type by position, in the order of ids. */
export async function listResources(
  context: DirectoryContext,
  type: ResourceTypeName,
  query: IndexPaging & { readonly filter: Filter | undefined; readonly selection: Selection },
): Promise<{ readonly totalResults: number; readonly resources: readonly ResourceView[] }> {
  const question = { type, filter: query.filter, sort: undefined, selection: query.selection };
  const { totalResults, resources } = await readByIndex(context, [question], query);
  return { totalResults, resources: resources.map(({ view }) => view) };
}

async function readByIndex(
  context: DirectoryContext,
  questions: readonly Question[],
  { startIndex, count }: IndexPaging,
): Promise<ListPage & { readonly totalResults: number }> {
  const window = { from: startIndex - 1, to: startIndex - 1 + count };
  const listings = await openListings(context, questions, window);
  const items: ResourceItem[] = [];
  let before = 0;
  for (const { total, read } of listings) {
    const part = { from: Math.max(0, window.from - before), to: Math.min(total, window.to - before) };
    if (part.from < part.to) items.push(...(await read(part)));
    before += total;
  }
  const resources = await toListed(context, questions, items);
  return { totalResults: before, startIndex, resources, cursorAfter: () => undefined };
}

async function readByCursor(
  context: DirectoryContext,
  query: ListQuery,
  questions: readonly Question[],
  paging: CursorPaging,
): Promise<ListPage> {
  const { maxPageSize } = context.tenant.settings;
  const sealer = await CursorSealer.create(context, nameQuery(query));
  const after = paging.cursor === '' ? undefined : sealer.open(paging);
  const count = Math.min(maxPageSize, paging.count ?? maxPageSize);
  const { matches, end } = await walk(context, questions, { after, count });
  const items = matches.map(({ item }) => item);
  const isWhole = after === undefined && end === undefined;
  return {
    totalResults: isWhole ? matches.length : await countAll(context, questions),
    startIndex: undefined,
    resources: await toListed(context, questions, items),
    cursorAfter: (answered) => {
      const position = answered < matches.length ? matches[answered - 1] : end;
      return position && sealer.seal(position, paging.count);
    },
  };
}

/** What the counters say where all resources are asked for. */
async function countAll(context: DirectoryContext, questions: readonly Question[]): Promise<number | undefined> {
  if (questions.some(({ filter }) => filter !== undefined)) return undefined;
  const counters = await Promise.all(questions.map(({ type }) => readCounters(context, type)));
  return counters.reduce((sum, { total }) => sum + total, 0);
}

/** What a cursor is bound to, beside the tenant: all that decides which resources there are, and in which order. */
function nameQuery({ types, filter, sort }: ListQuery): string {
  return JSON.stringify([
    types,
    filter === undefined ? null : printFilter(filter),
    sort === undefined ? null : [printAttributePath(sort.by).toLowerCase(), sort.order],
  ]);
}

async function toListed(
  context: DirectoryContext,
  questions: readonly Question[],
  items: readonly ResourceItem[],
): Promise<readonly ListedResource[]> {
  const listed = new Map<string, ListedResource>();
  await Promise.all(
    questions.map(async ({ type, selection }) => {
      const own = items.filter((item) => item.type === type);
      const views = await toViews(context, own, selection);
      views.forEach((view, n) => {
        const id = own[n]?.sk;
        if (id !== undefined) listed.set(id, { type, selection, view });
      });
    }),
  );
  const answered: ListedResource[] = [];
  for (const { sk, type } of items) {
    const resource = listed.get(sk);
    // An answer has no room for the memberships of this one: it begins the next page.
    if (resource === undefined && answered.length === 0) throw largerThanAnswer(type);
    if (resource === undefined) break;
    answered.push(resource);
  }
  return answered;
}
