/** CloudWatch namespace of every metric. */
export const METRIC_NAMESPACE = 'ScimStack';

/**
 * Dimension that every metric has: the deployment's stack, from the environment variable {@link SERVICE_VARIABLE}, which
 * the library that writes the metrics reads.
 */
export const SERVICE_DIMENSION = 'service';
export const SERVICE_VARIABLE = 'POWERTOOLS_SERVICE_NAME';

/** Dimension of the request metrics: the route as `routes.ts` writes it. Never the tenant: each would be a paid metric. */
export const ROUTE_DIMENSION = 'route';

/** Metrics of the SCIM entries, one value a request. */
export const requestMetrics = {
  requests: 'Requests',
  /** Answers of 400 to 499. */
  clientErrors: 'ClientErrors',
  /** Answers of 500 and above, but for 501: what the server does not offer is no fault of it. */
  serverErrors: 'ServerErrors',
  latencyMillis: 'LatencyMillis',
} as const;

/**
 * Metrics of the authorizer, one value a call. API Gateway asks about a token that is allowed or denied only once in 30 s,
 * about one that is unknown each time.
 */
export const authorizerMetrics = {
  /** No token, or none that is known: nobody can be told whose. */
  unknownTokens: 'UnknownTokens',
  /** Genuine tokens that expired or were revoked; the log names tenant and application. */
  deniedTokens: 'DeniedTokens',
} as const;

/** Dimension of {@link watcherMetrics}.unhealthyTenants: one of `UNHEALTHY_REASONS`, or {@link ANY_REASON}. */
export const REASON_DIMENSION = 'reason';
export const ANY_REASON = 'any';

/** Metrics of the watcher, of the region, each time that it looks (every five minutes). */
export const watcherMetrics = {
  /** Tenants with an unhealthy application, by {@link REASON_DIMENSION}. */
  unhealthyTenants: 'UnhealthyTenants',
  /** Applications that are not muted. */
  watchedApplications: 'WatchedApplications',
  mutedApplications: 'MutedApplications',
  openCycles: 'OpenCycles',
  /** Cycles that were closed in the last five minutes, and what they came to. */
  cyclesCompleted: 'CyclesCompleted',
  cycleRequests: 'CycleRequests',
  cycleChanges: 'CycleChanges',
  cycleFailures: 'CycleFailures',
  /** Notifications that could not be sent; the next look tries again. */
  notificationFailures: 'NotificationFailures',
  /** Tenants that could not be looked at, for want of time or because of a fault. */
  unwatchedTenants: 'UnwatchedTenants',
} as const;

/** Dimensions of the metrics of single tenants, where they are switched on. */
export const TENANT_DIMENSION = 'tenant';
export const APPLICATION_DIMENSION = 'application';

/** Metrics of a tenant's completed cycles; off unless asked for, since each tenant's are billed. */
export const tenantMetrics = {
  cyclesCompleted: 'TenantCyclesCompleted',
  cycleChanges: 'TenantCycleChanges',
  cycleFailures: 'TenantCycleFailures',
} as const;

/** Metrics of the sweeper; each outcome of a sweep is a metric of its own, whose name begins with this. */
export const SWEEP_METRIC_PREFIX = 'Sweep.';

/** Metrics of the change feed, once a batch of the table's stream. */
export const feedMetrics = {
  /** Changes of the table that were looked at. */
  changes: 'FeedChanges',
  /** Events that were published; one that is published again counts again. */
  published: 'FeedPublished',
  /** Changes that nothing could be made of: parked until they are replayed. */
  parked: 'FeedParked',
  /** Deactivations and deletions of a tenant's only company owner, which were refused. */
  refusals: 'CompanyOwnerRefusals',
  /** Age of the oldest change of the batch, when it had been seen to. */
  lagMillis: 'FeedLagMillis',
} as const;

/** Metrics of the sender of webhooks, once a batch of its queue. */
export const webhookMetrics = {
  delivered: 'WebhooksDelivered',
  /** Attempts that failed; the next one comes later. */
  failed: 'WebhooksFailed',
  /** Not sent: the log entry is purged, the tenant has no URL any more, or its receiver answered 410. */
  dropped: 'WebhooksDropped',
} as const;

/** Metrics of the daily sweep of the lifecycle; as {@link SWEEP_METRIC_PREFIX}. */
export const LIFECYCLE_METRIC_PREFIX = 'Lifecycle.';
