import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createDynamoTable } from './aws/dependencies.ts';
import { onFirstCall } from './aws/first-call.ts';
import { createWebhookMeasure } from './aws/measures.ts';
import { systemRuntime } from './aws/runtime.ts';
import { SqsWebhookQueue } from './aws/sqs-webhook-queue.ts';
import { WebhookEnvironmentSchema } from './contract/environment.ts';
import { CachedWebhookSecrets } from './webhooks/cached-webhook-secrets.ts';
import { createWebhookHandler, type WebhookDependencies } from './webhooks/handler.ts';
import { postWebhook } from './webhooks/post-webhook.ts';
import { SecretsManagerWebhookStore } from './webhooks/secrets-manager-webhook-secrets.ts';

/** Posts events to the tenants' webhooks; called with what waits in their queue. */
export function createWebhookSender(dependencies: WebhookDependencies) {
  return createWebhookHandler(dependencies);
}

export const handler = onFirstCall(() => {
  const environment = WebhookEnvironmentSchema.parse(process.env);
  const queue = new SqsWebhookQueue(new SQSClient({}), environment.WEBHOOK_QUEUE_URL);
  const store = new SecretsManagerWebhookStore(new SecretsManagerClient(), environment.WEBHOOK_SECRET_PREFIX);
  return createWebhookSender({
    table: createDynamoTable(environment.TABLE_NAME),
    secrets: new CachedWebhookSecrets(store, systemRuntime.now),
    targets: environment.WEBHOOK_TARGETS,
    post: postWebhook,
    postpone: (receiptHandle, seconds) => queue.postpone(receiptHandle, seconds),
    log: new Logger({ serviceName: 'webhooks' }),
    measure: createWebhookMeasure(),
    runtime: systemRuntime,
  });
});
