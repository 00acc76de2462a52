import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import * as z from 'zod';
import type { Log } from '../observability/log.ts';
import { authorize, type Decision } from './authorize.ts';
import type { TokenStore } from './token-store.ts';

/** What is read of API Gateway's REQUEST authorizer event. */
const AuthorizerEventSchema = z.object({
  methodArn: z.string().regex(/^arn:[^/]+\/[^/]+\//, 'arn:…:<api>/<stage>/…'),
  headers: z.record(z.string(), z.string().optional()).nullish(),
  /** For the log alone: an event without it must not cost anybody the access. */
  requestContext: z.object({ requestId: z.string().optional() }).nullish(),
});

/** Takes what became of a token: CloudWatch metrics in AWS, nothing in the local run. */
export type MeasureAuthorization = (outcome: Decision['kind']) => void;

interface Dependencies {
  readonly tokens: TokenStore;
  readonly log: Log;
  readonly measure: MeasureAuthorization;
  readonly now: () => number;
}

/**
 * The handler of a REQUEST authorizer. What is unknown becomes API Gateway's 401 (the error of that very message), a
 * token that expired or was revoked a Deny whose context names the reason. The policy covers the whole API, because
 * API Gateway remembers it by token: the entries compare tenant and path themselves.
 *
 * @see {@link https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html}
 */
export function createAuthorizerHandler({ tokens, log, measure, now }: Dependencies) {
  return async (input: unknown): Promise<APIGatewayAuthorizerResult> => {
    const startedAt = now();
    const event = AuthorizerEventSchema.parse(input);
    const requestId = event.requestContext?.requestId;
    const decision = await authorize(tokens, new Date(startedAt), findHeader(event.headers ?? {}, 'authorization'));
    log.info('authorization', {
      ...(requestId === undefined ? {} : { requestId }),
      outcome: decision.kind,
      ...(decision.kind === 'unknown' ? {} : { tenant: decision.tenant, application: decision.application }),
      durationMs: now() - startedAt,
    });
    measure(decision.kind);
    return toPolicy(decision, event.methodArn);
  };
}

function toPolicy(decision: Decision, methodArn: string): APIGatewayAuthorizerResult {
  switch (decision.kind) {
    case 'unknown':
      throw new Error('Unauthorized');
    case 'denied':
      return toResult(decision, 'Deny', methodArn, { reason: decision.reason });
    case 'allowed':
      return toResult(decision, 'Allow', methodArn, { credentialId: decision.credentialId });
  }
}

function toResult(
  { tenant, application }: { readonly tenant: string; readonly application: string },
  effect: 'Allow' | 'Deny',
  methodArn: string,
  context: Readonly<Record<string, string>>,
): APIGatewayAuthorizerResult {
  const [api, stage] = methodArn.split('/');
  return {
    principalId: `${tenant}/${application}`,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: `${api}/${stage}/*` }],
    },
    context: { tenant, application, ...context },
  };
}

function findHeader(headers: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}
