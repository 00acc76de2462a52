import { Command } from 'commander';
import { addApplications } from './commands/applications.ts';
import { addAudit } from './commands/audit.ts';
import { addCheck } from './commands/check.ts';
import { type CommandSet, type OpenSession, toExamples } from './commands/command-set.ts';
import { addCycles } from './commands/cycles.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEvents } from './commands/events.ts';
import { addGuard } from './commands/guard.ts';
import { addLifecycleReport } from './commands/lifecycle.ts';
import { addLog } from './commands/log.ts';
import { addOutputs } from './commands/outputs.ts';
import { addOwners } from './commands/owners.ts';
import { addPolicy } from './commands/policy.ts';
import { addReport } from './commands/report.ts';
import { addResources } from './commands/resources.ts';
import { addRoles } from './commands/roles.ts';
import { addSchemas } from './commands/schemas.ts';
import { addSignIn } from './commands/sign-in.ts';
import { addTenants } from './commands/tenants.ts';
import { addTestConnection } from './commands/test-connection.ts';
import { addTokens } from './commands/tokens.ts';
import { addWebhooks } from './commands/webhooks.ts';
import { type CliDependencies, Session } from './session.ts';

const commandSets: readonly CommandSet[] = [
  addDoctor,
  addTenants,
  addApplications,
  addTokens,
  addTestConnection,
  addResources,
  addLifecycleReport,
  addSchemas,
  addPolicy,
  addRoles,
  addOwners,
  addSignIn,
  addGuard,
  addCycles,
  addReport,
  addLog,
  addEvents,
  addWebhooks,
  addCheck,
  addAudit,
  addOutputs,
];

/** The program: throws a `CommanderError` where others would end the process. */
export function createProgram(dependencies: CliDependencies): Command {
  const { terminal, now, version } = dependencies;
  const program = new Command('scim-stack')
    .description('Operates a deployment of scim-stack: tenants, tokens, sync cycles. A client of its admin API.')
    .version(version)
    .option('--region <name>', 'a region of the configuration; may be left out where there is one only')
    .option('--config <file>', 'the deployment configuration (default: $SCIM_STACK_CONFIG, scim-stack.config.json)')
    .option('--profile <name>', 'AWS credentials of that name, as of the AWS CLI')
    .option('--endpoint <url>', "address of the admin API (default: from the stack's outputs)")
    .option(
      '--local [data]',
      'the local run, by the development key in its data folder (default: .scim-stack); put it last',
    )
    .option('--json', 'print one line of JSON, for programs')
    .option('--yes', 'confirm beforehand what cannot be undone, for programs')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .addHelpText(
      'after',
      `${toExamples(
        ['doctor', 'is everything ready for a deployment?'],
        ['tenants create acme --region us', 'Tenant URL and secret token, ready to paste'],
        ['test-connection acme', 'what "Test connection" of the identity provider would say'],
        ['cycles --unhealthy', 'whose sync wants attention'],
        ['tokens rotate acme', 'a new token, while the old one goes on for 30 days'],
        ['tenants list --local', 'the same against "npm start"'],
      )}

Exit status: 0 done; 1 it could not be done, or a check found something; 2 the command line is wrong; 3 the deployment
cannot be reached or refuses the credentials; 4 not confirmed; 130 interrupted. See docs/cli.md.`,
    )
    .configureOutput({
      writeOut: (text) => terminal.print(text),
      writeErr: (text) => terminal.note(text),
    })
    .exitOverride()
    .showHelpAfterError('(--help tells the options and has examples)')
    .showSuggestionAfterError();
  const open: OpenSession = (command) => new Session(dependencies, command);
  for (const add of commandSets) add(program, open, now);
  return program;
}

/** Runs a command line. @throws what `explainFailure` has words for. */
export async function runCommand(argv: readonly string[], dependencies: CliDependencies): Promise<void> {
  await createProgram(dependencies).parseAsync([...argv], { from: 'user' });
}
