/** Requests at most for one answer. */
export const MAX_ATTEMPTS = 8;

const LONGEST_WAIT_MS = 60_000;
const LONGEST_BACKOFF_MS = 5_000;

/** Whether the same request may be answered otherwise a little later. 501 says that it never will be. */
export function isTransient(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501);
}

/**
 * Milliseconds to wait before the next attempt: what `Retry-After` asks for, up to a minute, or else a wait that doubles.
 *
 * @param attempt - Counted from 1: the attempt that has just failed.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110.html#section-10.2.3 RFC 9110 §10.2.3}
 */
export function toWaitMs(retryAfter: string | null, attempt: number, now: Date): number {
  const asked = parseRetryAfter(retryAfter, now);
  if (asked !== undefined) return Math.min(asked, LONGEST_WAIT_MS);
  return Math.min(250 * 2 ** (attempt - 1), LONGEST_BACKOFF_MS);
}

/** Seconds or an HTTP date, as milliseconds from now; undefined where it is neither. */
function parseRetryAfter(value: string | null, now: Date): number | undefined {
  if (value === null) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
