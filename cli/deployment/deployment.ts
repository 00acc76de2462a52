import { stackOutputs } from '../../lambda/contract/stack-outputs.ts';
import { toRegions } from '../../lib/config/deployment-config.ts';
import { readDeploymentConfig } from '../../lib/config/read-config.ts';
import type { RegionConfig } from '../../lib/config/region-config.ts';
import { CliError, exitCodes } from '../failure.ts';
import type { Aws, DeployedStack } from './aws.ts';

/** What the configuration says of the deployment. */
export interface Deployment {
  /** The AWS account that it belongs to; undefined where that is whoever is signed in. */
  readonly account: string | undefined;
  readonly regions: readonly RegionConfig[];
}

/** @throws {@link CliError} where the configuration is not valid. */
export function readDeployment(configPath: string | undefined): Deployment {
  try {
    const config = readDeploymentConfig(configPath);
    return { account: config.account, regions: toRegions(config) };
  } catch (cause) {
    throw new CliError(cause instanceof Error ? cause.message : String(cause), {
      advice: 'Mend the file, or name another: --config <file>.',
      exitCode: exitCodes.usage,
      cause,
    });
  }
}

/**
 * The region that is meant: the one that was asked for, by its own or its AWS name, or the only one that there is.
 *
 * @throws {@link CliError} that lists the regions, where none or several are meant.
 */
export function chooseRegion(regions: readonly RegionConfig[], asked: string | undefined): RegionConfig {
  const names = regions.map(({ name }) => name).join(', ');
  if (asked !== undefined) {
    const found = regions.find(({ name, awsRegion }) => name === asked || awsRegion === asked);
    if (found !== undefined) return found;
    throw new CliError(`the deployment has no region ${JSON.stringify(asked)}`, {
      advice: `Its configuration names: ${names}. Another configuration: --config <file>.`,
      exitCode: exitCodes.usage,
    });
  }
  const [only, ...others] = regions;
  if (only !== undefined && others.length === 0) return only;
  throw new CliError(`the deployment has several regions, and each is a directory of its own`, {
    advice: `Say which: --region <name>, one of ${names}.`,
    exitCode: exitCodes.usage,
  });
}

/** @throws {@link CliError} where the region has not been deployed. */
export async function getStack(aws: Aws, { stackName, awsRegion }: RegionConfig): Promise<DeployedStack> {
  const stack = await aws.findStack(awsRegion, stackName);
  if (stack !== undefined) return stack;
  throw new CliError(`there is no stack ${stackName} in ${awsRegion}`, {
    advice: `Deploy it first (npx cdk deploy ${stackName}), or check account and configuration: scim-stack doctor.`,
    exitCode: exitCodes.unreachable,
  });
}

/** @throws {@link CliError} where the stack is of a release without an admin API. */
export function toAdminUrl({ name, status, outputs }: DeployedStack): URL {
  const url = URL.parse(outputs[stackOutputs.adminUrl] ?? '');
  if (url !== null) return url;
  throw new CliError(`the stack ${name} (${status}) has no output ${stackOutputs.adminUrl}`, {
    advice: 'It is of an older release, or its deployment did not end: run cdk deploy again.',
    exitCode: exitCodes.unreachable,
  });
}
