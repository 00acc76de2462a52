import { Logger } from '@aws-lambda-powertools/logger';
import { createDynamoTable } from './aws/dependencies.ts';
import { onFirstCall } from './aws/first-call.ts';
import { createSweepMeasure } from './aws/measures.ts';
import { systemRuntime } from './aws/runtime.ts';
import { SweeperEnvironmentSchema } from './contract/environment.ts';
import { createSweepHandler } from './sweep/handler.ts';
import type { SweepDependencies } from './sweep/run-sweep.ts';

/** Finishes what requests left unfinished; called by a schedule. */
export function createSweeper(dependencies: SweepDependencies) {
  return createSweepHandler(dependencies);
}

export const handler = onFirstCall(() => {
  const { TABLE_NAME } = SweeperEnvironmentSchema.parse(process.env);
  return createSweeper({
    table: createDynamoTable(TABLE_NAME),
    log: new Logger(),
    measure: createSweepMeasure(),
    runtime: systemRuntime,
  });
});
