import type { CustomMetricGroup, CustomMonitoringProps } from 'cdk-monitoring-constructs';
import { feedMetrics, webhookMetrics } from '../../lambda/contract/metrics.ts';
import type { AlarmMaker } from './alarm.ts';
import type { MetricMaker } from './metrics.ts';

/** What events go through. */
export interface WatchedEvents {
  /** The function of the change feed. */
  readonly feed: MetricMaker;
  readonly feedDeadLetters: MetricMaker;
  readonly webhookQueue: MetricMaker;
  readonly webhookDeadLetters: MetricMaker;
  readonly bus: MetricMaker;
}

/** Events are a matter of seconds; a quarter of an hour is a fault, and a day is lost. */
const BEHIND_MILLIS = 900_000;

/** Whether what happens to people is told: the change feed, its log and its events, the webhooks. */
export function eventSection(own: MetricMaker, watched: WatchedEvents, alarms: AlarmMaker): CustomMonitoringProps {
  return {
    humanReadableName: 'Events',
    alarmFriendlyName: 'Events',
    metricGroups: [...feedGroups(own, watched, alarms), ...webhookGroups(own, watched, alarms)],
  };
}

function feedGroups(own: MetricMaker, watched: WatchedEvents, alarms: AlarmMaker): readonly CustomMetricGroup[] {
  return [
    {
      title: 'Change feed: changes and events',
      metrics: [own(feedMetrics.changes, { label: 'changes' }), own(feedMetrics.published, { label: 'events' })],
    },
    {
      title: 'Change feed: age of the stream in milliseconds',
      metrics: [
        alarms.on({
          name: 'feed-behind',
          article: 'feed-behind',
          description: 'The change feed is a quarter of an hour behind: log and events are late, and lost after a day.',
          metric: watched.feed('IteratorAge', { label: 'oldest', statistic: 'Maximum' }),
          threshold: BEHIND_MILLIS,
          periods: 2,
        }),
      ],
    },
    {
      title: 'Change feed: failed batches',
      metrics: [
        alarms.on({
          name: 'feed-failures',
          article: 'feed-behind',
          description:
            'Batches of the change feed fail, for 15 minutes: they are tried again until they are a day old.',
          metric: watched.feed('Errors', { label: 'failed' }),
          threshold: 5,
          periods: 3,
        }),
      ],
    },
    {
      title: 'Change feed: what was not told',
      metrics: [
        alarms.on({
          name: 'feed-parked',
          article: 'feed-parked',
          description: 'The change feed could make nothing of a change, and has parked it.',
          metric: own(feedMetrics.parked, { label: 'parked' }),
          threshold: 1,
        }),
        alarms.on({
          name: 'feed-dead-letters',
          article: 'feed-dead-letters',
          description: 'Changes were given up after a day: they are in neither the log nor any event.',
          metric: watched.feedDeadLetters('ApproximateNumberOfMessagesVisible', {
            label: 'batches given up',
            statistic: 'Maximum',
          }),
          threshold: 1,
        }),
      ],
    },
    {
      title: 'Company owners who could not leave',
      metrics: [
        alarms.on({
          name: 'only-company-owner',
          article: 'only-company-owner',
          description:
            "A tenant's only company owner was to be deactivated or deleted: it was refused, and will come again.",
          metric: own(feedMetrics.refusals, { label: 'refused' }),
          threshold: 1,
        }),
      ],
    },
    {
      title: 'Event bus: what rules made of it',
      metrics: [
        watched.bus('MatchedEvents', { label: 'matched' }),
        watched.bus('FailedInvocations', { label: 'targets that failed' }),
      ],
    },
  ];
}

function webhookGroups(own: MetricMaker, watched: WatchedEvents, alarms: AlarmMaker): readonly CustomMetricGroup[] {
  return [
    {
      title: 'Webhooks',
      metrics: [
        own(webhookMetrics.delivered, { label: 'delivered' }),
        own(webhookMetrics.failed, { label: 'failed attempts' }),
        own(webhookMetrics.dropped, { label: 'dropped' }),
      ],
    },
    {
      title: 'Webhooks: waiting, and given up',
      metrics: [
        watched.webhookQueue('ApproximateNumberOfMessagesVisible', { label: 'waiting', statistic: 'Maximum' }),
        watched.webhookQueue('ApproximateNumberOfMessagesNotVisible', {
          label: 'to be repeated',
          statistic: 'Maximum',
        }),
        alarms.on({
          name: 'webhook-dead-letters',
          article: 'webhook-dead-letters',
          description: "Webhooks were given up after more than a day: a tenant's receiver does not take them.",
          metric: watched.webhookDeadLetters('ApproximateNumberOfMessagesVisible', {
            label: 'given up',
            statistic: 'Maximum',
          }),
          threshold: 1,
        }),
      ],
    },
  ];
}
