import * as z from 'zod';
import { DEFAULT_RUNBOOK } from './runbook.ts';
import { DEFAULT_TENANT_URL_TEMPLATE, findTenantUrlFault } from './tenant-url.ts';

/**
 * How a Tenant URL reads: `{tenant}`, and where the deployment has no domain of its own `{api}` and `{stage}`, are
 * replaced. Every `location` begins with it.
 */
const TenantUrlTemplateSchema = z
  .string()
  .refine((template) => findTenantUrlFault(template, 'proxied') === undefined, {
    error: ({ input }) => findTenantUrlFault(String(input), 'proxied') ?? 'expected a Tenant URL template',
  })
  .default(DEFAULT_TENANT_URL_TEMPLATE);

/** Environment of the entries that answer SCIM requests. */
export const ScimEnvironmentSchema = z.object({
  /** Name of the directory's table. */
  TABLE_NAME: z.string().min(1),
  TENANT_URL_TEMPLATE: TenantUrlTemplateSchema,
});

/** Environment of the authorizer. */
export const AuthorizerEnvironmentSchema = z.object({
  /** What the names of the token secrets begin with; `<tenant>/<application>` follows. */
  TOKEN_SECRET_PREFIX: z.string().min(1),
});

/** Environment of the sweeper. */
export const SweeperEnvironmentSchema = z.object({
  /** Name of the directory's table. */
  TABLE_NAME: z.string().min(1),
});

/** Environment of the watcher. */
export const WatcherEnvironmentSchema = z.object({
  /** Name of the directory's table. */
  TABLE_NAME: z.string().min(1),
  /** SNS topic that new incidents are published to; without it they are in log, metrics and `cycles --unhealthy` only. */
  TOPIC_ARN: z
    .string()
    .regex(/^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w.-]+$/, 'the ARN of an SNS topic')
    .optional(),
  /** Where the runbook is published. */
  RUNBOOK: z.string().min(1).default(DEFAULT_RUNBOOK),
  /** Whether completed cycles are metrics of each tenant as well; CloudWatch bills each tenant's. */
  TENANT_METRICS: z.enum(['on', 'off']).default('off'),
});

/** Where events go. */
const EventTargetsSchema = z.object({
  /** Name of the EventBridge bus. */
  EVENT_BUS_NAME: z.string().min(1),
  /** URL of the queue of what is to be posted to tenants' webhooks. */
  WEBHOOK_QUEUE_URL: z.url(),
});

/** Environment of the change feed. */
export const FeedEnvironmentSchema = z.object({
  /** Name of the directory's table. */
  TABLE_NAME: z.string().min(1),
  ...EventTargetsSchema.shape,
});

const webhookSecrets = {
  /** What the names of the secrets that sign webhooks begin with; `<tenant>` follows. */
  WEBHOOK_SECRET_PREFIX: z.string().min(1),
};

/** Environment of the sender of webhooks. */
export const WebhookEnvironmentSchema = z.object({
  /** Name of the directory's table: what is sent is read there, since the queue holds ids only. */
  TABLE_NAME: z.string().min(1),
  WEBHOOK_QUEUE_URL: EventTargetsSchema.shape.WEBHOOK_QUEUE_URL,
  ...webhookSecrets,
  /** `public`: by https to addresses of the internet alone; `any` is for an emulated AWS, whose receivers are beside it. */
  WEBHOOK_TARGETS: z.enum(['public', 'any']).default('public'),
});

/** Environment of the daily sweep of the lifecycle. */
export const LifecycleEnvironmentSchema = z.object({
  /** Name of the directory's table. */
  TABLE_NAME: z.string().min(1),
});

/** Environment of the admin API. */
export const AdminEnvironmentSchema = z.object({
  ...ScimEnvironmentSchema.shape,
  ...AuthorizerEnvironmentSchema.shape,
  ...EventTargetsSchema.shape,
  ...webhookSecrets,
  /** Where the runbook is published. */
  RUNBOOK: z.string().min(1).default(DEFAULT_RUNBOOK),
});

/** Environment of the function that Secrets Manager calls to rotate a token. */
export const RotationEnvironmentSchema = z.object({
  /** Name of the directory's table: the application's item says which tokens there are. */
  TABLE_NAME: z.string().min(1),
  ...AuthorizerEnvironmentSchema.shape,
});

/** What each entry `lambda/<entry>.ts` must find in its environment. */
export interface EntryEnvironments {
  readonly users: z.input<typeof ScimEnvironmentSchema>;
  readonly groups: z.input<typeof ScimEnvironmentSchema>;
  readonly bulk: z.input<typeof ScimEnvironmentSchema>;
  readonly search: z.input<typeof ScimEnvironmentSchema>;
  readonly discovery: z.input<typeof ScimEnvironmentSchema>;
  readonly application: z.input<typeof ScimEnvironmentSchema>;
  readonly authorizer: z.input<typeof AuthorizerEnvironmentSchema>;
  readonly sweeper: z.input<typeof SweeperEnvironmentSchema>;
  readonly watcher: z.input<typeof WatcherEnvironmentSchema>;
  readonly feed: z.input<typeof FeedEnvironmentSchema>;
  readonly webhooks: z.input<typeof WebhookEnvironmentSchema>;
  readonly lifecycle: z.input<typeof LifecycleEnvironmentSchema>;
  readonly admin: z.input<typeof AdminEnvironmentSchema>;
  readonly rotation: z.input<typeof RotationEnvironmentSchema>;
}

export type EntryName = keyof EntryEnvironments;
