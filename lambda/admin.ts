import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { accessHandlers } from './admin/access-handlers.ts';
import type { AdminDependencies } from './admin/admin-request.ts';
import { applicationHandlers } from './admin/application-handlers.ts';
import { directoryHandlers } from './admin/directory-handlers.ts';
import { eventHandlers } from './admin/event-handlers.ts';
import { guardHandlers } from './admin/guard-handlers.ts';
import { lifecycleHandlers } from './admin/lifecycle-handlers.ts';
import { logHandlers } from './admin/log-handlers.ts';
import { createAdminHandler } from './admin/pipeline.ts';
import { reportHandlers } from './admin/report-handlers.ts';
import { schemaHandlers } from './admin/schema-handlers.ts';
import { tenantHandlers } from './admin/tenant-handlers.ts';
import { SecretsManagerTokenVault } from './authorization/secrets-manager-token-vault.ts';
import { createDynamoTable } from './aws/dependencies.ts';
import { EventBridgePublisher } from './aws/event-bridge-publisher.ts';
import { onFirstCall } from './aws/first-call.ts';
import { systemRuntime } from './aws/runtime.ts';
import { SqsWebhookQueue } from './aws/sqs-webhook-queue.ts';
import { AdminEnvironmentSchema } from './contract/environment.ts';
import { createWebhookPublisher, publishByAll } from './feed/publishers.ts';
import { SecretsManagerWebhookVault } from './webhooks/secrets-manager-webhook-secrets.ts';

/** The operators' API, `/admin/…`; IAM has allowed each call before it gets here. */
export function createAdmin(dependencies: AdminDependencies) {
  const handlers = {
    ...tenantHandlers,
    ...schemaHandlers,
    ...applicationHandlers,
    ...directoryHandlers,
    ...reportHandlers,
    ...lifecycleHandlers,
    ...logHandlers,
    ...eventHandlers,
    ...accessHandlers,
    ...guardHandlers,
  };
  return createAdminHandler(dependencies, handlers);
}

export const handler = onFirstCall(() => {
  const environment = AdminEnvironmentSchema.parse(process.env);
  const secrets = new SecretsManagerClient();
  const webhooks = new SqsWebhookQueue(new SQSClient({}), environment.WEBHOOK_QUEUE_URL);
  const bus = new EventBridgePublisher(new EventBridgeClient({}), environment.EVENT_BUS_NAME, systemRuntime);
  return createAdmin({
    table: createDynamoTable(environment.TABLE_NAME),
    vault: new SecretsManagerTokenVault(secrets, environment.TOKEN_SECRET_PREFIX),
    webhookSecrets: new SecretsManagerWebhookVault(secrets, environment.WEBHOOK_SECRET_PREFIX),
    webhooks,
    publisher: publishByAll([bus, createWebhookPublisher(webhooks)]),
    tenantUrlTemplate: environment.TENANT_URL_TEMPLATE,
    runbook: environment.RUNBOOK,
    log: new Logger({ serviceName: 'admin' }),
    runtime: systemRuntime,
    randomBytes,
  });
});
