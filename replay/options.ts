import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import { parseTenantUrl, type TenantUrl } from './http/tenant-url.ts';
import { mappingNames } from './mapping/mapping.ts';

const wholeNumber = (least: number, most: number) => z.int().min(least).max(most);

const OptionsSchema = z.strictObject({
  tenantUrl: z.string(),
  token: z.string().trim().min(1).optional(),
  tokenFile: z.string().optional(),
  users: wholeNumber(0, 1_000_000).default(1000),
  groups: wholeNumber(0, 100_000).default(20),
  cycles: wholeNumber(0, 1000).default(2),
  client: z.enum(['entra', 'okta']).default('entra'),
  dialect: z.enum(['unflagged', 'flagged', 'both']).optional(),
  mapping: z.enum(mappingNames).optional(),
  flavour: z.enum(['put', 'patch']).optional(),
  passwords: z.boolean().default(false),
  seed: z.string().min(1).max(100).optional(),
  concurrency: wholeNumber(1, 256).default(8),
  timeout: wholeNumber(1, 600).default(30),
  keep: z.boolean().default(false),
  clean: z.boolean().default(false),
  json: z.boolean().default(false),
  verbose: z.boolean().default(false),
  actions: z.string().min(1).optional(),
});

/** What the command line asks for. */
export interface ReplayOptions extends Omit<z.infer<typeof OptionsSchema>, 'tenantUrl'> {
  readonly tenantUrl: TenantUrl;
}

/** The command line is not one that can be run: the message says why. With `isHelp` it is what was asked for. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly isHelp: boolean;

  constructor(message: string, isHelp = false) {
    super(message);
    this.isHelp = isHelp;
  }
}

const examples = `
What is played: test connection, initial cycle, provisioning on demand, incremental cycles (renames, deactivations,
manager and membership changes, deletes), the shapes of Microsoft's gallery tests, a restart and a reset; for Okta the
connection test, assignments, group push, changes and an import. Every answer is checked. At the end the directory is
read back and compared with what was sent, and then what the run created is deleted again (--keep leaves it there).

Names carry a mark made from the seed, so that the directory need not be empty; other resources are left alone.

Exit status: 0 all was right, 1 an answer or the final state was wrong, 2 the command line was, 130 interrupted.

Examples:
  A first try, small and quick:
    $ npm run replay -- --tenant-url http://127.0.0.1:8080/demo/scim/v2 --token scim_… --users 50 --groups 5
  The token kept in a file (not visible to others on the machine, and followed when it is rotated):
    $ npm run replay -- --tenant-url https://users-acme.example.com/scim/v2 --token-file ./token
  A customer who matches by e-mail, with the flag at the end of the Tenant URL:
    $ npm run replay -- --tenant-url 'https://…/scim/v2?aadOptscim062020' --token-file ./token --mapping email --dialect flagged
  Okta as a custom app, with passwords, result as JSON:
    $ npm --silent run replay -- --tenant-url https://… --token-file ./token --client okta --flavour put --passwords --json
  The same run once more, and removing what an interrupted one left behind:
    $ npm run replay -- --tenant-url https://… --token-file ./token --seed 7c1f
    $ npm run replay -- --tenant-url https://… --token-file ./token --seed 7c1f --clean
`;

/** @throws {@link UsageError} */
export function parseOptions(argv: readonly string[]): ReplayOptions {
  const command = createCommand();
  let written = '';
  const collect = (text: string): void => {
    written += text;
  };
  command.exitOverride().configureOutput({ writeOut: collect, writeErr: collect });
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw new UsageError(written.trimEnd(), error.exitCode === 0);
    throw error;
  }
  const parsed = OptionsSchema.safeParse(command.opts());
  if (!parsed.success) throw new UsageError(parsed.error.issues.map(toUsage).join('\n'));
  refuseContradictions(parsed.data);
  try {
    return { ...parsed.data, tenantUrl: parseTenantUrl(parsed.data.tenantUrl) };
  } catch (error) {
    throw new UsageError(`error: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function createCommand(): Command {
  const choice = (flags: string, description: string, choices: readonly string[]): Option =>
    new Option(flags, description).choices(choices);
  return new Command('replay')
    .description("Plays an identity provider's traffic against a SCIM directory, and checks every answer.")
    .requiredOption('--tenant-url <url>', 'the Tenant URL, as it is pasted into the identity provider')
    .option('--token <token>', 'the secret token; others on this machine may see it')
    .option('--token-file <path>', 'a file that holds the secret token; read again when it changes')
    .option('--users <n>', 'people in the replayed customer directory (default: 1000)', toNumber)
    .option('--groups <n>', 'groups in it (default: 20)', toNumber)
    .option('--cycles <n>', 'incremental cycles (default: 2)', toNumber)
    .addOption(choice('--client <name>', 'whose traffic (default: entra)', ['entra', 'okta']))
    .addOption(
      choice('--dialect <name>', "Entra's PATCH without or with the flag, or both in turn (default: both)", [
        'unflagged',
        'flagged',
        'both',
      ]),
    )
    .addOption(choice('--mapping <name>', "Entra's attribute mapping and matching (default: default)", mappingNames))
    .addOption(
      choice('--flavour <name>', "Okta's updates by PUT alone or with PATCH (default: patch)", ['put', 'patch']),
    )
    .option('--passwords', 'Okta sends passwords')
    .option('--seed <text>', 'the same seed plays the same run (default: a random one, told in the report)')
    .option('--concurrency <n>', 'requests at once (default: 8)', toNumber)
    .option('--timeout <seconds>', 'how long to wait for an answer (default: 30)', toNumber)
    .option('--keep', 'leave the users and groups of the run in the directory')
    .option('--clean', 'play nothing, only delete what a run with this --seed left behind')
    .option('--json', 'print the report as one JSON object')
    .option('--verbose', 'tell of every request, on standard error')
    .option('--actions <file>', 'write every request for users and groups to a file, one JSON object a line')
    .addHelpText('after', examples);
}

function toNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number.');
  return Number(text);
}

function toUsage({ path, message }: z.core.$ZodIssue): string {
  const flag = path
    .map(String)
    .join('.')
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `error: option '--${flag}' is invalid: ${message}`;
}

function refuseContradictions(options: z.infer<typeof OptionsSchema>): void {
  const { client, token, tokenFile } = options;
  const refuse = (message: string): never => {
    throw new UsageError(`error: ${message}`);
  };
  if ((token === undefined) === (tokenFile === undefined)) refuse('give either --token or --token-file');
  if (client === 'okta' && options.dialect !== undefined) refuse('--dialect is for --client entra');
  if (client === 'okta' && options.mapping !== undefined) refuse('--mapping is for --client entra');
  if (client === 'entra' && options.flavour !== undefined) refuse('--flavour is for --client okta');
  if (client === 'entra' && options.passwords) refuse('--passwords is for --client okta: Entra sends none');
  if (options.clean && options.seed === undefined) refuse('--clean needs the --seed of the run to clean up after');
  if (options.clean && options.keep) refuse('--clean and --keep contradict each other');
}
