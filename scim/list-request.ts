import { invalidValue } from './errors.ts';
import type { AttributePath, Filter } from './filter/ast.ts';
import { toAttributePath } from './filter/attribute-path.ts';
import { parseFilter } from './filter/parser.ts';
import { type CursorPaging, type IndexPaging, parseCursorPaging, parsePaging } from './paging.ts';
import { quoteExcerpt } from './text.ts';

/**
 * What a list may be asked with, as the parameters of a GET and the members of a SearchRequest have it in common.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2 RFC 7644 §3.4.2}
 */
export const LIST_PARAMETERS = [
  'attributes',
  'excludedAttributes',
  'filter',
  'sortBy',
  'sortOrder',
  'startIndex',
  'count',
  'cursor',
] as const;
export type ListParameter = (typeof LIST_PARAMETERS)[number];

/** The parameters as text, names of attributes separated by commas; those not given are absent. */
export type ListParameters = { readonly [name in ListParameter]?: string | undefined };

export type SortOrder = 'ascending' | 'descending';

/** A query for a list, read but not yet held against a schema. */
export interface ListRequest {
  readonly filter: Filter | undefined;
  readonly sort: { readonly by: AttributePath; readonly order: SortOrder } | undefined;
  readonly paging: IndexPaging | CursorPaging;
}

/**
 * Reads a query for a list. `attributes` and `excludedAttributes` are left to `parseSelection`. By index, unless there is
 * a cursor: so do clients that know of none.
 *
 * @throws {@link ScimError} 400 `invalidFilter`, `invalidValue` or `invalidCount`.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9865.html#section-2.4 RFC 9865 §2.4}
 */
export function parseListRequest(parameters: ListParameters, maxPageSize: number): ListRequest {
  const { filter, cursor } = parameters;
  return {
    filter: filter === undefined ? undefined : parseFilter(filter),
    sort: parseSort(parameters),
    paging:
      cursor === undefined
        ? parsePaging(parameters, maxPageSize)
        : parseCursorPaging({ ...parameters, cursor }, maxPageSize),
  };
}

/** Ascending unless said otherwise; an order without `sortBy` orders nothing (RFC 7644 §3.4.2.3). */
function parseSort({ sortBy, sortOrder }: ListParameters): ListRequest['sort'] {
  const order = (sortOrder ?? 'ascending').toLowerCase();
  if (order !== 'ascending' && order !== 'descending') {
    throw invalidValue(`sortOrder is ${quoteExcerpt(order)}; it must be "ascending" or "descending"`);
  }
  if (sortBy === undefined) return undefined;
  const by = toAttributePath(sortBy);
  if (by === undefined) {
    throw invalidValue(
      `sortBy is ${quoteExcerpt(sortBy)}; it must be the path of an attribute, such as name.familyName`,
    );
  }
  return { by, order };
}
