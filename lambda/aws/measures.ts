import { MetricResolution, Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { MeasureAuthorization } from '../authorization/handler.ts';
import {
  ANY_REASON,
  APPLICATION_DIMENSION,
  authorizerMetrics,
  feedMetrics,
  LIFECYCLE_METRIC_PREFIX,
  METRIC_NAMESPACE,
  REASON_DIMENSION,
  ROUTE_DIMENSION,
  requestMetrics,
  SWEEP_METRIC_PREFIX,
  TENANT_DIMENSION,
  tenantMetrics,
  watcherMetrics,
  webhookMetrics,
} from '../contract/metrics.ts';
import { UNHEALTHY_REASONS } from '../contract/runbook.ts';
import type { MeasureFeed } from '../feed/consumer.ts';
import type { Measure } from '../http/request.ts';
import type { MeasureSweep } from '../sweep/run-sweep.ts';
import type { MeasureWatch, WatchMeasure } from '../watch/handler.ts';
import type { MeasureWebhooks } from '../webhooks/handler.ts';

const NOT_IMPLEMENTED = 501;

/** Writes a request's measures as CloudWatch metrics (EMF, on standard output), by route. */
export function createRequestMeasure(metrics: Metrics = createMetrics()): Measure {
  return ({ route, status, durationMs }) => {
    metrics.addDimension(ROUTE_DIMENSION, route);
    metrics.addMetric(requestMetrics.requests, MetricUnit.Count, 1);
    metrics.addMetric(requestMetrics.clientErrors, MetricUnit.Count, status >= 400 && status < 500 ? 1 : 0);
    metrics.addMetric(requestMetrics.serverErrors, MetricUnit.Count, isServerError(status) ? 1 : 0);
    metrics.addMetric(requestMetrics.latencyMillis, MetricUnit.Milliseconds, durationMs, MetricResolution.Standard);
    metrics.publishStoredMetrics();
  };
}

/** Writes what a sweep did as CloudWatch metrics, one for each outcome. */
export function createSweepMeasure(metrics: Metrics = createMetrics()): MeasureSweep {
  return (report) => publishAll(metrics, SWEEP_METRIC_PREFIX, report);
}

/** The same of the daily sweep of the lifecycle. */
export function createLifecycleMeasure(metrics: Metrics = createMetrics()): MeasureSweep {
  return (report) => publishAll(metrics, LIFECYCLE_METRIC_PREFIX, report);
}

function publishAll(metrics: Metrics, prefix: string, counts: Readonly<Record<string, number>>): void {
  const named = Object.entries(counts).map(([outcome, count]) => [`${prefix}${outcome}`, count] as const);
  publish(metrics, {}, Object.fromEntries(named));
}

/** Writes what the change feed did with a batch as CloudWatch metrics. */
export function createFeedMeasure(metrics: Metrics = createMetrics()): MeasureFeed {
  return ({ changes, published, parked, refusals, lagMillis }) => {
    metrics.addMetric(feedMetrics.changes, MetricUnit.Count, changes);
    metrics.addMetric(feedMetrics.published, MetricUnit.Count, published);
    metrics.addMetric(feedMetrics.parked, MetricUnit.Count, parked);
    metrics.addMetric(feedMetrics.refusals, MetricUnit.Count, refusals);
    metrics.addMetric(feedMetrics.lagMillis, MetricUnit.Milliseconds, lagMillis);
    metrics.publishStoredMetrics();
  };
}

/** Writes what became of a batch of webhooks as CloudWatch metrics. */
export function createWebhookMeasure(metrics: Metrics = createMetrics()): MeasureWebhooks {
  return ({ delivered, failed, dropped }) => {
    const { delivered: sent, failed: unsent, dropped: left } = webhookMetrics;
    publish(metrics, {}, { [sent]: delivered, [unsent]: failed, [left]: dropped });
  };
}

/** Writes what the authorizer did not let in as CloudWatch metrics; what it let in is a request, and counted there. */
export function createAuthorizationMeasure(metrics: Metrics = createMetrics()): MeasureAuthorization {
  return (outcome) => {
    metrics.addMetric(authorizerMetrics.unknownTokens, MetricUnit.Count, outcome === 'unknown' ? 1 : 0);
    metrics.addMetric(authorizerMetrics.deniedTokens, MetricUnit.Count, outcome === 'denied' ? 1 : 0);
    metrics.publishStoredMetrics();
  };
}

/** Writes what a watch found as CloudWatch metrics of the region, and of each tenant where they are switched on. */
export function createWatchMeasure(perTenant: boolean, metrics: Metrics = createMetrics()): MeasureWatch {
  return (watched) => {
    const { completed, unhealthy } = watched;
    const totals: Readonly<Record<string, number>> = {
      [watcherMetrics.watchedApplications]: watched.watched,
      [watcherMetrics.mutedApplications]: watched.muted,
      [watcherMetrics.openCycles]: watched.openCycles,
      [watcherMetrics.unwatchedTenants]: watched.unwatched,
      [watcherMetrics.notificationFailures]: watched.notificationFailures,
      [watcherMetrics.cyclesCompleted]: completed.length,
      [watcherMetrics.cycleRequests]: sumOf(completed, ({ requests }) => requests),
      [watcherMetrics.cycleChanges]: sumOf(completed, changesOf),
      [watcherMetrics.cycleFailures]: sumOf(completed, ({ failed }) => failed),
    };
    publish(metrics, {}, totals);
    for (const reason of [ANY_REASON, ...UNHEALTHY_REASONS]) {
      const of = unhealthy.filter((incident) => reason === ANY_REASON || incident.reason === reason);
      const tenants = new Set(of.map(({ tenant }) => tenant)).size;
      publish(metrics, { [REASON_DIMENSION]: reason }, { [watcherMetrics.unhealthyTenants]: tenants });
    }
    if (perTenant) for (const cycle of completed) publishCycle(metrics, cycle);
  };
}

type Completed = WatchMeasure['completed'][number];

function publishCycle(metrics: Metrics, cycle: Completed): void {
  const dimensions = { [TENANT_DIMENSION]: cycle.tenant, [APPLICATION_DIMENSION]: cycle.application };
  publish(metrics, dimensions, {
    [tenantMetrics.cyclesCompleted]: 1,
    [tenantMetrics.cycleChanges]: changesOf(cycle),
    [tenantMetrics.cycleFailures]: cycle.failed,
  });
}

function publish(
  metrics: Metrics,
  dimensions: Readonly<Record<string, string>>,
  values: Readonly<Record<string, number>>,
): void {
  for (const [name, value] of Object.entries(dimensions)) metrics.addDimension(name, value);
  for (const [name, value] of Object.entries(values)) metrics.addMetric(name, MetricUnit.Count, value);
  metrics.publishStoredMetrics();
}

/** What a cycle changed; members count for themselves. */
function changesOf({ creates, updates, deactivations, reactivations, deletes, ...cycle }: Completed): number {
  return creates + updates + deactivations + reactivations + deletes + cycle.membersAdded + cycle.membersRemoved;
}

function sumOf(cycles: readonly Completed[], count: (cycle: Completed) => number): number {
  return cycles.reduce((sum, cycle) => sum + count(cycle), 0);
}

/** Their dimension `SERVICE_DIMENSION` comes from the environment, so that two deployments of an account stay apart. */
function createMetrics(): Metrics {
  return new Metrics({ namespace: METRIC_NAMESPACE });
}

/** What is declared unsupported and asked for all the same is no failure of ours. */
function isServerError(status: number): boolean {
  return status >= 500 && status !== NOT_IMPLEMENTED;
}
