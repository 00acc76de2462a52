import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  type Stack,
  type StackResourceSummary,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type AwsCredentials, ROOT } from '../../deploy-local/aws-environment.ts';

/** Looks into the emulated account, region by region. */
export class EmulatedAws {
  readonly #endpoint: string;

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  async findStack(region: string, name: string): Promise<Stack | undefined> {
    const client = new CloudFormationClient(this.#settings(region));
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name })).catch(ignoreMissing);
    return Stacks?.find(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
  }

  async listResources(region: string, stack: string): Promise<readonly StackResourceSummary[]> {
    const client = new CloudFormationClient(this.#settings(region));
    const resources: StackResourceSummary[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new ListStackResourcesCommand({ StackName: stack, ...(NextToken === undefined ? {} : { NextToken }) }),
      );
      resources.push(...(page.StackResourceSummaries ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return resources;
  }

  /** Creates a stack of a template, and waits until it is there. */
  async createStack(region: string, name: string, template: unknown): Promise<void> {
    const client = new CloudFormationClient(this.#settings(region));
    const input = {
      StackName: name,
      TemplateBody: JSON.stringify(template),
      Capabilities: ['CAPABILITY_NAMED_IAM'] as const,
    };
    await client.send(new CreateStackCommand({ ...input, Capabilities: [...input.Capabilities] }));
    await waitUntilStackCreateComplete({ client, maxWaitTime: 60, minDelay: 1 }, { StackName: name });
  }

  async deleteStack(region: string, name: string): Promise<void> {
    const client = new CloudFormationClient(this.#settings(region));
    await client.send(new DeleteStackCommand({ StackName: name }));
    await waitUntilStackDeleteComplete({ client, maxWaitTime: 60, minDelay: 1 }, { StackName: name });
  }

  async getFunction(region: string, name: string): Promise<FunctionConfiguration> {
    return await new LambdaClient(this.#settings(region)).send(
      new GetFunctionConfigurationCommand({ FunctionName: name }),
    );
  }

  /** Calls a function, and gives what it failed with. */
  async invoke(region: string, name: string): Promise<string | undefined> {
    const { FunctionError, Payload } = await new LambdaClient(this.#settings(region)).send(
      new InvokeCommand({ FunctionName: name, Payload: '{}' }),
    );
    return FunctionError === undefined ? undefined : Buffer.from(Payload ?? []).toString();
  }

  async listFunctions(region: string): Promise<readonly string[]> {
    const { Functions = [] } = await new LambdaClient(this.#settings(region)).send(new ListFunctionsCommand({}));
    return Functions.map(({ FunctionName = '' }) => FunctionName);
  }

  async listTables(region: string): Promise<readonly string[]> {
    const { TableNames = [] } = await new DynamoDBClient(this.#settings(region)).send(new ListTablesCommand());
    return TableNames;
  }

  async listSecrets(region: string): Promise<readonly string[]> {
    const { SecretList = [] } = await new SecretsManagerClient(this.#settings(region)).send(new ListSecretsCommand());
    return SecretList.map(({ Name = '' }) => Name);
  }

  /** Credentials of a role, for a while. */
  async assumeRole(roleArn: string): Promise<AwsCredentials> {
    const { Credentials: given } = await new STSClient(this.#settings('us-east-1')).send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'e2e' }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken } = given ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined) {
      throw new Error(`no credentials of ${roleArn}`);
    }
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  }

  #settings(region: string) {
    return { region, endpoint: this.#endpoint, credentials: ROOT };
  }
}

/** CloudFormation has no error of its own for a stack that there is not. */
function ignoreMissing(error: unknown): { readonly Stacks?: Stack[] } {
  if (error instanceof Error && /does not exist/u.test(error.message)) return {};
  throw error;
}
