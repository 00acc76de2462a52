import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createDynamoTable } from './aws/dependencies.ts';
import { onFirstCall } from './aws/first-call.ts';
import { systemRuntime } from './aws/runtime.ts';
import { RotationEnvironmentSchema } from './contract/environment.ts';
import { createRotationHandler, type RotationDependencies } from './rotation/handler.ts';

/** Secrets Manager's rotation of a token, in four steps. */
export function createRotation(dependencies: RotationDependencies) {
  return createRotationHandler(dependencies);
}

export const handler = onFirstCall(() => {
  const { TABLE_NAME, TOKEN_SECRET_PREFIX } = RotationEnvironmentSchema.parse(process.env);
  return createRotation({
    table: createDynamoTable(TABLE_NAME),
    client: new SecretsManagerClient(),
    prefix: TOKEN_SECRET_PREFIX,
    log: new Logger({ serviceName: 'rotation' }),
    runtime: systemRuntime,
    randomBytes,
  });
});
