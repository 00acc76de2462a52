import type { CustomMonitoringProps } from 'cdk-monitoring-constructs';
import { REASON_DIMENSION, watcherMetrics } from '../../lambda/contract/metrics.ts';
import { UNHEALTHY_REASONS } from '../../lambda/contract/runbook.ts';
import type { AlarmMaker } from './alarm.ts';
import { type MetricMaker, shareOf } from './metrics.ts';

type Reason = (typeof UNHEALTHY_REASONS)[number];

const sentences: Readonly<Record<Reason, string>> = {
  failures: 'So many requests of a tenant fail that its identity provider may quarantine it.',
  silent: 'A tenant that was provisioned regularly is not any more.',
  'token-expires-within-30-days': 'The secret token of a tenant expires within 30 days.',
  'token-expires-within-7-days': 'The secret token of a tenant expires within 7 days.',
  'token-expired': 'The secret token of a tenant has expired: it is not provisioned.',
  'previous-token-in-use': 'A tenant still uses its previous token, whose overlap is about to end.',
  'guard-tripped': 'An identity provider takes away more than it may: an operator has to decide.',
};

/** Whether every customer's sync is healthy, and whether anybody looks. */
export function tenantSection(metric: MetricMaker, alarms: AlarmMaker): CustomMonitoringProps {
  return {
    humanReadableName: 'Sync cycles',
    alarmFriendlyName: 'Tenants',
    metricGroups: [
      {
        title: 'Unhealthy tenants, by reason',
        metrics: UNHEALTHY_REASONS.map((reason) =>
          alarms.on({
            name: `unhealthy-${reason}`,
            article: reason,
            description: `${sentences[reason]} Which one: scim-stack cycles --unhealthy.`,
            metric: metric(watcherMetrics.unhealthyTenants, {
              label: reason,
              statistic: 'Maximum',
              dimensions: { [REASON_DIMENSION]: reason },
            }),
            threshold: 1,
          }),
        ),
      },
      {
        title: 'Sync cycles over time',
        metrics: [
          metric(watcherMetrics.cyclesCompleted, { label: 'completed' }),
          metric(watcherMetrics.openCycles, { label: 'open', statistic: 'Maximum' }),
        ],
      },
      {
        title: 'Failed requests of completed cycles, in percent',
        metrics: [shareOf(metric(watcherMetrics.cycleFailures), metric(watcherMetrics.cycleRequests), 'failed')],
      },
      { title: 'Changes by completed cycles', metrics: [metric(watcherMetrics.cycleChanges, { label: 'changes' })] },
      {
        title: 'What is watched',
        metrics: [
          alarms.on({
            name: 'watcher-silent',
            article: 'watcher',
            description: 'The watcher has not looked at the tenants for 15 minutes: nobody would notice a broken sync.',
            // A value at each look, zero too.
            metric: metric(watcherMetrics.watchedApplications, { label: 'looks', statistic: 'SampleCount' }),
            threshold: 1,
            periods: 3,
            isMinimum: true,
          }),
          metric(watcherMetrics.watchedApplications, { label: 'applications', statistic: 'Maximum' }),
          metric(watcherMetrics.mutedApplications, { label: 'muted', statistic: 'Maximum' }),
        ],
      },
      {
        title: 'Faults of the watcher',
        metrics: [
          alarms.on({
            name: 'watcher-unwatched-tenants',
            article: 'watcher',
            description: 'The watcher could not look at some tenants, three times in a row.',
            metric: metric(watcherMetrics.unwatchedTenants, { label: 'tenants not looked at', statistic: 'Maximum' }),
            threshold: 1,
            periods: 3,
          }),
          alarms.on({
            name: 'watcher-notification-failures',
            article: 'watcher',
            description: 'Notices of unhealthy tenants could not be sent, three times in a row.',
            metric: metric(watcherMetrics.notificationFailures, { label: 'notices not sent' }),
            threshold: 1,
            periods: 3,
          }),
        ],
      },
    ],
  };
}
