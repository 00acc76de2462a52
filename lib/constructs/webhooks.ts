import { Duration } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { WEBHOOK_ATTEMPTS } from '../../lambda/contract/webhook-attempts.ts';
import type { DirectoryTable } from './directory-table.ts';
import { ScimFunction } from './scim-function.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';

export interface WebhooksProps {
  readonly directory: DirectoryTable;
  readonly secrets: WebhookSecrets;

  /** Name of the directory's stack, by which metrics are told from those of another one. */
  readonly service: string;

  /** How long log lines are kept. */
  readonly logRetention: RetentionDays;
}

/** An attempt is given up after ten seconds; those of a batch are made at once. */
const TIMEOUT = Duration.minutes(1);
/** As AWS advises: six times the function's. */
const HIDDEN = Duration.minutes(6);
/** Senders at the same time: whoever receives slowly is not to use up the account's concurrency. */
const MAX_CONCURRENCY = 10;

/** Posts events to tenants' webhooks: a queue of ids, its sender, and where those end that could not be delivered. */
export class Webhooks extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly function: NodejsFunction;

  constructor(scope: Construct, id: string, { directory, secrets, service, logRetention }: WebhooksProps) {
    super(scope, id);
    const sealed = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    const retentionPeriod = Duration.days(14); // the longest there is: somebody has to come back from a holiday
    this.deadLetters = new Queue(this, 'DeadLetters', { ...sealed, retentionPeriod });
    this.queue = new Queue(this, 'Queue', {
      ...sealed,
      retentionPeriod,
      visibilityTimeout: HIDDEN,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: WEBHOOK_ATTEMPTS },
    });
    this.function = new ScimFunction(this, 'Function', {
      entry: 'webhooks',
      description: "Posts events to the tenants' webhooks, signed",
      service,
      environment: {
        TABLE_NAME: directory.table.tableName,
        WEBHOOK_QUEUE_URL: this.queue.queueUrl,
        WEBHOOK_SECRET_PREFIX: secrets.prefix,
        WEBHOOK_TARGETS: 'public',
      },
      timeout: TIMEOUT,
      logRetention,
    }).function;
    this.function.addEventSource(
      new SqsEventSource(this.queue, { batchSize: 10, maxConcurrency: MAX_CONCURRENCY, reportBatchItemFailures: true }),
    );
    directory.grantLookingUp(this.function);
    secrets.grantRead(this.function);
  }

  /** Lets the grantee have something posted. */
  grantSend(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [this.queue.queueArn] });
  }
}
