import { Logger } from '@aws-lambda-powertools/logger';
import { SNSClient } from '@aws-sdk/client-sns';
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
    notifier: TOPIC_ARN === undefined ? undefined : new SnsTopic(new SNSClient({}), TOPIC_ARN),
    runbook: RUNBOOK,
    runtime: systemRuntime,
  });
});
