import { invalidValue } from './errors.ts';

/** Which part of a list is asked for. */
export interface Paging {
  /** Counted from 1. */
  readonly startIndex: number;
  /** Resources at most; 0 asks for `totalResults` alone. */
  readonly count: number;
}

/**
 * Reads `startIndex` and `count`. A `startIndex` below 1 is 1, a negative `count` is 0, a `count` above the maximum is
 * cut to it, and no `count` asks for a full page.
 *
 * @throws {@link ScimError} 400 `invalidValue` when one of them is not an integer.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2.4 RFC 7644 §3.4.2.4}
 */
export function parsePaging(
  query: { readonly startIndex?: string | undefined; readonly count?: string | undefined },
  maxPageSize: number,
): Paging {
  return {
    startIndex: Math.max(1, parseInteger('startIndex', query.startIndex) ?? 1),
    count: Math.min(maxPageSize, Math.max(0, parseInteger('count', query.count) ?? maxPageSize)),
  };
}

function parseInteger(parameter: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^-?\d+$/.test(text)) {
    throw invalidValue(`${parameter} is ${JSON.stringify(text.slice(0, 32))}; it must be an integer, such as 1`);
  }
  const value = Number(text);
  // Beyond that, two neighbours are one number: whoever asks for so high an index gets an empty page either way.
  return Math.min(Number.MAX_SAFE_INTEGER, value);
}
