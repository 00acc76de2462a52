/** What Microsoft's gallery asks for: 25 requests a second of each tenant, never answered 429; for ten tenants. */
export const TENANTS = 10;
export const REQUESTS_PER_SECOND = TENANTS * 25;

/** Of a slow request, function start included; most take a tenth of it. */
const SECONDS_PER_REQUEST = 0.4;

/**
 * Lambda executions at once that those need. The authorizer adds next to nothing: its answers are kept for 30 s. A new
 * AWS account may have as few as 10.
 */
export const LAMBDA_CONCURRENCY = REQUESTS_PER_SECOND * SECONDS_PER_REQUEST;

/** The account's quotas of API Gateway in a region, shared by all of its APIs. */
export const gatewayQuotas = {
  service: 'apigateway',
  rate: { code: 'L-8A5B8E43', name: 'Throttle rate', need: REQUESTS_PER_SECOND },
  burst: { code: 'L-CDF5615A', name: 'Throttle burst rate', need: REQUESTS_PER_SECOND },
} as const;

export const LAMBDA_QUOTA_CODE = 'L-B99A9384';

/** The first version of the CDK's bootstrap stack that the modern synthesizer takes. */
export const BOOTSTRAP_VERSION = 6;
