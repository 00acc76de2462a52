import type { CustomMetricGroup, CustomMonitoringProps } from 'cdk-monitoring-constructs';
import type { AlarmMaker } from './alarm.ts';
import type { MetricMaker } from './metrics.ts';

/** What the directory runs on. */
export interface WatchedResources {
  /** By name, such as `users`. */
  readonly functions: Readonly<Record<string, MetricMaker>>;
  readonly table: MetricMaker;
  readonly deadLetters: MetricMaker;
  /** Of the rate rule; undefined where there is no firewall. */
  readonly rateRule: MetricMaker | undefined;
}

/** Functions that a client waits for: a throttled one is an error that the client sees. */
const ANSWERING = ['users', 'groups', 'bulk', 'search', 'discovery', 'application', 'authorizer', 'admin'];

/** Lambda, DynamoDB, what is thrown away, what is refused. */
export function resourceSection(resources: WatchedResources, alarms: AlarmMaker): CustomMonitoringProps {
  return {
    humanReadableName: 'Lambda, DynamoDB, WAF',
    alarmFriendlyName: 'Resources',
    metricGroups: [
      ...functionGroups(resources, alarms),
      ...tableGroups(resources, alarms),
      {
        title: 'Failed calls of schedules',
        metrics: [
          alarms.on({
            name: 'dead-letters',
            article: 'dead-letters',
            description: 'Calls of the sweeper, the watcher or the sweep of the lifecycle failed for good.',
            metric: resources.deadLetters('ApproximateNumberOfMessagesVisible', {
              label: 'calls',
              statistic: 'Maximum',
            }),
            threshold: 1,
          }),
        ],
      },
      ...rateGroups(resources, alarms),
    ],
  };
}

function functionGroups({ functions }: WatchedResources, alarms: AlarmMaker): readonly CustomMetricGroup[] {
  const all = Object.entries(functions);
  return [
    { title: 'Lambda: failed calls', metrics: all.map(([label, metric]) => metric('Errors', { label })) },
    {
      title: 'Lambda: throttled calls',
      metrics: all.map(([label, metric]) => {
        const throttles = metric('Throttles', { label });
        if (!ANSWERING.includes(label)) return throttles;
        return alarms.on({
          name: `throttled-${label}`,
          article: 'throttles',
          description: `Lambda had no concurrency left for the function ${label}: requests failed or waited.`,
          metric: throttles,
          threshold: 1,
        });
      }),
    },
    {
      title: 'Lambda: duration p99 in milliseconds',
      metrics: all.map(([label, metric]) => metric('Duration', { label, statistic: 'p99' })),
    },
    {
      title: 'Lambda: calls at the same time',
      metrics: all.map(([label, metric]) => metric('ConcurrentExecutions', { label, statistic: 'Maximum' })),
    },
  ];
}

function tableGroups({ table }: WatchedResources, alarms: AlarmMaker): readonly CustomMetricGroup[] {
  const throttled = (kind: 'Read' | 'Write') =>
    alarms.on({
      name: `throttled-table-${kind.toLowerCase()}s`,
      article: 'throttles',
      description: `DynamoDB throttled ${kind.toLowerCase()}s, ten minutes long: requests are slow, or answered 503.`,
      metric: table(`${kind}ThrottleEvents`, { label: `${kind.toLowerCase()}s` }),
      threshold: 50,
      periods: 2,
    });
  return [
    { title: 'DynamoDB: throttled', metrics: [throttled('Read'), throttled('Write')] },
    { title: 'DynamoDB: transactions in conflict', metrics: [table('TransactionConflict', { label: 'conflicts' })] },
  ];
}

function rateGroups({ rateRule }: WatchedResources, alarms: AlarmMaker): readonly CustomMetricGroup[] {
  if (rateRule === undefined) return [];
  return [
    {
      title: 'WAF: requests beyond the rate of an address',
      metrics: [
        alarms.on({
          name: 'throttled-by-firewall',
          article: 'throttles',
          description: 'The firewall refused an address that sent more than it may in five minutes.',
          metric: rateRule('BlockedRequests', { label: 'refused' }),
          threshold: 1,
        }),
      ],
    },
  ];
}
