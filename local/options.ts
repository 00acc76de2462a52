import { Command, InvalidArgumentError } from 'commander';
import { isTenantName } from '../directory/tenants.ts';

export interface LocalOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly tenants: readonly string[];
  readonly dynamodb: string | undefined;
  readonly json: boolean;
  readonly events: boolean;
  readonly fresh: boolean;
}

/**
 * The command line of `npm start`.
 *
 * @param run - Called with what was asked for.
 */
export function createProgram(run: (options: LocalOptions) => Promise<void>): Command {
  return new Command('npm start --')
    .description(
      'Runs the SCIM directory on this machine: the same entries and authorizer that are deployed to AWS.\n' +
        'Prints a Tenant URL and a secret token for each tenant; enter both in your identity provider, or try the curl line.',
    )
    .option('--port <number>', 'port to listen on; 0 for a free one', parsePort, 8080)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--data <folder>', 'where the directory, the tokens and the log are kept between runs', '.scim-stack')
    .option('--tenants <names>', 'tenants, separated by commas; made where they are missing', parseTenants, ['demo'])
    .option('--dynamodb <url>', 'keep the directory in DynamoDB at that address instead of a file', parseUrl)
    .option('--json', 'print one line of JSON a tenant, once it listens, in the place of a text', false)
    .option('--events', 'print each event of the change feed as a line of JSON, as it happens', false)
    .option('--fresh', 'delete the data of former runs first, tokens included', false)
    .addHelpText(
      'after',
      `
Examples:
  npm start                                              the tenant "demo" on port 8080
  npm start -- --tenants acme,globex --port 9000         two tenants, each with a token of its own
  npm start -- --dynamodb http://127.0.0.1:8000          over DynamoDB Local
  npm --silent start -- --json --port 0                  for scripts
  npm start -- --events                                  what happens to people and groups, line by line

Ctrl-C ends it. Requests are logged to <folder>/requests.log, without tokens and without personal values.`,
    )
    .allowExcessArguments(false)
    .showHelpAfterError('(npm start -- --help tells the options)')
    .action(async (options: LocalOptions) => {
      await run(options);
    });
}

/** Commander's parser of a port number. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('Expected a number from 0 to 65535.');
  return port;
}

/** Commander's parser of names with commas between. */
export function parseTenants(text: string): readonly string[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  if (names.every(isTenantName)) return names;
  throw new InvalidArgumentError(
    'Expected names of lower-case letters, digits and hyphens, 40 at most, with commas between.',
  );
}

function parseUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.href;
  throw new InvalidArgumentError('Expected an address such as http://127.0.0.1:8000.');
}
