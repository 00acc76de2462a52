import { Logger } from '@aws-lambda-powertools/logger';
import { createDynamoClient } from '../../directory/store/dynamo-client.ts';
import { DynamoItemTable } from '../../directory/store/dynamo-item-table.ts';
import { ScimEnvironmentSchema } from '../contract/environment.ts';
import type { ScimDependencies } from '../http/request.ts';
import { createRequestMeasure } from './measures.ts';
import { systemRuntime } from './runtime.ts';

/** What the SCIM entries are made of in AWS. @throws where the environment is not the one of `contract/environment.ts`. */
export function scimDependencies(environment: NodeJS.ProcessEnv): ScimDependencies {
  const { TABLE_NAME, TENANT_URL_TEMPLATE } = ScimEnvironmentSchema.parse(environment);
  return {
    table: createDynamoTable(TABLE_NAME),
    tenantUrlTemplate: TENANT_URL_TEMPLATE,
    log: new Logger({ serviceName: 'scim' }),
    measure: createRequestMeasure(),
    runtime: systemRuntime,
  };
}

/** The table of that name in the function's own region, with the credentials of its role. */
export function createDynamoTable(tableName: string): DynamoItemTable {
  return new DynamoItemTable(createDynamoClient(), tableName);
}
