import type { APIGatewayProxyResult } from 'aws-lambda';
import { type ScimError, toErrorBody } from '../../scim/errors.ts';
import type { JsonObject } from '../../scim/json.ts';

/** An answer of a Lambda function may have 6 MB (6,291,556 bytes), in which headers and our own envelope need little. */
const MAX_BODY_BYTES = 6_000_000;

const standardHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const;

type Headers = Readonly<Record<string, string>>;

/** An answer with a SCIM body (RFC 7644 §3.1). */
export function jsonResponse(statusCode: number, body: JsonObject, headers: Headers = {}): APIGatewayProxyResult {
  return textResponse(statusCode, JSON.stringify(body), headers);
}

/** An answer whose body is already JSON text. */
export function textResponse(statusCode: number, body: string, headers: Headers = {}): APIGatewayProxyResult {
  return { statusCode, headers: { ...standardHeaders, 'content-type': 'application/scim+json', ...headers }, body };
}

/** An answer without a body. */
export function emptyResponse(statusCode: number, headers: Headers = {}): APIGatewayProxyResult {
  return { statusCode, headers: { ...standardHeaders, ...headers }, body: '' };
}

/** The answer to a {@link ScimError} (RFC 7644 §3.12). */
export function errorResponse(error: ScimError): APIGatewayProxyResult {
  const { retryAfterSeconds } = error;
  return jsonResponse(error.status, toErrorBody(error), {
    ...error.headers,
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) }),
  });
}

/** Whether a body of that text can leave a Lambda function, whose answer is JSON with the body as a string in it. */
export function fitsResponse(text: string): boolean {
  // Each UTF-16 unit is at most three bytes, or two with its escape, so most answers need no count.
  return text.length * 3 <= MAX_BODY_BYTES || Buffer.byteLength(JSON.stringify(text)) <= MAX_BODY_BYTES;
}
