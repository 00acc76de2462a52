import { Logger } from '@aws-lambda-powertools/logger';
import { createDynamoTable } from './aws/dependencies.ts';
import { onFirstCall } from './aws/first-call.ts';
import { createWatchMeasure } from './aws/measures.ts';
import { systemRuntime } from './aws/runtime.ts';
import { WatcherEnvironmentSchema } from './contract/environment.ts';
import { createWatchHandler, type WatchDependencies } from './watch/handler.ts';
import { SnsTopic } from './watch/sns-topic.ts';

/** Closes sync cycles that fell silent and finds unhealthy tenants; called by a schedule, every five minutes. */
export function createWatcher(dependencies: WatchDependencies) {
  return createWatchHandler(dependencies);
}

export const handler = onFirstCall(() => {
  const { TABLE_NAME, TOPIC_ARN, RUNBOOK, TENANT_METRICS } = WatcherEnvironmentSchema.parse(process.env);
  return createWatcher({
    table: createDynamoTable(TABLE_NAME),
    log: new Logger(),
    measure: createWatchMeasure(TENANT_METRICS === 'on'),
    notifier: TOPIC_ARN === undefined ? undefined : new SnsTopic(TOPIC_ARN, readAccess),
    runbook: RUNBOOK,
    runtime: systemRuntime,
  });
});

function readAccess() {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN } = process.env;
  const endpoint = process.env['AWS_ENDPOINT_URL_SNS'] ?? process.env['AWS_ENDPOINT_URL'];
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
    endpoint,
  };
}
