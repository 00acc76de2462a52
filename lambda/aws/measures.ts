import { MetricResolution, Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE, ROUTE_DIMENSION, requestMetrics, SWEEP_METRIC_PREFIX } from '../contract/metrics.ts';
import type { Measure } from '../http/request.ts';
import type { MeasureSweep } from '../sweep/handler.ts';

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
  return (report) => {
    for (const [outcome, count] of Object.entries(report)) {
      metrics.addMetric(`${SWEEP_METRIC_PREFIX}${outcome}`, MetricUnit.Count, count);
    }
    metrics.publishStoredMetrics();
  };
}

function createMetrics(): Metrics {
  return new Metrics({ namespace: METRIC_NAMESPACE, serviceName: 'scim' });
}

/** What is declared unsupported and asked for all the same is no failure of ours. */
function isServerError(status: number): boolean {
  return status >= 500 && status !== NOT_IMPLEMENTED;
}
