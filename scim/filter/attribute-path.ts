import type { AttributePath } from './ast.ts';

const DOT = 0x2e;
const COLON = 0x3a;

/** Whether the ASCII character of that code may stand in an attribute's name, or at its beginning; tables, for speed. */
const letters = toTable('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz$');
const nameCharacters = toTable('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz$0123456789_-');

/**
 * Clients ask for the same few attributes again and again. A word keeps the place that its letters tell, if it was the
 * first to come there; so a word is known again without being cut out of its text, and memory has an end.
 */
const PLACES = 1_024;
const LONGEST_KEPT = 128;
const kept: ({ readonly word: string; readonly path: AttributePath } | undefined)[] = Array(PLACES).fill(undefined);

/** What {@link toAttributePath} makes of the word that stands there in a text. */
export function toAttributePathAt(text: string, start: number, end: number): AttributePath | undefined {
  const length = end - start;
  const middle = text.charCodeAt(start + (length >> 1));
  const place = (text.charCodeAt(start) + 7 * text.charCodeAt(end - 1) + 31 * length + 57 * middle) % PLACES;
  const known = kept[place];
  if (known !== undefined && known.word.length === length && text.startsWith(known.word, start)) return known.path;
  const word = text.slice(start, end);
  if (known !== undefined || length > LONGEST_KEPT) return toAttributePath(word);
  // The name of a member is a string of its own: a slice would keep all of the text, and with it what it asks for.
  const [own = word] = Object.keys({ [word]: true });
  const path = toAttributePath(own);
  if (path !== undefined) kept[place] = { word: own, path };
  return path;
}

/**
 * Takes `[URN:]name[.subAttribute]` apart; undefined where the word is not of that form. A URN may hold dots and digits
 * (`…:enterprise:2.0:User:manager.value`), so the attribute's name is what stands behind the last colon.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.10 RFC 7644 §3.10}
 */
export function toAttributePath(word: string): AttributePath | undefined {
  let start = word.length;
  let dot = -1;
  for (; start > 0; start--) {
    const code = word.charCodeAt(start - 1);
    if (code === COLON) break;
    if (code === DOT) dot = start - 1;
  }
  const nameEnd = dot === -1 ? word.length : dot;
  if (!isNameBetween(word, start, nameEnd)) return undefined;
  const path: { schema?: string; name: string; subAttribute?: string } = { name: word.slice(start, nameEnd) };
  if (start > 0) {
    path.schema = word.slice(0, start - 1);
    if (!isSchemaUri(path.schema)) return undefined;
  }
  if (dot !== -1) {
    if (!isNameBetween(word, dot + 1, word.length)) return undefined;
    path.subAttribute = word.slice(dot + 1);
  }
  return path;
}

/**
 * Whether the text can name an attribute: the ABNF of RFC 7643 §2.1, and, as in `$ref`, a `$` in front.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-2.1 RFC 7643 §2.1}
 */
export function isAttributeName(text: string): boolean {
  return isNameBetween(text, 0, text.length);
}

function isNameBetween(text: string, start: number, end: number): boolean {
  if (start >= end || letters[text.charCodeAt(start)] !== 1) return false;
  for (let i = start + 1; i < end; i++) {
    if (nameCharacters[text.charCodeAt(i)] !== 1) return false;
  }
  return true;
}

/** A scheme and something behind it, in the characters of RFC 3986, brackets excepted: those delimit tokens. */
function isSchemaUri(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:[\w\-.~:/?#@!$&'*+,;=%]+$/.test(text);
}

function toTable(characters: string): Uint8Array {
  const table = new Uint8Array(0x80);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
