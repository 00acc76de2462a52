import type { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { CustomMonitoringProps } from 'cdk-monitoring-constructs';
import type { MetricMaker } from './metrics.ts';
import type { WatchedResources } from './resource-section.ts';

/** What AWS bills by: requests, units of the table, time of the functions, log lines. */
export function costSection(
  api: MetricMaker,
  { functions, table }: WatchedResources,
  logBytes: MathExpression,
): CustomMonitoringProps {
  return {
    humanReadableName: 'What costs money',
    alarmFriendlyName: 'Cost',
    metricGroups: [
      { title: 'API Gateway: requests', metrics: [api('Count', { label: 'requests' })] },
      {
        title: 'DynamoDB: consumed units',
        metrics: [
          table('ConsumedReadCapacityUnits', { label: 'read' }),
          table('ConsumedWriteCapacityUnits', { label: 'write' }),
        ],
      },
      {
        title: 'Lambda: milliseconds, summed up',
        metrics: Object.entries(functions).map(([label, metric]) => metric('Duration', { label })),
      },
      { title: 'CloudWatch Logs: bytes', metrics: [logBytes] },
    ],
  };
}
