import type { APIGatewayAuthorizerResult, APIGatewayProxyResult, Context } from 'aws-lambda';
import { DENIAL_REASON, type GatewayResponseType, gatewayAnswers } from '../lambda/contract/gateway-responses.ts';
import type { ScimEntry } from '../lambda/contract/routes.ts';
import type { ScimHandler } from '../lambda/http/request.ts';
import { describeFailure, type Log } from '../lambda/observability/log.ts';
import { toAuthorizerEvent, toFrame, toProxyEvent, type WireRequest } from './event.ts';
import { findRoute } from './router.ts';
import { carriesKey, findSignedPath, type SignedApis, type SignedPath, toSignedEvent } from './signed-apis.ts';

/** The local run's own: in AWS, IAM refuses a call that is not signed. */
const keyMissing: GatewayResponse = {
  statusCode: 403,
  headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
  body: JSON.stringify({
    error: {
      code: 'forbidden',
      message: 'send the header Authorization: Bearer <key>; the key is in the file admin.key of the data folder',
    },
  }),
};

/** API Gateway waits no longer for an integration. */
const INTEGRATION_TIMEOUT_MILLIS = 29_000;
/** A Lambda function answers no more, as JSON with the body as a string in it. */
const MAX_ANSWER_BYTES = 6_291_556;

export interface GatewayDependencies {
  readonly authorizer: (event: unknown) => Promise<APIGatewayAuthorizerResult>;
  readonly entries: Readonly<Record<ScimEntry, ScimHandler>>;
  /** Default: there are no such APIs. */
  readonly signed?: SignedApis;
  readonly log: Log;
  /** Default: API Gateway's 29 s. */
  readonly timeoutMillis?: number;
}

export interface GatewayResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Gateway = (request: WireRequest, body: Buffer) => Promise<GatewayResponse>;

/** Does with a request what API Gateway does: find the route, ask the authorizer, call the entry, shape the failures. */
export function createGateway({
  authorizer,
  entries,
  signed,
  log,
  timeoutMillis = INTEGRATION_TIMEOUT_MILLIS,
}: GatewayDependencies): Gateway {
  return async (request, body) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const signedPath = findSignedPath(path);
    if (signed !== undefined && signedPath !== undefined) {
      return await logFailures(log, request, () => callSigned(signed, signedPath, { request, body, timeoutMillis }));
    }
    const match = findRoute(path);
    if (match === undefined) return gatewayResponse('MISSING_AUTHENTICATION_TOKEN');
    return await logFailures(log, request, async () => {
      if (!hasAuthorization(request.rawHeaders)) return gatewayResponse('UNAUTHORIZED');
      const frame = toFrame(request, match);
      const policy = await authorizer(toAuthorizerEvent(frame));
      if (policy.policyDocument.Statement.some(({ Effect }) => Effect !== 'Allow')) return denied(policy);
      const event = toProxyEvent(frame, { ...policy.context, principalId: policy.principalId }, body);
      return await answerInTime(entries[match.route.entry](event, toLambdaContext(request.requestId)), timeoutMillis);
    });
  };
}

/** Without the key a call is refused as IAM refuses it. */
async function callSigned(
  signed: SignedApis,
  path: SignedPath,
  { request, body, timeoutMillis }: { request: WireRequest; body: Buffer; timeoutMillis: number },
): Promise<GatewayResponse> {
  if (!carriesKey(signed, request)) return keyMissing;
  const answer = signed[path](toSignedEvent(path, request, body), toLambdaContext(request.requestId));
  return await answerInTime(answer, timeoutMillis);
}

async function logFailures(
  log: Log,
  { requestId }: WireRequest,
  answer: () => Promise<GatewayResponse>,
): Promise<GatewayResponse> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof Error && error.message === 'Unauthorized') return gatewayResponse('UNAUTHORIZED');
    log.error('entry failed', { requestId, failure: describeFailure(error) });
    return gatewayResponse('INTEGRATION_FAILURE');
  }
}

/** What API Gateway answers by itself. */
export function gatewayResponse(type: GatewayResponseType, reason = ''): GatewayResponse {
  const { statusCode, headers, body } = gatewayAnswers[type];
  return { statusCode, headers, body: JSON.stringify(body).replace(DENIAL_REASON, () => reason) };
}

function denied({ context }: APIGatewayAuthorizerResult): GatewayResponse {
  return gatewayResponse('ACCESS_DENIED', String(context?.['reason'] ?? ''));
}

/** The authorizer's identity source: without it, API Gateway does not even ask. */
function hasAuthorization(rawHeaders: readonly string[]): boolean {
  return rawHeaders.some(
    (text, i) => i % 2 === 0 && text.toLowerCase() === 'authorization' && rawHeaders[i + 1] !== '',
  );
}

async function answerInTime(answer: Promise<APIGatewayProxyResult>, timeoutMillis: number): Promise<GatewayResponse> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, timeoutMillis, undefined);
  try {
    const result = await Promise.race([answer, late.promise]);
    if (result === undefined) return gatewayResponse('INTEGRATION_TIMEOUT');
    assertSize(result);
    return toGatewayResponse(result);
  } finally {
    clearTimeout(timer);
  }
}

/** @throws Error as Lambda fails a function whose answer is too large. */
function assertSize(result: APIGatewayProxyResult): void {
  // A UTF-16 unit takes six bytes at most (\u0000), and the headers little: most answers need no count.
  if (result.body.length < MAX_ANSWER_BYTES / 8) return;
  const size = Buffer.byteLength(JSON.stringify(result));
  if (size > MAX_ANSWER_BYTES) throw new Error(`the answer has ${size} bytes, more than Lambda's ${MAX_ANSWER_BYTES}`);
}

function toGatewayResponse({ statusCode, headers = {}, body }: APIGatewayProxyResult): GatewayResponse {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return { statusCode, headers: Object.fromEntries(texts), body };
}

function toLambdaContext(awsRequestId: string): Context {
  const startedAt = performance.now();
  return {
    awsRequestId,
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'local',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:local:000000000000:function:local',
    memoryLimitInMB: '512',
    logGroupName: '/aws/lambda/local',
    logStreamName: 'local',
    getRemainingTimeInMillis: () => INTEGRATION_TIMEOUT_MILLIS - (performance.now() - startedAt),
    done: ignore,
    fail: ignore,
    succeed: ignore,
  };
}

/** The callbacks of old: no entry uses them. */
function ignore(): void {}
