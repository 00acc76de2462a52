import type { AttributePath } from './ast.ts';

/**
 * Takes `[URN:]name[.subAttribute]` apart; undefined where the word is not of that form. A URN may hold dots and digits
 * (`…:enterprise:2.0:User:manager.value`), so the attribute's name is what stands behind the last colon.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.10 RFC 7644 §3.10}
 */
export function toAttributePath(word: string): AttributePath | undefined {
  const colon = word.lastIndexOf(':');
  const dot = word.indexOf('.', colon + 1);
  const name = word.slice(colon + 1, dot === -1 ? word.length : dot);
  if (!isAttributeName(name)) return undefined;
  const path: { schema?: string; name: string; subAttribute?: string } = { name };
  if (colon !== -1) {
    path.schema = word.slice(0, colon);
    if (!isSchemaUri(path.schema)) return undefined;
  }
  if (dot !== -1) {
    path.subAttribute = word.slice(dot + 1);
    if (!isAttributeName(path.subAttribute)) return undefined;
  }
  return path;
}

/**
 * Whether the text can name an attribute: the ABNF of RFC 7643 §2.1, and, as in `$ref`, a `$` in front.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-2.1 RFC 7643 §2.1}
 */
export function isAttributeName(text: string): boolean {
  return /^[A-Za-z$][\w$-]*$/.test(text);
}

/** A scheme and something behind it, in the characters of RFC 3986, brackets excepted: those delimit tokens. */
function isSchemaUri(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:[\w\-.~:/?#@!$&'*+,;=%]+$/.test(text);
}
