import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { pagesOf } from '../admin/pages.ts';
import { CliError, exitCodes } from '../failure.ts';
import { checkConnection } from '../scim/connection.ts';
import type { Session } from '../session.ts';
import { type Check, toCheckLines } from '../text/checks.ts';
import { counted } from '../text/table.ts';
import { parseName } from './arguments.ts';
import { type CommandSet, toExamples } from './command-set.ts';

interface TestOptions {
  readonly tenantUrl?: string;
  readonly token?: string;
  readonly tokenFile?: string;
}

/** `test-connection` */
export const addTestConnection: CommandSet = (program, open) => {
  program
    .command('test-connection')
    .argument('[tenant]', 'its name; not needed with --tenant-url', parseName)
    .option('--tenant-url <url>', "the Tenant URL, as the customer's administrator pasted it")
    .option('--token-file <file>', 'a file that holds the secret token; - for standard input')
    .option('--token <token>', 'the secret token; others on this machine may see it')
    .description(
      'does what "Test connection" does: real SCIM requests with a token; and warns of a mapping that goes wrong',
    )
    .addHelpText(
      'after',
      `${toExamples(
        ['test-connection acme', 'asks for the token'],
        ['test-connection acme --token-file ./token', ''],
        [
          'test-connection --tenant-url https://… --token-file -',
          "without AWS credentials, as a customer's machine would",
        ],
      )}

With a tenant's name it also looks at the externalIds that there are: Entra's default mapping makes them of mailNickname,
which is neither unique nor lasting; mapped from objectId they are GUIDs.`,
    )
    .action(async (tenant: string | undefined, options: TestOptions, command: Command) => {
      await testConnection(open(command), tenant, options);
    });
};

async function testConnection(session: Session, tenant: string | undefined, options: TestOptions): Promise<void> {
  if (tenant === undefined && options.tenantUrl === undefined) {
    throw new CliError('name a tenant, or give its --tenant-url', { exitCode: exitCodes.usage });
  }
  const token = await readToken(session, options);
  const tenantUrl = options.tenantUrl ?? (await findTenantUrl(session, tenant ?? ''));
  const { fetch, newId, signal } = session.dependencies;
  const checks: Check[] = [];
  for await (const check of checkConnection({ fetch, tenantUrl, token, randomId: newId(), signal })) {
    checks.push(check);
    if (!session.options.json) session.terminal.print(toCheckLines([check]));
  }
  const warnings = tenant === undefined ? [] : await findWarnings(session, tenant);
  if (session.options.json) session.terminal.print(`${JSON.stringify({ tenantUrl, checks, warnings })}\n`);
  else session.terminal.print(warnings.map((warning) => `! ${warning}\n`).join(''));
  const failed = checks.filter(({ ok }) => !ok).length;
  if (failed > 0) throw new CliError(`${counted(failed, 'check')} failed`);
}

async function readToken(session: Session, { token, tokenFile }: TestOptions): Promise<string> {
  if (token !== undefined && tokenFile !== undefined) {
    throw new CliError('give either --token or --token-file', { exitCode: exitCodes.usage });
  }
  const text = token ?? (await readTokenText(session, tokenFile));
  // A header takes nothing else; and a token has no blanks.
  if (/^[\x21-\x7e]+$/.test(text.trim())) return text.trim();
  throw new CliError('there is no token: expected one line, as it was shown when it was issued', {
    exitCode: exitCodes.usage,
  });
}

async function readTokenText({ terminal }: Session, file: string | undefined): Promise<string> {
  if (file === '-') return await terminal.readInput();
  if (file !== undefined) {
    return await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      throw new CliError(`cannot read the token file ${file}: ${cause.code}`, { exitCode: exitCodes.usage, cause });
    });
  }
  if (terminal.isInteractive) return await terminal.askSecret('Secret token (not shown): ');
  throw new CliError('give the token: --token-file <file>, or - for standard input', { exitCode: exitCodes.usage });
}

async function findTenantUrl(session: Session, tenant: string): Promise<string> {
  const { api } = await session.connect();
  return (await api.call('showTenant', { path: { tenant } })).tenantUrl;
}

async function findWarnings(session: Session, tenant: string): Promise<readonly string[]> {
  const { api } = await session.connect();
  let users = 0;
  let suspect = 0;
  let example: string | undefined;
  for await (const page of pagesOf((after) => api.call('checkExternalIds', { path: { tenant }, query: { after } }))) {
    users += page.users;
    suspect += page.suspect;
    example ??= page.examples[0];
    session.terminal.progress(`${users} externalIds looked at`);
  }
  session.terminal.endProgress();
  if (suspect === 0) return [];
  const which = example === undefined ? '' : ` (one is the user ${example})`;
  return [
    `${suspect} of ${counted(users, 'user')} have an externalId that is no GUID${which}. In Entra map externalId from ` +
      'objectId: mailNickname, the default, is not unique and changes.',
  ];
}
