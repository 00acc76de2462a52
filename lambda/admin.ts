import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AdminDependencies } from './admin/admin-request.ts';
import { applicationHandlers } from './admin/application-handlers.ts';
import { directoryHandlers } from './admin/directory-handlers.ts';
import { createAdminHandler } from './admin/pipeline.ts';
import { reportHandlers } from './admin/report-handlers.ts';
import { schemaHandlers } from './admin/schema-handlers.ts';
import { tenantHandlers } from './admin/tenant-handlers.ts';
import { SecretsManagerTokenVault } from './authorization/secrets-manager-token-vault.ts';
import { createDynamoTable } from './aws/dependencies.ts';
import { onFirstCall } from './aws/first-call.ts';
import { systemRuntime } from './aws/runtime.ts';
import { AdminEnvironmentSchema } from './contract/environment.ts';

/** The operators' API, `/admin/…`; IAM has allowed each call before it gets here. */
export function createAdmin(dependencies: AdminDependencies) {
  const handlers = {
    ...tenantHandlers,
    ...schemaHandlers,
    ...applicationHandlers,
    ...directoryHandlers,
    ...reportHandlers,
  };
  return createAdminHandler(dependencies, handlers);
}

export const handler = onFirstCall(() => {
  const environment = AdminEnvironmentSchema.parse(process.env);
  return createAdmin({
    table: createDynamoTable(environment.TABLE_NAME),
    vault: new SecretsManagerTokenVault(new SecretsManagerClient(), environment.TOKEN_SECRET_PREFIX),
    tenantUrlTemplate: environment.TENANT_URL_TEMPLATE,
    runbook: environment.RUNBOOK,
    log: new Logger({ serviceName: 'admin' }),
    runtime: systemRuntime,
    randomBytes,
  });
});
