import { Logger } from '@aws-lambda-powertools/logger';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createDynamoTable } from './aws/dependencies.ts';
import { EventBridgePublisher } from './aws/event-bridge-publisher.ts';
import { onFirstCall } from './aws/first-call.ts';
import { createFeedMeasure } from './aws/measures.ts';
import { systemRuntime } from './aws/runtime.ts';
import { SqsWebhookQueue } from './aws/sqs-webhook-queue.ts';
import { FeedEnvironmentSchema } from './contract/environment.ts';
import type { FeedConsumerDependencies } from './feed/consumer.ts';
import { createFeedHandler } from './feed/handler.ts';
import { createWebhookPublisher, publishByAll } from './feed/publishers.ts';

/** Follows the table's stream: writes the provisioning log, and publishes events. */
export function createChangeFeed(dependencies: FeedConsumerDependencies) {
  return createFeedHandler(dependencies);
}

export const handler = onFirstCall(() => {
  const { TABLE_NAME, EVENT_BUS_NAME, WEBHOOK_QUEUE_URL } = FeedEnvironmentSchema.parse(process.env);
  const webhooks = new SqsWebhookQueue(new SQSClient({}), WEBHOOK_QUEUE_URL);
  const bus = new EventBridgePublisher(new EventBridgeClient({}), EVENT_BUS_NAME, systemRuntime);
  return createChangeFeed({
    table: createDynamoTable(TABLE_NAME),
    publisher: publishByAll([bus, createWebhookPublisher(webhooks)]),
    log: new Logger({ serviceName: 'feed' }),
    measure: createFeedMeasure(),
    runtime: systemRuntime,
  });
});
