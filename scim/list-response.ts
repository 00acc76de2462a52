import type { JsonObject } from './json.ts';

export const LIST_RESPONSE_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

export interface ListPage {
  /** Of the whole list, not of this page. */
  readonly totalResults: number;
  /** As asked for, counted from 1. */
  readonly startIndex: number;
  readonly resources: readonly JsonObject[];
}

/**
 * The body of a list. `Resources` is there even where it is empty: Entra takes an answer without it for a broken one.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2 RFC 7644 §3.4.2}
 */
export function toListResponse({ totalResults, startIndex, resources }: ListPage): JsonObject {
  return {
    schemas: [LIST_RESPONSE_SCHEMA],
    totalResults,
    itemsPerPage: resources.length,
    startIndex,
    Resources: resources,
  };
}
