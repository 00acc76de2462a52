import type { Command } from 'commander';
import { chooseRegion } from '../deployment/deployment.ts';
import { CliError, exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';
import { toFields } from '../text/table.ts';
import { type CommandSet, toExamples } from './command-set.ts';

interface RegionOutputs {
  readonly region: string;
  readonly awsRegion: string;
  readonly stack: string;
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** `outputs` */
export const addOutputs: CommandSet = (program, open) => {
  program
    .command('outputs')
    .description("what the deployment's stacks tell: admin URL, Tenant URL, table, what DNS records point to")
    .addHelpText(
      'after',
      toExamples(['outputs', 'of every region'], ['outputs --region us --json', 'of one, for a program']),
    )
    .action(async (_options: object, command: Command) => {
      await showOutputs(open(command));
    });
};

async function showOutputs(session: Session): Promise<void> {
  const { local, endpoint, region } = session.options;
  if (local !== undefined || endpoint !== undefined) {
    throw new CliError('outputs are those of deployed stacks: leave --local and --endpoint away', {
      exitCode: exitCodes.usage,
    });
  }
  const { regions: all } = session.deployment;
  const regions = region === undefined ? all : [chooseRegion(all, region)];
  const found: RegionOutputs[] = [];
  for (const { name, awsRegion, stackName } of regions) {
    const stack = await session.aws.findStack(awsRegion, stackName);
    const { status = 'not deployed', outputs = {} } = stack ?? {};
    found.push({ region: name, awsRegion, stack: stackName, status, outputs });
  }
  session.answer({ regions: found }, () =>
    found
      .map(({ awsRegion, stack, status, outputs }) => {
        const fields = toFields(Object.entries(outputs).map(([name, value]) => [`  ${name}`, value]));
        return `${stack} (${awsRegion}): ${status}\n${fields}`;
      })
      .join('\n'),
  );
}
