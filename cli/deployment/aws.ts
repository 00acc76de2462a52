import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ChangeResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  NoSuchResourceException,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { callAws } from './aws-failures.ts';

/** A stack as CloudFormation has it. */
export interface DeployedStack {
  readonly name: string;
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface Caller {
  readonly account: string;
  readonly arn: string;
}

/** An alias record, as Route 53 has it. */
export interface AliasRecord {
  readonly hostedZoneId: string;
  readonly hostName: string;
  readonly target: string;
  readonly targetZoneId: string;
}

/** What the program asks of AWS, beside the admin API; a region is AWS's code. */
export interface Aws {
  readonly credentials: ReturnType<typeof fromNodeProviderChain>;
  /** Whose the credentials are. */
  getCaller(region: string): Promise<Caller>;
  findStack(region: string, name: string): Promise<DeployedStack | undefined>;
  /** Lambda executions at once that the account may have in the region. */
  getLambdaConcurrency(region: string): Promise<number>;
  /** A quota's applied value, or AWS's default where none was applied. */
  findQuota(region: string, service: string, code: string): Promise<number | undefined>;
  changeAlias(action: 'UPSERT' | 'DELETE', record: AliasRecord): Promise<void>;
}

/** With the operator's own credentials: environment, shared files, SSO, whatever the AWS CLI would take. */
export function createAws(profile: string | undefined): Aws {
  const credentials = fromNodeProviderChain(profile === undefined ? {} : { profile });
  return {
    credentials,
    async getCaller(region) {
      const client = new STSClient({ credentials, region });
      const { Account, Arn } = await callAws('ask who you are', () => client.send(new GetCallerIdentityCommand()));
      return { account: Account ?? 'unknown', arn: Arn ?? 'unknown' };
    },
    async findStack(region, name) {
      const client = new CloudFormationClient({ credentials, region });
      const describe = new DescribeStacksCommand({ StackName: name });
      const answer = await callAws(`look up the stack ${name} in ${region}`, () =>
        client.send(describe).catch(ignoreMissingStack),
      );
      const [stack] = answer?.Stacks ?? [];
      if (stack === undefined) return undefined;
      const outputs = (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
      return { name, status: stack.StackStatus ?? 'unknown', outputs: Object.fromEntries(outputs) };
    },
    async getLambdaConcurrency(region) {
      const client = new LambdaClient({ credentials, region });
      const { AccountLimit } = await callAws(`read Lambda's limits in ${region}`, () =>
        client.send(new GetAccountSettingsCommand()),
      );
      return AccountLimit?.ConcurrentExecutions ?? 0;
    },
    async findQuota(region, service, code) {
      const client = new ServiceQuotasClient({ credentials, region });
      const quota = { ServiceCode: service, QuotaCode: code };
      const answer = await callAws(`read the quota ${code} of ${service} in ${region}`, async () => {
        try {
          return await client.send(new GetServiceQuotaCommand(quota));
        } catch (error) {
          if (error instanceof NoSuchResourceException)
            return await client.send(new GetAWSDefaultServiceQuotaCommand(quota));
          throw error;
        }
      });
      return answer.Quota?.Value;
    },
    async changeAlias(action, { hostedZoneId, hostName, target, targetZoneId }) {
      const client = new Route53Client({ credentials, region: 'us-east-1' }); // Route 53 is of no region
      const alias = { DNSName: target, HostedZoneId: targetZoneId, EvaluateTargetHealth: false };
      const change = { Action: action, ResourceRecordSet: { Name: hostName, Type: 'A' as const, AliasTarget: alias } };
      const command = new ChangeResourceRecordSetsCommand({
        HostedZoneId: hostedZoneId,
        ChangeBatch: { Changes: [change] },
      });
      await callAws(`change the DNS record of ${hostName}`, () => client.send(command));
    },
  };
}

/** CloudFormation has no error of its own for it. */
function ignoreMissingStack(error: unknown): undefined {
  const isMissing = error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message);
  if (!isMissing) throw error;
}
