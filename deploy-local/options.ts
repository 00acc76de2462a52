import { Command } from 'commander';
import { parsePort, parseTenants } from '../local/options.ts';

export interface DeployOptions {
  readonly port: number;
  readonly data: string | undefined;
  readonly tenants: readonly string[];
  readonly config: string;
  readonly json: boolean;
}

/** Deployed where nothing else is asked for. */
export const DEFAULT_CONFIG = 'examples/four-regions.json';

/**
 * The command line of `npm run deploy:local`.
 *
 * @param run - Called with what was asked for.
 */
export function createProgram(run: (options: DeployOptions) => Promise<void>): Command {
  return new Command('npm run deploy:local --')
    .description(
      'Deploys the stacks, with the real CDK, to an AWS that is emulated on this machine (MiniStack; needs Python).\n' +
        'Prints a Tenant URL and a secret token for each tenant, and stays until it is ended.',
    )
    .option('--port <number>', "port of the emulated AWS, and of the tenants' URLs; 0 for a free one", parsePort, 0)
    .option('--tenants <names>', 'tenants, separated by commas, in the first region', parseTenants, ['demo', 'other'])
    .option('--config <file>', 'configuration of the deployment', DEFAULT_CONFIG)
    .option('--data <folder>', 'keeps the emulated account there between runs (default: it goes at the end)')
    .option('--json', 'print one line of JSON a tenant, and nothing else, once everything is deployed', false)
    .addHelpText(
      'after',
      `
Examples:
  npm run deploy:local                                        four regions, two tenants
  npm run deploy:local -- --config scim-stack.config.json     your own configuration
  npm run deploy:local -- --data .scim-stack-aws --port 4566  what is in it is there again the next time
  npm --silent run deploy:local -- --json                     for scripts

Ctrl-C ends it, and the emulated AWS with it. Nothing here reaches a real AWS account: credentials and settings for one
are not read. What the emulated one cannot show is in docs/local-deployment.md.`,
    )
    .allowExcessArguments(false)
    .showHelpAfterError('(npm run deploy:local -- --help tells the options)')
    .action(async (options: DeployOptions) => {
      await run(options);
    });
}
