import type { Command } from 'commander';
import * as z from 'zod';
import type { AdminClient } from '../admin/admin-client.ts';
import { CliError } from '../failure.ts';
import type { Session } from '../session.ts';
import { counted, toFields, toTable } from '../text/table.ts';
import { parseName, wholeNumber } from './arguments.ts';
import { type CommandSet, toExamples } from './command-set.ts';
import { isId } from './find-user.ts';
import { addLifecycle } from './lifecycle.ts';

/** The parts of a SCIM list that are shown (RFC 7644 §3.4.2); the resources stay as they are. */
const ListSchema = z.object({
  totalResults: z.number(),
  startIndex: z.number().default(1),
  Resources: z.array(z.record(z.string(), z.unknown())).default([]),
});
type Resource = Readonly<Record<string, unknown>>;

/** How `users` and `groups` differ. */
interface Kind {
  readonly noun: 'user' | 'group';
  readonly command: 'users' | 'groups';
  readonly list: 'listUsers' | 'listGroups';
  readonly show: 'showUser' | 'showGroup';
  /** By which a person knows one. */
  readonly key: 'userName' | 'displayName';
  readonly columns: readonly string[];
  readonly filter: string;
}

const users: Kind = {
  noun: 'user',
  command: 'users',
  list: 'listUsers',
  show: 'showUser',
  key: 'userName',
  columns: ['id', 'userName', 'displayName', 'externalId'],
  filter: 'active eq false',
};

const groups: Kind = {
  noun: 'group',
  command: 'groups',
  list: 'listGroups',
  show: 'showGroup',
  key: 'displayName',
  columns: ['id', 'displayName', 'externalId'],
  filter: 'displayName sw "Sales"',
};

/** `users …` and `groups …` */
export const addResources: CommandSet = (program, open) => {
  for (const kind of [users, groups]) {
    const { noun, command: name, key } = kind;
    const parent = program.command(name).description(`the ${name} of a tenant, as identity providers see them`);
    parent
      .command('list')
      .argument('<tenant>', 'its name', parseName)
      .option('--filter <expression>', 'a SCIM filter (RFC 7644 §3.4.2.2)')
      .option('--start-index <n>', 'the first to show (default: 1)', wholeNumber(1, 100_000_000))
      .option('--count <n>', 'how many at most (default: 100)', wholeNumber(1, 1_000))
      .description(`lists ${name}`)
      .addHelpText('after', toExamples([`${name} list acme`, ''], [`${name} list acme --filter '${kind.filter}'`, '']))
      .action(async (tenant: string, options: ListOptions, command: Command) => {
        await listResources(open(command), kind, tenant, options);
      });
    parent
      .command('show')
      .argument('<tenant>', 'its name', parseName)
      .argument(`<${noun}>`, `id or ${key}`)
      .description(`shows a ${noun} with all that is known`)
      .addHelpText(
        'after',
        toExamples([`${name} show acme ${noun === 'user' ? 'ada@example.com' : '"Sales EU"'}`, `by ${key}`]),
      )
      .action(async (tenant: string, idOrKey: string, _options: object, command: Command) => {
        const session = open(command);
        const { api } = await session.connect();
        const resource = await findResource(api, kind, tenant, idOrKey);
        session.answer(resource, () => toFields(flatten(resource)));
      });
    if (kind === users) addLifecycle(parent, open);
  }
};

interface ListOptions {
  readonly filter?: string;
  readonly startIndex?: number;
  readonly count?: number;
}

async function listResources(session: Session, kind: Kind, tenant: string, options: ListOptions): Promise<void> {
  const { api } = await session.connect();
  const { filter, startIndex, count = 100 } = options;
  const query = { filter, startIndex: startIndex?.toString(), count: String(count) };
  const answer = await api.call(kind.list, { path: { tenant }, query });
  const list = toList(answer);
  session.answer(answer, () => {
    const { Resources: found, totalResults, startIndex: first } = list;
    if (found.length === 0) return `${counted(totalResults, kind.noun)}${totalResults === 0 ? '' : ' in all'}\n`;
    const columns = kind.columns.map((name) => ({
      title: name.toUpperCase(),
      value: (row: Resource) => toText(row[name]),
    }));
    if (kind === users)
      columns.push({ title: 'STATE', value: ({ active }) => (active === false ? 'deactivated' : 'active') });
    const last = first + found.length - 1;
    const rest = last < totalResults ? `: go on with --start-index ${last + 1}` : '';
    return `${toTable(found, columns)}\n${first}-${last} of ${counted(totalResults, kind.noun)}${rest}\n`;
  });
}

async function findResource(api: AdminClient, kind: Kind, tenant: string, idOrKey: string): Promise<Resource> {
  if (isId(idOrKey)) return await api.call(kind.show, { path: { tenant, id: idOrKey } });
  const filter = `${kind.key} eq ${JSON.stringify(idOrKey)}`;
  const { Resources: found } = toList(await api.call(kind.list, { path: { tenant }, query: { filter } }));
  const [first, ...others] = found;
  if (first === undefined) {
    throw new CliError(`${tenant} has no ${kind.noun} whose ${kind.key} is ${JSON.stringify(idOrKey)}`);
  }
  const ids = found.map(({ id }) => String(id));
  if (others.length > 0) {
    throw new CliError(`${tenant} has ${found.length} ${kind.command} of that ${kind.key}`, {
      advice: `Say which by its id: ${ids.join(', ')}`,
    });
  }
  // A list may leave out what a single answer has.
  return await api.call(kind.show, { path: { tenant, id: ids[0] ?? '' } });
}

function toList(answer: unknown): z.infer<typeof ListSchema> {
  const { success, data } = ListSchema.safeParse(answer);
  if (!success) throw new CliError('the answer is no SCIM list: expected totalResults and Resources');
  return data;
}

/** Every value of a resource by its path, such as `emails[0].value`. */
function flatten(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.flatMap((item, index) => flatten(item, `${path}[${index}]`));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) => flatten(inner, path === '' ? name : `${path}.${name}`));
  }
  return [[path, toText(value) ?? '']];
}

function toText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
