/** What API Gateway itself answers, in place of an entry: a SCIM error (RFC 7644 §3.12). The local run answers the same. */
export interface GatewayAnswer {
  readonly statusCode: number;
  readonly body: { readonly schemas: readonly string[]; readonly status: string; readonly detail: string };
  readonly headers: Readonly<Record<string, string>>;
}

/** Replaced by what the authorizer put into its context; holds no quote and no backslash. */
export const DENIAL_REASON = '$context.authorizer.reason';

const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="scim"' };
const EXPIRED_CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="scim", error="invalid_token"' };

/**
 * The answers by API Gateway's response type. Every 401 is made here, since API Gateway renames an entry's
 * `WWW-Authenticate`.
 *
 * @see {@link https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html}
 */
export const gatewayAnswers = {
  /** No `Authorization` header, or the authorizer knows no such token. */
  UNAUTHORIZED: answer(
    401,
    'The secret token is missing or not valid: send the header Authorization: Bearer <secret token>',
    CHALLENGE,
  ),
  /** The authorizer's Deny: expired or revoked. Not 403, which clients take for a lack of rights. */
  ACCESS_DENIED: answer(401, DENIAL_REASON, EXPIRED_CHALLENGE),
  /** API Gateway's name for a path that no resource has. */
  MISSING_AUTHENTICATION_TOKEN: answer(
    404,
    'There is no such endpoint: what follows the Tenant URL is /Users or another endpoint of SCIM',
  ),
  /** Of the admin API alone, whose requests are signed. */
  INVALID_SIGNATURE: answer(403, 'The signature of the request does not hold: check credentials, region and clock'),
  EXPIRED_TOKEN: answer(403, 'The AWS credentials of the request have expired'),
  RESOURCE_NOT_FOUND: answer(404, 'There is no such endpoint'),
  BAD_REQUEST_PARAMETERS: answer(400, 'The request parameters are not valid'),
  BAD_REQUEST_BODY: answer(400, 'The request body is not valid'),
  REQUEST_TOO_LARGE: answer(413, 'The request body is larger than the limit of 1048576 bytes'),
  UNSUPPORTED_MEDIA_TYPE: answer(415, 'Expected Content-Type application/scim+json'),
  THROTTLED: answer(429, 'Too many requests: wait, then try again', { 'Retry-After': '1' }),
  QUOTA_EXCEEDED: answer(429, 'Too many requests: wait, then try again', { 'Retry-After': '60' }),
  WAF_FILTERED: answer(403, 'The request was refused by the firewall of the service'),
  INTEGRATION_FAILURE: answer(502, 'The service failed to answer: try again', { 'Retry-After': '1' }),
  INTEGRATION_TIMEOUT: answer(504, 'The service did not answer in time: try again', { 'Retry-After': '5' }),
  DEFAULT_4XX: answer(400, 'The request was refused'),
  DEFAULT_5XX: answer(500, 'Internal error: try again'),
} as const satisfies Readonly<Record<string, GatewayAnswer>>;

export type GatewayResponseType = keyof typeof gatewayAnswers;

function answer(statusCode: number, detail: string, headers: Readonly<Record<string, string>> = {}): GatewayAnswer {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error'];
  return {
    statusCode,
    body: { schemas, status: String(statusCode), detail },
    headers: { 'Content-Type': 'application/scim+json', 'Cache-Control': 'no-store', ...headers },
  };
}
