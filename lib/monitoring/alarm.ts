import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { CustomMetricWithAlarm } from 'cdk-monitoring-constructs';
import { runbookArticle } from '../../lambda/contract/runbook.ts';

export interface AlarmProps {
  /** Part of the alarm's name, after the deployment's. */
  readonly name: string;

  /** The runbook's, as its heading is addressed. */
  readonly article: string;

  /** What happened, in a sentence that ends with a full stop. */
  readonly description: string;

  readonly metric: Metric;

  /** From which value on it is too much in five minutes. */
  readonly threshold: number;

  /**
   * For how many periods of five minutes in a row.
   *
   * @default 1
   */
  readonly periods?: number;

  /**
   * Alarms when the value is below the threshold, and when there is none.
   *
   * @default false
   */
  readonly isMinimum?: boolean;
}

/** Makes the alarms of a deployment, each with its article in the runbook. */
export class AlarmMaker {
  readonly #service: string;
  readonly #runbook: string;

  constructor(service: string, runbook: string) {
    this.#service = service;
    this.#runbook = runbook;
  }

  /** A metric for a widget, and the alarm on it. */
  on({
    name,
    article,
    description,
    metric,
    threshold,
    periods = 1,
    isMinimum = false,
  }: AlarmProps): CustomMetricWithAlarm {
    return {
      metric,
      alarmFriendlyName: name,
      addAlarm: {
        Critical: {
          threshold,
          comparisonOperator: isMinimum
            ? ComparisonOperator.LESS_THAN_THRESHOLD
            : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          treatMissingDataOverride: isMinimum ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
          datapointsToAlarm: periods,
          evaluationPeriods: periods,
          // An account has one alarm of a name; the stack's keeps deployments apart.
          alarmNameOverride: `${this.#service}-${name}`,
          metricAdjuster: { adjustMetric: () => withoutLabel(metric) },
          alarmDescriptionOverride: `${description} What to do: ${runbookArticle(this.#runbook, article)}`,
        },
      },
    };
  }
}

/** A label would make it an alarm on metric math, which is dearer and says no more. */
function withoutLabel({ namespace, metricName, dimensions = {}, statistic, period }: Metric): Metric {
  return new Metric({ namespace, metricName, dimensionsMap: dimensions, statistic, period });
}
