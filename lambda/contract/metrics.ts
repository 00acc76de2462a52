/** CloudWatch namespace of every metric. */
export const METRIC_NAMESPACE = 'ScimStack';

/** Dimension of the request metrics: the route as `routes.ts` writes it. Never the tenant: each would be a paid metric. */
export const ROUTE_DIMENSION = 'route';

/** Metrics of the SCIM entries, one value a request. */
export const requestMetrics = {
  requests: 'Requests',
  /** Answers of 400 to 499. */
  clientErrors: 'ClientErrors',
  /** Answers of 500 and above, 501 (not implemented) excepted. */
  serverErrors: 'ServerErrors',
  latencyMillis: 'LatencyMillis',
} as const;

/** Metrics of the sweeper; each outcome of a sweep is a metric of its own, whose name begins with this. */
export const SWEEP_METRIC_PREFIX = 'Sweep.';
