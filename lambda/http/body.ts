import { invalidSyntax, ScimError } from '../../scim/errors.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../../scim/json.ts';
import { findHeader, type ScimEvent } from './event.ts';

/** The size that a body may have. */
export interface BodyLimit {
  readonly bytes: number;
  /** What a client that exceeds it is told that it is. */
  readonly name: string;
}

/** Our limit for the body of a request; API Gateway's is 10 MB. */
const BODY_LIMIT: BodyLimit = { bytes: 1_048_576, name: 'the limit' };

/** A SCIM message needs about eight levels; what recurses over a body relies on there being an end. */
const MAX_DEPTH = 32;

const MEDIA_TYPES: readonly string[] = ['application/scim+json', 'application/json'];

/**
 * The JSON body of a request.
 *
 * @throws {@link ScimError} 400 where there is none or it is not JSON in UTF-8, 413 where it is too large, 415 where it
 * is declared to be something else. No message quotes the body: it may hold a password.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.1 RFC 7644 §3.1}
 */
export function parseBody(
  event: Pick<ScimEvent, 'body' | 'headers' | 'isBase64Encoded'>,
  limit: BodyLimit = BODY_LIMIT,
): JsonValue {
  const { body } = event;
  if (body === null || body === undefined || body === '') throw invalidSyntax('The request needs a JSON body');
  assertMediaType(findHeader(event, 'content-type'));
  const text = event.isBase64Encoded ? decodeBase64(body, limit) : body;
  if (isLonger(text, limit.bytes)) {
    throw new ScimError(413, `The request body is larger than ${limit.name} of ${limit.bytes} bytes`);
  }
  const value = parseJson(text);
  if (isDeeper(value, MAX_DEPTH)) throw invalidSyntax(`The request body is nested deeper than ${MAX_DEPTH} levels`);
  return value;
}

function assertMediaType(header: string | undefined): void {
  const [type = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim().toLowerCase());
  const isUtf8 = parameters.every((parameter) => !/^charset\s*=/.test(parameter) || /=\s*"?utf-?8"?$/.test(parameter));
  if (MEDIA_TYPES.includes(type) && isUtf8) return;
  throw new ScimError(
    415,
    'Expected Content-Type application/scim+json or application/json, with no charset but UTF-8',
    { headers: { accept: MEDIA_TYPES.join(', ') } },
  );
}

function decodeBase64(body: string, { bytes }: BodyLimit): string {
  // Before decoding, so that what is too large is refused unread: four characters carry three bytes.
  if (body.length > bytes * 2) return body;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(body, 'base64'));
  } catch {
    throw invalidSyntax('The request body is not UTF-8 text');
  }
}

function isLonger(text: string, bytes: number): boolean {
  return text.length > bytes || (text.length * 3 > bytes && Buffer.byteLength(text) > bytes);
}

function parseJson(text: string): JsonValue {
  try {
    // Some clients send a byte order mark, which RFC 8259 §8.1 lets a parser ignore.
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    throw invalidSyntax('The request body is not valid JSON');
  }
}

function isDeeper(value: JsonValue, levels: number): boolean {
  if (isJsonArray(value)) return levels === 0 || value.some((element) => isDeeper(element, levels - 1));
  if (isJsonObject(value)) return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
  return false;
}
