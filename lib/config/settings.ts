import * as z from 'zod';
import { DEFAULT_RUNBOOK } from '../../lambda/contract/runbook.ts';
import { DEFAULT_TENANT_URL_TEMPLATE, findTenantUrlFault } from '../../lambda/contract/tenant-url.ts';

/** What ten tenants send at 25 requests a second each, the least that Microsoft's gallery asks for. */
const MIN_REQUESTS_PER_SECOND = 250;
const MIN_REQUESTS_PER_FIVE_MINUTES = MIN_REQUESTS_PER_SECOND * 300;
/** 250 requests a second of 200 ms each run at the same time. */
const MIN_CONCURRENCY = 50;

/** The days that CloudWatch Logs can keep lines for. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const TenantUrlSchema = z
  .string()
  .refine((template) => findTenantUrlFault(withRegion(template, 'us')) === undefined, {
    error: ({ input }) => findTenantUrlFault(withRegion(String(input), 'us')) ?? 'expected a Tenant URL template',
  })
  .describe(
    'How a Tenant URL reads. {api}/{stage}: the address that API Gateway gives, for want of a domain of your own. {tenant}: the tenant, as a segment of the path or in the first label of the host name; without it the secret token tells the tenant. {region}: the name of the region.',
  );

const DomainSchema = z
  .strictObject({
    hostedZone: z
      .strictObject({
        id: z.string().regex(/^Z[A-Z0-9]{1,31}$/, 'expected the id of a hosted zone, such as Z0123456789ABC'),
        name: z.string().regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, 'expected a domain name, such as example.com'),
      })
      .optional()
      .describe('Route 53 zone in which the certificate is validated and the records of the host name are made.'),
    certificateArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]+$/,
        'expected the ARN of an ACM certificate in the same AWS region',
      )
      .optional()
      .describe('ACM certificate of the same AWS region. Default: the deployment makes one, validated by DNS.'),
  })
  .describe('Certificate and DNS of the host name in tenantUrl; of no use without a domain of your own.');

const ThrottleSchema = z
  .strictObject({
    requestsPerSecond: z
      .int()
      .min(MIN_REQUESTS_PER_SECOND, `expected ${MIN_REQUESTS_PER_SECOND} at least: ten tenants at 25 requests a second`)
      .default(1000)
      .describe('Requests a second that a region answers, before it asks clients to wait (429).'),
    burst: z
      .int()
      .min(MIN_REQUESTS_PER_SECOND, `expected ${MIN_REQUESTS_PER_SECOND} at least: ten tenants at 25 requests a second`)
      .default(2000)
      .describe('Requests that may come at once above that rate.'),
  })
  .describe('Limits of a region. An identity provider takes 429 for a failure: keep them well above what you expect.');

const CidrSchema = z.union([z.cidrv4(), z.cidrv6()], 'expected an address range, such as 203.0.113.0/24');

const WafSchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Whether AWS WAF stands before the API.'),
    requestsPerFiveMinutes: z
      .int()
      .min(
        MIN_REQUESTS_PER_FIVE_MINUTES,
        `expected ${MIN_REQUESTS_PER_FIVE_MINUTES} at least: ten tenants at 25 requests a second may come from one address`,
      )
      .default(150_000)
      .describe('Requests that one address may send in five minutes; the next ones are answered 429.'),
    identityProviderAddresses: z
      .array(CidrSchema)
      .default([])
      .describe('Address ranges that may provision; none: all may, with a token. Entra: the tag AzureActiveDirectory.'),
    operatorAddresses: z
      .array(CidrSchema)
      .default([])
      .describe('Address ranges that may call the admin API; none: all may, with AWS credentials.'),
  })
  .describe('AWS WAF before the API.');

const AlarmsSchema = z
  .strictObject({
    emails: z.array(z.email('expected an e-mail address')).default([]).describe('Who is told of alarms by e-mail.'),
    runbook: z
      .string()
      .regex(/^\S+$/, 'expected a URL or a path without blanks')
      .default(DEFAULT_RUNBOOK)
      .describe('Where the runbook is published; every alarm links to its article there.'),
  })
  .describe('Alarms of a region.');

const ReservedConcurrencySchema = z
  .strictObject({
    users: concurrency('requests for users'),
    groups: concurrency('requests for groups'),
    authorizer: concurrency('checks of secret tokens'),
  })
  .describe('Lambda concurrency set aside from what the account shares, for each of these functions. Default: none.');

function concurrency(what: string) {
  return z
    .int()
    .min(MIN_CONCURRENCY, `expected ${MIN_CONCURRENCY} at least: ten tenants at 25 requests a second need as many`)
    .optional()
    .describe(`For ${what}.`);
}

/** What a region may be told, without the defaults. */
const settings = {
  tenantUrl: TenantUrlSchema,
  domain: DomainSchema,
  removalPolicy: z
    .enum(['retain', 'destroy'])
    .describe(
      'What becomes of the table when its stack is deleted. destroy also takes its deletion protection away: for trials only.',
    ),
  terminationProtection: z.boolean().describe('Whether CloudFormation refuses to delete the stacks.'),
  logRetentionDays: z.literal(LOG_RETENTION_DAYS).describe('How long log lines are kept.'),
  throttle: ThrottleSchema,
  waf: WafSchema,
  alarms: AlarmsSchema,
  tenantMetrics: z
    .boolean()
    .describe("Whether sync cycles are metrics of each tenant as well. CloudWatch bills each tenant's."),
  apiGatewayLogRole: z
    .enum(['create', 'existing'])
    .describe(
      'create: make the role with which API Gateway writes logs, a setting of the account in that AWS region. existing: the account has one, leave it alone.',
    ),
  reservedConcurrency: ReservedConcurrencySchema,
  tags: z
    .record(
      z.string().regex(/^(?!aws:)[\p{L}\p{N} _.:/=+@-]{1,128}$/u, 'expected the name of a tag, 1-128 characters'),
      z.string().regex(/^[\p{L}\p{N} _.:/=+@-]{0,256}$/u, 'expected the value of a tag, up to 256 characters'),
    )
    .describe('Put on every resource that can have tags.'),
};

/** What is said of one region, instead of what is said of all: each key replaces the other as a whole. */
export const regionSettings = z.strictObject(settings).partial().shape;

/** What is said of all regions. */
export const sharedSettings = {
  tenantUrl: settings.tenantUrl.default(DEFAULT_TENANT_URL_TEMPLATE),
  domain: settings.domain.prefault({}),
  removalPolicy: settings.removalPolicy.default('retain'),
  terminationProtection: settings.terminationProtection.default(true),
  logRetentionDays: settings.logRetentionDays.default(90),
  throttle: settings.throttle.prefault({}),
  waf: settings.waf.prefault({}),
  alarms: settings.alarms.prefault({}),
  tenantMetrics: settings.tenantMetrics.default(false),
  apiGatewayLogRole: settings.apiGatewayLogRole.default('create'),
  reservedConcurrency: settings.reservedConcurrency.prefault({}),
  tags: settings.tags.default({}),
};

const SettingsSchema = z.strictObject(settings);
export type Settings = z.infer<typeof SettingsSchema>;

/** Puts the region's name into a template. */
export function withRegion(template: string, region: string): string {
  return template.replaceAll('{region}', region);
}
