import { type Command, Option } from 'commander';
import type { LogEntry } from '../../lambda/contract/log-messages.ts';
import { OutcomeSchema } from '../../lambda/contract/log-messages.ts';
import type { AdminClient } from '../admin/admin-client.ts';
import { pagesOf } from '../admin/pages.ts';
import { CliError, exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';
import { counted } from '../text/table.ts';
import { momentBefore, parseActor, parseName, wholeNumber } from './arguments.ts';
import { type CommandSet, toExamples } from './command-set.ts';
import { CSV_HEADER, toCsvRow, toLogTable } from './report-text.ts';

interface ReportOptions {
  readonly tenant?: string;
  readonly user?: string;
  readonly application?: string;
  readonly from?: string;
  readonly to?: string;
  readonly outcome?: LogEntry['outcome'];
  readonly reveal?: boolean;
  readonly limit?: number;
  readonly format: 'table' | 'csv' | 'json';
}

/** Entries that a person is shown unless asked otherwise; a file gets all. */
const TABLE_LIMIT = 100;
const MAX_PAGE = 1_000;

/** `report …` */
export const addReport: CommandSet = (program, open, now) => {
  program
    .command('report')
    .argument('[tenant]', 'its name', parseName)
    .option('--tenant <tenant>', 'the same, as an option', parseName)
    .option('--user <user>', 'an id, or a userName or externalId that somebody has or had; of a group its id')
    .option('--application <name>', 'an application, or @operator, @application, @lifecycle', parseActor)
    .option('--from <time>', 'since then: 2026-11-22, 24h, 7d', momentBefore(now))
    .option('--to <time>', 'until then', momentBefore(now))
    .addOption(new Option('--outcome <outcome>', 'only of that outcome').choices(OutcomeSchema.options))
    .option('--reveal', 'show personal values; recorded, and an operator may')
    .option(
      '--limit <n>',
      `how many at most (default: ${TABLE_LIMIT} in a table, else all)`,
      wholeNumber(1, 10_000_000),
    )
    .addOption(
      new Option('--format <format>', 'a table, CSV, or one JSON object a line')
        .choices(['table', 'csv', 'json'])
        .default('table'),
    )
    .description('every provisioning action and its outcome, newest first: when, who, what, of whom, in which cycle')
    .addHelpText(
      'after',
      toExamples(
        ['report acme --user ada@example.com', 'what happened to one person, under every name that she had'],
        ['report acme --application entra --from 24h --outcome failed', 'what failed since yesterday'],
        ['report acme --from 2026-11-01 --to 2026-12-01 --format csv > acme.csv', 'a month, for an auditor'],
        ['report acme --user ada@example.com --reveal', 'with old and new values'],
      ),
    )
    .action(async (tenant: string | undefined, options: ReportOptions, command: Command) => {
      const session = open(command);
      await report(session, chooseTenant(tenant, options.tenant), options);
    });
};

function chooseTenant(argument: string | undefined, option: string | undefined): string {
  const name = argument ?? option;
  if (name !== undefined && (option === undefined || option === name)) return name;
  throw new CliError(name === undefined ? 'name a tenant' : `${name} and ${option} are two tenants: name one`, {
    advice: 'scim-stack report <tenant>',
    exitCode: exitCodes.usage,
  });
}

async function report(session: Session, tenant: string, options: ReportOptions): Promise<void> {
  const { api } = await session.connect();
  const { terminal } = session;
  const { format } = options;
  const isTable = format === 'table';
  const limit = options.limit ?? (isTable ? TABLE_LIMIT : Number.POSITIVE_INFINITY);
  const shown: LogEntry[] = [];
  let count = 0;
  let isMore = false;
  let isNameShared = false;
  if (format === 'csv') terminal.print(CSV_HEADER);
  for await (const page of pagesOf((after) => readPage(api, tenant, options, { after, limit: limit - count }))) {
    const entries = page.entries.slice(0, limit - count);
    if (isTable) shown.push(...entries);
    else
      terminal.print(
        entries.map((entry) => (format === 'csv' ? toCsvRow(entry) : `${JSON.stringify(entry)}\n`)).join(''),
      );
    count += entries.length;
    isMore = page.next !== undefined;
    isNameShared ||= page.moreUsers === true;
    terminal.progress(`${count} entries`);
    if (count >= limit) break;
  }
  terminal.endProgress();
  if (isNameShared)
    terminal.note('More users may have had that name than these entries are about: ask by their ids.\n');
  if (isTable) session.answer({ entries: shown, isMore }, () => toLogTable(shown, isMore));
  else if (isMore) terminal.note(`There are more than these ${counted(count, 'entry', 'entries')}: raise --limit.\n`);
}

/** Personal values come by a call of their own, which not everybody may make, and which is recorded. */
async function readPage(
  api: AdminClient,
  tenant: string,
  { user, application, from, to, outcome, reveal }: ReportOptions,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
) {
  const selection = { user, application, from, to, outcome, after };
  const size = Math.min(limit, MAX_PAGE);
  if (reveal !== true) {
    return await api.call('readLog', { path: { tenant }, query: { ...selection, limit: String(size) } });
  }
  return await api.call('revealLog', { path: { tenant }, body: { ...selection, limit: size } });
}
