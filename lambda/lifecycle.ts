import { Logger } from '@aws-lambda-powertools/logger';
import { createDynamoTable } from './aws/dependencies.ts';
import { onFirstCall } from './aws/first-call.ts';
import { createLifecycleMeasure } from './aws/measures.ts';
import { systemRuntime } from './aws/runtime.ts';
import { LifecycleEnvironmentSchema } from './contract/environment.ts';
import { createLifecycleHandler } from './lifecycle/handler.ts';
import type { SweepDependencies } from './sweep/run-sweep.ts';

/** Deletes users who have been deactivated for long, and purges those deleted long ago; called by a schedule, every day. */
export function createLifecycle(dependencies: SweepDependencies) {
  return createLifecycleHandler(dependencies);
}

export const handler = onFirstCall(() => {
  const { TABLE_NAME } = LifecycleEnvironmentSchema.parse(process.env);
  return createLifecycle({
    table: createDynamoTable(TABLE_NAME),
    log: new Logger({ serviceName: 'lifecycle' }),
    measure: createLifecycleMeasure(),
    runtime: systemRuntime,
  });
});
