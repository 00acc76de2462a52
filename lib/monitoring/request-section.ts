import type { CustomMonitoringProps } from 'cdk-monitoring-constructs';
import { authorizerMetrics } from '../../lambda/contract/metrics.ts';
import type { AlarmMaker } from './alarm.ts';
import type { MetricMaker } from './metrics.ts';

/** A PATCH of thousands of members takes seconds; three quarters of an hour of them do not. */
const SLOW_MILLIS = 5_000;

/** What clients see: errors, latency, refused tokens. */
export function requestSection(api: MetricMaker, own: MetricMaker, alarms: AlarmMaker): CustomMonitoringProps {
  return {
    humanReadableName: 'Requests',
    alarmFriendlyName: 'Requests',
    metricGroups: [
      {
        title: 'Requests and errors',
        metrics: [
          api('Count', { label: 'requests' }),
          api('4XXError', { label: 'client errors' }),
          alarms.on({
            name: 'server-errors',
            article: 'server-errors',
            description: 'Requests were answered 5xx, ten minutes long.',
            metric: api('5XXError', { label: 'server errors' }),
            threshold: 5,
            periods: 2,
          }),
        ],
      },
      {
        title: 'Latency in milliseconds',
        metrics: [
          api('Latency', { label: 'p50', statistic: 'p50' }),
          api('Latency', { label: 'p95', statistic: 'p95' }),
          alarms.on({
            name: 'latency',
            article: 'latency',
            description: 'One request in a hundred takes five seconds or more, for 15 minutes.',
            metric: api('Latency', { label: 'p99', statistic: 'p99' }),
            threshold: SLOW_MILLIS,
            periods: 3,
          }),
        ],
      },
      {
        title: 'Refused tokens',
        metrics: [
          alarms.on({
            name: 'unknown-tokens',
            article: 'refused-tokens',
            description: 'Many requests come with no token, or with one that nobody has issued.',
            metric: own(authorizerMetrics.unknownTokens, { label: 'unknown' }),
            threshold: 100,
          }),
          alarms.on({
            name: 'denied-tokens',
            article: 'refused-tokens',
            description: 'Requests come with a token that has expired or was revoked.',
            metric: own(authorizerMetrics.deniedTokens, { label: 'expired or revoked' }),
            threshold: 10,
          }),
        ],
      },
    ],
  };
}
