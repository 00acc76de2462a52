import type { LogEntry } from '../../lambda/contract/log-messages.ts';
import { toCsvLine } from '../text/csv.ts';
import { toTable } from '../text/table.ts';
import { toTime } from '../text/times.ts';

/** Entries of the provisioning log for a person. */
export function toLogTable(entries: readonly LogEntry[], isMore: boolean): string {
  if (entries.length === 0) return isMore ? 'no entry so far: a narrower --from and --to finds more\n' : 'no entry\n';
  const table = toTable(entries, [
    { title: 'TIME', value: ({ time }) => toTime(time) },
    { title: 'APPLICATION', value: ({ application }) => application },
    { title: 'OPERATION', value: ({ operation }) => operation },
    { title: 'OUTCOME', value: ({ outcome }) => outcome },
    { title: 'TYPE', value: ({ resource }) => resource?.type },
    { title: 'ID', value: ({ resource }) => resource?.id },
    { title: 'NAME', value: ({ names }) => names.userName ?? names.displayName },
    { title: 'EXTERNAL ID', value: ({ names }) => names.externalId },
    { title: 'STATUS', value: toStatus },
    { title: 'WHAT', value: toWhat },
    { title: 'CYCLE', value: ({ cycle }) => toTime(cycle) },
    { title: 'REQUEST', value: ({ requestId }) => requestId },
  ]);
  return isMore ? `${table}\nThere are more: --limit, or --to ${toTime(entries.at(-1)?.time)}\n` : table;
}

const columns: readonly (readonly [title: string, value: (entry: LogEntry) => string | number | undefined])[] = [
  ['time', ({ time }) => time],
  ['application', ({ application }) => application],
  ['requestId', ({ requestId }) => requestId],
  ['operation', ({ operation }) => operation],
  ['outcome', ({ outcome }) => outcome],
  ['resourceType', ({ resource }) => resource?.type],
  ['id', ({ resource }) => resource?.id],
  ['userName', ({ names }) => names.userName],
  ['externalId', ({ names }) => names.externalId],
  ['displayName', ({ names }) => names.displayName],
  ['version', ({ version }) => version],
  ['status', ({ status }) => status],
  ['scimType', ({ scimType }) => scimType],
  ['detail', ({ detail }) => detail],
  ['changes', toChanges],
  ['membersAdded', ({ membersAdded }) => membersAdded.join(' ')],
  ['membersRemoved', ({ membersRemoved }) => membersRemoved.join(' ')],
  ['cycle', ({ cycle }) => cycle],
  ['purged', ({ purged }) => (purged === true ? 'yes' : undefined)],
];

export const CSV_HEADER = toCsvLine(columns.map(([title]) => title));

export function toCsvRow(entry: LogEntry): string {
  return toCsvLine(columns.map(([, value]) => value(entry)));
}

/** `409 uniqueness` */
function toStatus({ status, scimType }: LogEntry): string | undefined {
  return status === undefined ? undefined : [status, scimType].filter((part) => part !== undefined).join(' ');
}

const MAX_WHAT_LENGTH = 100;

/** What changed, or why nothing did, at a glance; CSV and JSON have all of it. */
function toWhat(entry: LogEntry): string | undefined {
  const { membersAdded, membersRemoved, detail, facts, purged } = entry;
  const members = membersAdded.length + membersRemoved.length;
  const parts = [
    purged === true ? 'personal data purged' : '',
    detail ?? '',
    toChanges(entry),
    members === 0 ? '' : `members +${membersAdded.length} -${membersRemoved.length}`,
    toTransfer(entry),
    entry.role === undefined ? '' : `access role ${entry.role.from ?? '(none)'} -> ${entry.role.to ?? '(none)'}`,
    Object.entries(facts ?? {})
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  ];
  const text = parts.filter((part) => part !== '').join('; ');
  return text.length > MAX_WHAT_LENGTH ? `${text.slice(0, MAX_WHAT_LENGTH)}…` : text;
}

function toTransfer({ transfer }: LogEntry): string {
  if (transfer === undefined) return '';
  const { ownerships, offices, to } = transfer;
  const owned = ownerships.length === 0 ? [] : [`${ownerships.length} ownerships`];
  return `${[...offices, ...owned].join(', ')} to ${to}`;
}

/** `title, name.givenName`; with values where they were shown: `title: "Countess" -> gone`. */
function toChanges({ changes }: LogEntry): string {
  return changes
    .map(({ path, before, after }) => {
      if (before === undefined && after === undefined) return path;
      const is = after === undefined ? 'gone' : JSON.stringify(after);
      return before === undefined ? `${path}: ${is}` : `${path}: ${JSON.stringify(before)} -> ${is}`;
    })
    .join(', ');
}
