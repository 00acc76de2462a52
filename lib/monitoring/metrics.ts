import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE, SERVICE_DIMENSION } from '../../lambda/contract/metrics.ts';

const PERIOD = Duration.minutes(5);

interface Options {
  /** Shown in legends. */
  readonly label?: string;
  /** @default 'Sum' */
  readonly statistic?: string;
  /** Beside those that make the metric this deployment's. */
  readonly dimensions?: Readonly<Record<string, string>>;
}

/** Makes metrics of one kind. */
export type MetricMaker = (metricName: string, options?: Options) => Metric;

/** The metrics that the functions themselves write, of one deployment in one region. */
export function ownMetrics(service: string): MetricMaker {
  return metricsOf(METRIC_NAMESPACE, { [SERVICE_DIMENSION]: service });
}

/** The metrics that AWS writes of a resource. */
export function metricsOf(namespace: string, resource: Readonly<Record<string, string>>): MetricMaker {
  return (metricName, { label = metricName, statistic = 'Sum', dimensions = {} } = {}) =>
    new Metric({
      namespace,
      metricName,
      label,
      statistic,
      period: PERIOD,
      dimensionsMap: { ...resource, ...dimensions },
    });
}

/** What part of the one is of the other, in percent; nothing where there is none of it. */
export function shareOf(part: Metric, whole: Metric, label: string): MathExpression {
  return new MathExpression({
    label,
    expression: 'IF(whole > 0, 100 * part / whole)',
    usingMetrics: { part, whole },
    period: PERIOD,
  });
}

/** Bytes written to all log groups of a deployment; their names begin with those of its stacks. */
export function logBytesOf(service: string): MathExpression {
  return new MathExpression({
    label: 'bytes',
    expression: `SUM(SEARCH('{AWS/Logs,LogGroupName} MetricName="IncomingBytes" ${service}', 'Sum'))`,
    usingMetrics: {},
    period: PERIOD,
  });
}
