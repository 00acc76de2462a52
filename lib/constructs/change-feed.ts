import { Duration, Validations } from 'aws-cdk-lib';
import { EventSourceMapping, FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { streamFilters } from '../../lambda/contract/stream-filters.ts';
import type { DirectoryTable } from './directory-table.ts';
import type { EventBus } from './event-bus.ts';
import { ScimFunction } from './scim-function.ts';
import type { Webhooks } from './webhooks.ts';

export interface ChangeFeedProps {
  readonly directory: DirectoryTable;
  readonly events: EventBus;
  readonly webhooks: Webhooks;

  /** Name of the directory's stack, by which metrics are told from those of another one. */
  readonly service: string;

  /** How long log lines are kept. */
  readonly logRetention: RetentionDays;
}

/** Follows the table's stream: writes the provisioning log, and publishes events. */
export class ChangeFeed extends Construct {
  readonly function: NodejsFunction;
  /** Where batches end that could not be seen to for a day. They say where in the stream, and hold none of it. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: ChangeFeedProps) {
    super(scope, id);
    const { directory, events, webhooks, service, logRetention } = props;
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is where failed batches end: Lambda sends them here, which the check cannot see',
    });
    this.function = new ScimFunction(this, 'Function', {
      entry: 'feed',
      description: "Follows the table's stream: provisioning log and events",
      service,
      environment: {
        TABLE_NAME: directory.table.tableName,
        EVENT_BUS_NAME: events.bus.eventBusName,
        WEBHOOK_QUEUE_URL: webhooks.queue.queueUrl,
      },
      timeout: Duration.minutes(1),
      logRetention,
    }).function;
    directory.grantItems(this.function);
    events.grantPublish(this.function);
    webhooks.grantSend(this.function);
    const mapping = new EventSourceMapping(this, 'Stream', {
      target: this.function,
      eventSourceArn: directory.grantStream(this.function),
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      parallelizationFactor: 4,
      bisectBatchOnError: true,
      // Poison is parked by the function itself; what fails all the same is a fault of AWS, or of ours: it is tried until
      // the stream forgets it.
      maxRecordAge: Duration.hours(24),
      onFailure: new SqsDlq(this.deadLetters),
      filters: streamFilters.map((pattern) => FilterCriteria.filter(pattern)),
    });
    // Without its rights Lambda refuses the mapping.
    mapping.node.addDependency(this.function.role ?? this.function);
  }
}
