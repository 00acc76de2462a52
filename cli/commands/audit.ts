import type { Command } from 'commander';
import type { AuditRecord } from '../../lambda/contract/admin-messages.ts';
import { pagesOf } from '../admin/pages.ts';
import type { Session } from '../session.ts';
import { toTable } from '../text/table.ts';
import { toTime } from '../text/times.ts';
import { momentBefore, parseName, wholeNumber } from './arguments.ts';
import { type CommandSet, toExamples } from './command-set.ts';

interface AuditOptions {
  readonly from?: string;
  readonly to?: string;
  readonly actor?: string;
  readonly tenant?: string;
  readonly limit: number;
}

/** `audit` */
export const addAudit: CommandSet = (program, open, now) => {
  program
    .command('audit')
    .option('--from <time>', 'since then: 2026-11-22, 24h, 7d', momentBefore(now))
    .option('--to <time>', 'until then', momentBefore(now))
    .option('--actor <text>', "part of the principal's ARN: a role, a user, a session")
    .option('--tenant <tenant>', 'of one tenant only', parseName)
    .option('--limit <n>', 'how many at most', wholeNumber(1, 100_000), 100)
    .description('what operators changed, newest first: who, what, before and after')
    .addHelpText(
      'after',
      toExamples(
        ['audit --from 7d', 'the last week'],
        ['audit --tenant acme --actor jo@example.com', 'what one person did to one tenant'],
        ['audit --from 2026-11-01 --to 2026-12-01 --limit 100000 --json', 'a month, for an auditor'],
      ),
    )
    .action(async (options: AuditOptions, command: Command) => {
      await listAudit(open(command), options);
    });
};

async function listAudit(session: Session, { limit, ...query }: AuditOptions): Promise<void> {
  const { api } = await session.connect();
  const records: AuditRecord[] = [];
  let isMore = false;
  for await (const page of pagesOf((after) => api.call('listAudit', { query: { ...toQuery(query), after } }))) {
    records.push(...page.records);
    isMore = records.length > limit || (records.length === limit && page.next !== undefined);
    session.terminal.progress(`${records.length} records`);
    if (records.length >= limit) break;
  }
  session.terminal.endProgress();
  const shown = records.slice(0, limit);
  session.answer({ records: shown, isMore }, () =>
    shown.length === 0
      ? 'no record\n'
      : `${toTable(shown, [
          { title: 'TIME', value: ({ time }) => toTime(time) },
          { title: 'WHO', value: ({ principal }) => principal },
          { title: 'WHAT', value: ({ action }) => action },
          { title: 'TENANT', value: ({ tenant }) => tenant },
          { title: 'APPLICATION', value: ({ application }) => application },
          { title: 'CHANGE', value: ({ before, after }) => toChange(before, after) },
        ])}${isMore ? `\nThere are more: --limit, or --to ${toTime(shown.at(-1)?.time)}\n` : ''}`,
  );
}

function toQuery({ from, to, actor, tenant }: Omit<AuditOptions, 'limit'>) {
  return { from, to, actor, tenant };
}

const MAX_CHANGE_LENGTH = 100;

/** What differs between before and after, at a glance; `--json` has all of it. */
function toChange(before: unknown, after: unknown): string | undefined {
  const [old, fresh] = [toMembers(before), toMembers(after)];
  const changes = [...new Set([...old.keys(), ...fresh.keys()])].flatMap((name) => {
    const [was, is] = [old.get(name), fresh.get(name)];
    if (was === is) return [];
    const label = name === '' ? '' : `${name}: `;
    if (was === undefined) return [`${label}${is}`];
    return [`${label}${was} -> ${is ?? 'gone'}`];
  });
  const text = changes.join(', ');
  if (text === '') return undefined;
  return text.length > MAX_CHANGE_LENGTH ? `${text.slice(0, MAX_CHANGE_LENGTH)}…` : text;
}

/** Every value by its path; of what is no object itself, under no name. */
function toMembers(value: unknown, path = ''): ReadonlyMap<string, string> {
  if (value === undefined || value === null) return new Map();
  if (typeof value === 'string') return new Map([[path, value]]);
  if (typeof value !== 'object' || Array.isArray(value)) return new Map([[path, JSON.stringify(value)]]);
  const entries = Object.entries(value).flatMap(([name, inner]) => [
    ...toMembers(inner, path === '' ? name : `${path}.${name}`),
  ]);
  return new Map(entries);
}
