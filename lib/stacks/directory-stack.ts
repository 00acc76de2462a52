import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { TENANT_PATH } from '../../lambda/contract/routes.ts';
import { DirectoryTable } from '../constructs/directory-table.ts';
import { ScimApi } from '../constructs/scim-api.ts';
import { ScimFunction } from '../constructs/scim-function.ts';
import { TokenSecrets } from '../constructs/token-secrets.ts';

/** The directory of one region: its table, its tokens, its API. Shares nothing with another region's. */
export class DirectoryStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props);
    const directory = new DirectoryTable(this, 'Directory');
    const tokens = new TokenSecrets(this, 'Tokens');
    const { authorizer, users, groups, discovery } = this.#addFunctions(directory, tokens);
    const api = new ScimApi(this, 'Api', { authorizer, entries: { users, groups, discovery } });
    new CfnOutput(this, 'TenantUrl', {
      description: 'Tenant URL of each tenant: put its name in the place of {tenant}',
      value: api.restApi.urlForPath(`/${TENANT_PATH}`),
    });
    new CfnOutput(this, 'TableName', { description: 'The directory itself', value: directory.table.tableName });
  }

  #addFunctions(directory: DirectoryTable, tokens: TokenSecrets) {
    const environment = { TABLE_NAME: directory.table.tableName };
    const { function: users } = new ScimFunction(this, 'Users', {
      entry: 'users',
      description: 'SCIM: /Users',
      environment,
    });
    const { function: groups } = new ScimFunction(this, 'Groups', {
      entry: 'groups',
      description: 'SCIM: /Groups',
      environment,
    });
    const { function: discovery } = new ScimFunction(this, 'Discovery', {
      entry: 'discovery',
      description: 'SCIM: /ServiceProviderConfig, /ResourceTypes, /Schemas, and every path that there is not',
      environment,
    });
    const { function: authorizer } = new ScimFunction(this, 'Authorizer', {
      entry: 'authorizer',
      description: 'Tells by the secret token which tenant and application make a request',
      environment: { TOKEN_SECRET_PREFIX: tokens.prefix },
      timeout: Duration.seconds(10),
    });
    const { function: sweeper } = new ScimFunction(this, 'Sweeper', {
      entry: 'sweeper',
      description: 'Finishes long writes and deletions that a request left unfinished',
      environment,
      timeout: Duration.minutes(5),
    });
    for (const grantee of [users, groups, sweeper]) directory.grantItems(grantee);
    directory.grantGetItem(discovery);
    tokens.grantRead(authorizer);
    new Rule(this, 'SweepSchedule', {
      description: 'Calls the sweeper',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(sweeper, { retryAttempts: 0 })], // the next call comes anyway
    });
    return { authorizer, users, groups, discovery };
  }
}
