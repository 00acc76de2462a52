import { OperationRefusedError } from '../operator/operation.ts';

/** Which stretch of the log is asked for; of what is missing there is no bound. */
export interface TimeRange {
  /** Included. */
  readonly from?: Date | undefined;
  /** Included. */
  readonly to?: Date | undefined;
}

/** The bounds of sort keys of the log, or of its pointers below a prefix. */
export function boundsOf({ from, to }: TimeRange, prefix = ''): { readonly from: string; readonly to: string } {
  return { from: `${prefix}${from?.toISOString() ?? '0'}`, to: `${prefix}${to?.toISOString() ?? ':'}#~` };
}

/** `<time>#<id>` */
const PLACE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[\x21-\x7e]{1,200}$/;

/** Where a page of the log ended, as a client hands it back unread. */
export function toCursorText(place: string): string {
  return Buffer.from(place).toString('base64url');
}

/** @throws {@link OperationRefusedError} `invalid` where the text is none of {@link toCursorText}'s */
export function parseCursorText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const place = Buffer.from(text, 'base64url').toString();
  if (PLACE.test(place)) return place;
  throw new OperationRefusedError('invalid', 'after is no place in this log: give the "next" of an answer');
}
