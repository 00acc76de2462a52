import { invalidValue } from '../errors.ts';
import { toEpochMilliseconds } from '../filter/date-time.ts';
import type { JsonValue } from '../json.ts';
import type { AttributeType } from '../schema/types.ts';
import { hasLoneSurrogate, isPrintableAscii } from '../text.ts';
import { wrongType } from './json-type.ts';
import { MAX_STRING_LENGTH } from './limits.ts';

/** Below this a decimal is nearer to zero than the table's numbers can be. */
const SMALLEST_DECIMAL = 1e-100;

/**
 * Checks a value that is assigned (not null, not `""`) against a simple type, and brings it into stored form: text as
 * it was sent, booleans as booleans.
 *
 * @param path - Names the value in an error.
 * @throws {@link ScimError} 400 `invalidValue`, naming path and expectation, never the value.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-2.3 RFC 7643 §2.3}
 */
export function parseSimpleValue(type: Exclude<AttributeType, 'complex'>, value: JsonValue, path: string): JsonValue {
  switch (type) {
    case 'string':
      return parseText(value, path, 'a string');
    case 'reference':
      return parseText(value, path, 'a URI as a string');
    case 'boolean':
      return parseBoolean(value, path);
    case 'integer':
      return parseNumber(value, path, 'an integer', Number.isInteger);
    case 'decimal':
      return parseNumber(value, path, 'a number', (number) => number === 0 || Math.abs(number) >= SMALLEST_DECIMAL);
    case 'dateTime':
      return parseMatching(
        value,
        path,
        'a date and time such as 2008-01-23T04:56:22Z',
        (text) => toEpochMilliseconds(text) !== undefined,
      );
    case 'binary':
      return parseMatching(value, path, 'base64', isBase64);
  }
}

/** @throws {@link ScimError} 400 `invalidValue` unless the value is a string that can be stored and compared. */
export function parseText(value: JsonValue, path: string, expected: string): string {
  if (typeof value !== 'string') throw wrongType(path, expected, value);
  if (value.length > MAX_STRING_LENGTH) {
    throw invalidValue(`${path} has ${value.length} characters; at most ${MAX_STRING_LENGTH} are possible`);
  }
  if (!isStorable(value)) {
    throw invalidValue(`${path} holds half of a surrogate pair, or U+0000 or U+0001: none of them is possible`);
  }
  return value;
}

/** Whether the text is Unicode without U+0000 and U+0001, which delimit the parts of a key. */
export function isStorable(text: string): boolean {
  if (isPrintableAscii(text)) return true;
  return !hasLoneSurrogate(text) && !text.includes('\u0000') && !text.includes('\u0001');
}

/** Entra sends `"True"` and `"False"` unless its customer sets a flag. */
function parseBoolean(value: JsonValue, path: string): boolean {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.toLowerCase() : undefined;
  if (word === 'true') return true;
  if (word === 'false') return false;
  throw wrongType(path, 'true or false', value);
}

function parseNumber(value: JsonValue, path: string, expected: string, isFit: (number: number) => boolean): number {
  if (typeof value !== 'number') throw wrongType(path, expected, value);
  if (!isFit(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw invalidValue(`${path}: expected ${expected} between -(2^53 - 1) and 2^53 - 1, got a number that is not`);
  }
  return value === 0 ? 0 : value; // minus zero is zero
}

function parseMatching(value: JsonValue, path: string, expected: string, matches: (text: string) => boolean): string {
  const text = parseText(value, path, `${expected}, as a string`);
  if (!matches(text)) throw invalidValue(`${path}: expected ${expected}, got another string`);
  return text;
}

/** Either alphabet of RFC 4648; padding may be missing (RFC 7643 §2.3.6). */
function isBase64(text: string): boolean {
  const digits = text.replace(/={1,2}$/, '');
  const isPadded = digits.length !== text.length;
  if (!/^(?:[A-Za-z0-9+/]*|[A-Za-z0-9_-]*)$/.test(digits)) return false;
  return isPadded ? text.length % 4 === 0 : digits.length % 4 !== 1;
}
