import type { Command } from 'commander';
import { examine } from '../doctor/checks.ts';
import { CliError } from '../failure.ts';
import { type Check, toCheckLines } from '../text/checks.ts';
import { counted } from '../text/table.ts';
import { type CommandSet, toExamples } from './command-set.ts';

/** `doctor` */
export const addDoctor: CommandSet = (program, open) => {
  program
    .command('doctor')
    .description('looks for what keeps a deployment from working: Node, configuration, credentials, bootstrap, quotas')
    .addHelpText(
      'after',
      `${toExamples(
        ['doctor', 'before the first deployment, and whenever something is odd'],
        ['doctor --region us --profile prod', 'one region, with a profile of the AWS CLI'],
        ['doctor --local', 'the local run'],
      )}

Ends with 1 where a check failed; what to do stands below it.`,
    )
    .action(async (_options: object, command: Command) => {
      const session = open(command);
      const checks: Check[] = [];
      for await (const check of examine(session)) {
        checks.push(check);
        if (!session.options.json) session.terminal.print(toCheckLines([check]));
      }
      if (session.options.json) session.terminal.print(`${JSON.stringify({ checks })}\n`);
      const failed = checks.filter(({ ok }) => !ok).length;
      if (failed > 0) throw new CliError(`${counted(failed, 'check')} failed`);
    });
};
