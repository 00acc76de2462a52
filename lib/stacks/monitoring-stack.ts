import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { RegionConfig } from '../config/region-config.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { RegionMonitoring } from '../constructs/region-monitoring.ts';
import { STAGE_NAME } from '../constructs/scim-api.ts';
import { Watcher } from '../constructs/watcher.ts';
import type { DirectoryStack } from './directory-stack.ts';

export interface MonitoringStackProps extends StackProps {
  readonly config: RegionConfig;

  /** What is watched. */
  readonly directory: DirectoryStack;
}

/** Watches the directory of one region: the watcher, a dashboard, alarms, and the topic that tells people. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, { config, directory, ...props }: MonitoringStackProps) {
    super(scope, id, props);
    const { emails, runbook } = config.alarms;
    const { topic } = new AlarmTopic(this, 'Alarms', { emails });
    const service = directory.stackName;
    const watcher = new Watcher(this, 'Watcher', {
      directory: directory.directory,
      service,
      topic,
      deadLetters: directory.deadLetters,
      runbook,
      tenantMetrics: config.tenantMetrics,
      logRetention: config.logRetentionDays,
    });
    const { users, groups, bulk, search, discovery, authorizer, admin, rotation, sweeper } = directory.functions;
    const { application, lifecycle } = directory.functions;
    const { feed, webhooks } = directory;
    new RegionMonitoring(this, 'Monitoring', {
      service,
      topic,
      runbook,
      restApi: directory.api.restApi,
      stageName: STAGE_NAME,
      table: directory.directory.table,
      deadLetters: directory.deadLetters.queue,
      events: {
        feedDeadLetters: feed.deadLetters,
        webhookQueue: webhooks.queue,
        webhookDeadLetters: webhooks.deadLetters,
        bus: directory.events.bus,
      },
      firewall: directory.firewall,
      functions: {
        ...{ users, groups, bulk, search, discovery, application, authorizer, admin, rotation, sweeper, lifecycle },
        ...{ feed: feed.function, webhooks: webhooks.function, watcher: watcher.function },
      },
    });
    new CfnOutput(this, 'AlarmTopicArn', { description: 'Where alarms go: subscribe to it', value: topic.topicArn });
  }
}
