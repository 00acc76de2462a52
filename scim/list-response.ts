import type { JsonObject } from './json.ts';

export const LIST_RESPONSE_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

export interface ListResponse {
  /** Of the whole list, not of this page; undefined where a walk by cursor does not know. */
  readonly totalResults?: number | undefined;
  /** As asked for, counted from 1; undefined in a walk by cursor. */
  readonly startIndex?: number | undefined;
  /** Undefined on the last page of a walk by cursor, and on every other. */
  readonly nextCursor?: string | undefined;
  readonly resources: readonly JsonObject[];
}

/**
 * The body of a list. `Resources` is there even where it is empty: Entra takes an answer without it for a broken one.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2 RFC 7644 §3.4.2}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9865.html#section-2 RFC 9865 §2}
 */
export function toListResponse({ totalResults, startIndex, nextCursor, resources }: ListResponse): JsonObject {
  return {
    schemas: [LIST_RESPONSE_SCHEMA],
    ...(totalResults === undefined ? {} : { totalResults }),
    itemsPerPage: resources.length,
    ...(startIndex === undefined ? {} : { startIndex }),
    ...(nextCursor === undefined ? {} : { nextCursor }),
    Resources: resources,
  };
}
