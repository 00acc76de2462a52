import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { RouteMatch } from './router.ts';

const API_ID = 'local';
const ACCOUNT_ID = '000000000000';
export const STAGE = 'local';

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, encoded. */
  readonly url: string;
  /** Names and values in turn, in the client's spelling. */
  readonly rawHeaders: readonly string[];
  readonly sourceIp: string;
  readonly requestId: string;
  readonly receivedAt: Date;
}

/** What the authorizer's and the entry's event have in common. */
export type RequestFrame = Omit<APIGatewayProxyEvent, 'body' | 'isBase64Encoded' | 'requestContext'> & {
  readonly requestContext: Omit<APIGatewayProxyEvent['requestContext'], 'authorizer'>;
};

/**
 * The parts of an event that the request line and the headers give, shaped as API Gateway's REST API shapes them: header
 * names in the client's spelling, query values decoded, path parameters not, the last value where a name comes twice.
 */
export function toFrame(
  request: WireRequest,
  { resource, pathParameters }: Pick<RouteMatch, 'resource' | 'pathParameters'>,
): RequestFrame {
  const [path = '', query] = splitOnce(request.url, '?');
  const multiValueHeaders = collect(pairsOf(request.rawHeaders));
  const parameters = query === undefined ? [] : [...new URLSearchParams(query)];
  const multiValueQuery = parameters.length === 0 ? null : collect(parameters);
  const headers = lastValues(multiValueHeaders);
  return {
    resource,
    path,
    httpMethod: request.method,
    headers,
    multiValueHeaders,
    queryStringParameters: multiValueQuery && lastValues(multiValueQuery),
    multiValueQueryStringParameters: multiValueQuery,
    pathParameters: { ...pathParameters },
    stageVariables: null,
    requestContext: toRequestContext(request, resource, path, headers),
  };
}

/** The event of a REQUEST authorizer. */
export function toAuthorizerEvent(frame: RequestFrame): APIGatewayRequestAuthorizerEvent {
  const { httpMethod, path, requestContext } = frame;
  return {
    ...frame,
    type: 'REQUEST',
    methodArn: `arn:aws:execute-api:local:${ACCOUNT_ID}:${API_ID}/${STAGE}/${httpMethod}${path}`,
    requestContext: { ...requestContext, authorizer: undefined },
  };
}

/** The event of a Lambda proxy integration. Bytes that are no UTF-8 text go as Base64. */
export function toProxyEvent(
  frame: RequestFrame,
  authorizer: APIGatewayProxyEvent['requestContext']['authorizer'],
  body: Buffer,
): APIGatewayProxyEvent {
  const text = decodeUtf8(body);
  return {
    ...frame,
    requestContext: { ...frame.requestContext, authorizer },
    body: body.length === 0 ? null : (text ?? body.toString('base64')),
    isBase64Encoded: text === undefined,
  };
}

function toRequestContext(
  { method, sourceIp, requestId, receivedAt }: WireRequest,
  resource: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): RequestFrame['requestContext'] {
  const host = headers['Host'] ?? headers['host'];
  return {
    accountId: ACCOUNT_ID,
    apiId: API_ID,
    ...(host === undefined ? {} : { domainName: host }),
    httpMethod: method,
    identity: { ...anonymous, sourceIp, userAgent: headers['User-Agent'] ?? headers['user-agent'] ?? null },
    path: `/${STAGE}${path}`,
    protocol: 'HTTP/1.1',
    requestId,
    requestTime: receivedAt.toUTCString(),
    requestTimeEpoch: receivedAt.getTime(),
    resourceId: resource,
    resourcePath: resource,
    stage: STAGE,
  };
}

const anonymous = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
};

function* pairsOf(flat: readonly string[]): Generator<readonly [string, string]> {
  for (let i = 0; i + 1 < flat.length; i += 2) yield [flat[i] ?? '', flat[i + 1] ?? ''];
}

/** Objects without a prototype, since the names come from outside. */
function collect(pairs: Iterable<readonly [string, string]>): Record<string, string[]> {
  const collected: Record<string, string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    const values = collected[name] ?? [];
    values.push(value);
    collected[name] = values;
  }
  return collected;
}

function lastValues(values: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  const last: Record<string, string> = Object.create(null);
  for (const [name, list] of Object.entries(values)) last[name] = list.at(-1) ?? '';
  return last;
}

function splitOnce(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
