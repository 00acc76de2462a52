import { invalidCount, invalidValue, type ScimError } from './errors.ts';

/** Which part of a list is asked for, by position. */
export interface IndexPaging {
  /** Counted from 1. */
  readonly startIndex: number;
  /** Resources at most; 0 asks for `totalResults` alone. */
  readonly count: number;
}

/** Which part of a list is asked for, by cursor. */
export interface CursorPaging {
  /** Empty for the first page. */
  readonly cursor: string;
  /** Resources at most, as asked for: it stays the same through a walk. Undefined for a full page. */
  readonly count: number | undefined;
}

/** Seconds for which a cursor is good. */
export const CURSOR_TIMEOUT_SECONDS = 3_600;

/** What a query says of paging, unread. */
export interface PagingParameters {
  readonly startIndex?: string | undefined;
  readonly count?: string | undefined;
}

/**
 * Reads `startIndex` and `count`. A `startIndex` below 1 is 1, a negative `count` is 0, a `count` above the maximum is
 * cut to it, and no `count` asks for a full page.
 *
 * @throws {@link ScimError} 400 `invalidValue` when one of them is not an integer.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2.4 RFC 7644 §3.4.2.4}
 */
export function parsePaging(query: PagingParameters, maxPageSize: number): IndexPaging {
  return {
    startIndex: Math.max(1, parseInteger('startIndex', query.startIndex) ?? 1),
    count: Math.min(maxPageSize, Math.max(0, parseInteger('count', query.count) ?? maxPageSize)),
  };
}

/**
 * Reads `cursor` and its `count`, where a negative one is 0. One above the maximum is refused and not cut: a client that
 * walks by cursor is told the maximum by `/ServiceProviderConfig`.
 *
 * @throws {@link ScimError} 400 `invalidCount`; 400 `invalidValue` where there is a `startIndex` too.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9865.html#section-2 RFC 9865 §2}
 */
export function parseCursorPaging(
  { cursor, startIndex, count }: PagingParameters & { readonly cursor: string },
  maxPageSize: number,
): CursorPaging {
  if (startIndex !== undefined) throw invalidValue('The query has both startIndex and cursor; give only one of them');
  const asked = parseInteger('count', count, invalidCount);
  if (asked === undefined) return { cursor, count: undefined };
  // What goes on was begun under the maximum of its time.
  if (cursor === '' && asked > maxPageSize) {
    throw invalidCount(`count is ${asked}; with a cursor it must be from 0 to ${maxPageSize}`);
  }
  return { cursor, count: Math.max(0, asked) };
}

function parseInteger(
  parameter: string,
  text: string | undefined,
  refusal: (detail: string) => ScimError = invalidValue,
): number | undefined {
  if (text === undefined) return undefined;
  if (!/^-?\d+$/.test(text)) {
    throw refusal(`${parameter} is ${JSON.stringify(text.slice(0, 32))}; it must be an integer, such as 1`);
  }
  const value = Number(text);
  // Beyond that, two neighbours are one number: whoever asks for so high an index gets an empty page either way.
  return Math.min(Number.MAX_SAFE_INTEGER, value);
}
