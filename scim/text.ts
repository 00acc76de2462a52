const LONGEST_EXCERPT = 40;
/** What normalisation could change: all but printable ASCII; where case is folded, all but its lower case. */
const COMPOSABLE = /[^ -~]/;
const FOLDABLE = /[^ -@[-~]/;
const FIRST_SURROGATE = 0xd800;
const FIRST_AFTER_SURROGATES = 0xe000;

/**
 * The form in which texts are compared: Unicode NFC, case folded where `caseExact` is false.
 *
 * Idempotent, and the only such function: filter evaluation, claims and index keys must agree on what is the same text.
 * The fold is Unicode's full one, whatever the locale: `ẞ`, `ß` and `SS` are the same, so are `Σ`, `σ` and `ς`;
 * the dotless `ı` is no `i`, so that nobody is found under a name that merely looks alike.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-2.2 RFC 7643 §2.2, caseExact}
 */
export function normaliseText(value: string, caseExact: boolean): string {
  if (!(caseExact ? COMPOSABLE : FOLDABLE).test(value)) return value;
  if (isPrintableAscii(value)) return value.toLowerCase();
  const composed = value.normalize('NFC');
  return caseExact ? composed : foldCase(composed).normalize('NFC');
}

/**
 * Orders texts by code point, which is the order of their UTF-8 bytes and so that of table keys; `<` orders by UTF-16
 * code unit and puts what lies beyond U+FFFF before U+E000.
 *
 * @returns Negative, zero or positive, as `Array.prototype.sort` wants it.
 */
export function compareByCodePoint(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return codePointRank(a) - codePointRank(b);
  }
  return left.length - right.length;
}

/** Whether the text is of the most common kind, in which nothing has to be looked for. */
export function isPrintableAscii(value: string): boolean {
  return !COMPOSABLE.test(value);
}

/** Whether the text holds half of a surrogate pair: no Unicode text, and nothing that UTF-8 could carry. */
export function hasLoneSurrogate(value: string): boolean {
  return !value.isWellFormed();
}

/** The text's first characters in quotes, for an error's detail: control characters escaped, never long. */
export function quoteExcerpt(value: string): string {
  const excerpt = value.length > LONGEST_EXCERPT ? `${value.slice(0, LONGEST_EXCERPT - 1)}…` : value;
  return JSON.stringify(excerpt.toWellFormed());
}

/** Lower, upper, lower: `ẞ` has no upper case but itself, `ß` none of a single letter; the three steps take both to `ss`. */
function foldCase(value: string): string {
  return value
    .split('ı')
    .map((part) => part.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ'))
    .join('ı');
}

/** Surrogates stand for what comes after every other code unit. */
function codePointRank(codeUnit: number): number {
  if (codeUnit < FIRST_SURROGATE) return codeUnit;
  return codeUnit < FIRST_AFTER_SURROGATES ? codeUnit + 0x2000 : codeUnit - 0x800;
}
