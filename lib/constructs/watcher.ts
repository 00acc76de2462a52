import { Duration } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { CallSchedule } from './call-schedule.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { DirectoryTable } from './directory-table.ts';
import { ScimFunction } from './scim-function.ts';

export interface WatcherProps {
  readonly directory: DirectoryTable;

  /** Name of the directory's stack, whose metrics the watcher's stand beside. */
  readonly service: string;

  /** Is told of each tenant that becomes unhealthy. */
  readonly topic: ITopic;

  /** Where calls end that failed. */
  readonly deadLetters: DeadLetters;

  /** Where the runbook is published. */
  readonly runbook: string;

  /** Whether sync cycles are metrics of each tenant, too. */
  readonly tenantMetrics: boolean;

  /** How long log lines are kept. */
  readonly logRetention: RetentionDays;
}

/** Looks at every tenant's sync cycles, every five minutes. */
export class Watcher extends Construct {
  readonly function: NodejsFunction;

  constructor(scope: Construct, id: string, props: WatcherProps) {
    super(scope, id);
    const { directory, topic, deadLetters } = props;
    this.function = new ScimFunction(this, 'Function', {
      entry: 'watcher',
      description: 'Closes sync cycles that fell silent, and finds unhealthy tenants',
      service: props.service,
      environment: {
        TABLE_NAME: directory.table.tableName,
        TOPIC_ARN: topic.topicArn,
        RUNBOOK: props.runbook,
        TENANT_METRICS: props.tenantMetrics ? 'on' : 'off',
      },
      timeout: Duration.minutes(4), // the next look is not to begin before this one has ended
      logRetention: props.logRetention,
    }).function;
    directory.grantWatching(this.function);
    Grant.addToPrincipal({ grantee: this.function, actions: ['sns:Publish'], resourceArns: [topic.topicArn] });
    new CallSchedule(this, 'Schedule', {
      description: 'Calls the watcher',
      target: this.function,
      rate: Duration.minutes(5),
      deadLetters,
    });
  }
}
