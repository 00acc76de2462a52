import { type Command, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import type { GuardAnswer, HeldAnswer } from '../../lambda/contract/guard-routes.ts';
import type { AdminClient } from '../admin/admin-client.ts';
import { pagesOf } from '../admin/pages.ts';
import { CliError, exitCodes } from '../failure.ts';
import type { Connection, Session } from '../session.ts';
import { counted, toTable } from '../text/table.ts';
import { toTime } from '../text/times.ts';
import { chooseApplication, parseActor, parseName, wholeNumber } from './arguments.ts';
import { type CommandSet, type OpenSession, toExamples } from './command-set.ts';
import { findUserId } from './find-user.ts';

/** `guard …`: what stops an identity provider that takes too many away at once. */
export const addGuard: CommandSet = (program, open) => {
  const guard = program
    .command('guard')
    .description('the guard against mass deprovisioning: what it counts, what it holds back, and what becomes of that');
  addShow(guard, open);
  addList(guard, open);
  addDecision(guard, open, 'release');
  addDecision(guard, open, 'reject');
  addDecision(guard, open, 'clear');
  addSet(guard, open);
};

function addShow(guard: Command, open: OpenSession): void {
  guard
    .command('show')
    .argument('<tenant>', 'its name', parseName)
    .description(
      'tells of each application what went within the window, how much may, and whether the guard has tripped',
    )
    .addHelpText('after', toExamples(['guard show acme', 'windows and limits']))
    .action(async (tenant: string, _options: object, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const { guards } = await api.call('listGuards', { path: { tenant } });
      session.answer({ tenant, guards }, () => `${toGuardTable(guards)}${guards.map(toTripText).join('')}`);
    });
}

function toGuardTable(guards: readonly GuardAnswer[]): string {
  const share = (of: 'users' | 'memberships') => (guard: GuardAnswer) => `${guard.counted[of]} of ${guard.limit[of]}`;
  return toTable(guards, [
    { title: 'APPLICATION', value: ({ application }) => application },
    { title: 'MODE', value: ({ mode }) => mode },
    { title: 'WINDOW', value: ({ windowMinutes }) => `${windowMinutes} min` },
    { title: 'USERS', value: share('users'), align: 'right' },
    { title: 'MEMBERSHIPS', value: share('memberships'), align: 'right' },
    { title: 'STATE', value: toState },
  ]);
}

function toState({ tripped, rejectedAt, holds }: GuardAnswer): string {
  if (rejectedAt !== undefined) return 'rejects';
  if (tripped !== undefined) return tripped.mode === 'watch' ? 'would hold' : 'holds';
  return holds ? 'open, with requests still held' : 'open';
}

function toTripText({ application, tripped }: GuardAnswer): string {
  if (tripped === undefined) return '';
  const { at, what, counted: count, limit, mode, daysLeft } = tripped;
  const left = mode === 'watch' ? '' : `; Entra gives up in ${counted(daysLeft, 'day')}`;
  return `\n${application} tripped it at ${toTime(at)}: ${count} ${what} and no more than ${limit} may go${left}.\n`;
}

interface ApplicationOption {
  readonly application?: string;
}

function addList(guard: Command, open: OpenSession): void {
  guard
    .command('list')
    .argument('<tenant>', 'its name', parseName)
    .option('--application <name>', 'of which (default: the only one)', parseActor)
    .description('lists what is held back, names by their first letters')
    .addHelpText('after', toExamples(['guard list acme', 'who would go']))
    .action(async (tenant: string, options: ApplicationOption, command: Command) => {
      const session = open(command);
      const connection = await session.connect();
      const application = await chooseApplication(connection, tenant, options.application);
      const held = await readHeld(connection.api, tenant, application);
      session.answer({ tenant, application, held }, () =>
        held.length === 0 ? `Nothing by ${application} is held.\n` : toHeldTable(held),
      );
    });
}

async function readHeld(api: AdminClient, tenant: string, application: string): Promise<readonly HeldAnswer[]> {
  const held: HeldAnswer[] = [];
  const pages = pagesOf((after) =>
    api.call('listHeld', { path: { tenant, application }, query: after === undefined ? {} : { after } }),
  );
  for await (const page of pages) held.push(...page.held);
  return held;
}

function toHeldTable(held: readonly HeldAnswer[]): string {
  return toTable(held, [
    { title: 'TYPE', value: ({ type }) => type },
    { title: 'ID', value: ({ id }) => id },
    { title: 'NAME', value: ({ name }) => name },
    { title: 'REQUEST', value: ({ method, kept }) => (kept ? method : `${method} (too large to keep)`) },
    { title: 'MEMBERSHIPS', value: ({ memberships }) => memberships, align: 'right' },
    { title: 'SINCE', value: ({ since }) => toTime(since) },
    { title: 'STATE', value: ({ rejectedAt }) => (rejectedAt === undefined ? 'held' : 'rejected') },
  ]);
}

const decisions = {
  release: {
    operation: 'releaseHeld',
    done: 'released',
    description: 'does what is held, at once; what the identity provider sends again finds nothing to change',
    all: 'all of it; the guard opens, and its window begins anew',
    examples: [
      ['guard release acme --user ada@example.com', 'one'],
      ['guard release acme --all', 'everything: asks first'],
    ],
  },
  reject: {
    operation: 'rejectHeld',
    done: 'rejected',
    description: 'gives up what is held: such requests are answered 400 until that is cleared',
    all: 'all of it, and whatever else the application takes away',
    examples: [
      ['guard reject acme --user ada@example.com', 'she stays'],
      ['guard reject acme --all', 'nobody goes: asks first'],
    ],
  },
  clear: {
    operation: 'clearRejections',
    done: 'cleared',
    description: 'ends rejections: such requests are counted again',
    all: 'all of them; the window begins anew',
    examples: [['guard clear acme --all', 'once the identity provider has been put right']],
  },
} as const;
type Decision = keyof typeof decisions;

interface DecisionOptions extends ApplicationOption {
  readonly user?: string;
  readonly group?: string;
  readonly all?: boolean;
}

function addDecision(guard: Command, open: OpenSession, name: Decision): void {
  const { description, all, examples } = decisions[name];
  guard
    .command(name)
    .argument('<tenant>', 'its name', parseName)
    .option('--application <name>', 'of which (default: the only one)', parseActor)
    .option('--user <user>', 'id or userName')
    .option('--group <id>', 'id of a group')
    .option('--all', all)
    .description(description)
    .addHelpText('after', toExamples(...examples.map(([line, what]): [string, string] => [line, what])))
    .action(async (tenant: string, options: DecisionOptions, command: Command) => {
      const chosen = [options.user, options.group, options.all].filter((choice) => choice !== undefined);
      if (chosen.length !== 1) {
        throw new CliError('say what: --user, --group or --all', { exitCode: exitCodes.usage });
      }
      const session = open(command);
      const connection = await session.connect();
      const application = await chooseApplication(connection, tenant, options.application);
      if (options.all === true) await decideAll(session, connection, name, { tenant, application });
      else await decideOne(session, connection, name, { tenant, application, ...options });
    });
}

interface Names {
  readonly tenant: string;
  readonly application: string;
}

async function decideOne(
  session: Session,
  { api }: Connection,
  name: Decision,
  { tenant, application, user, group = '' }: Names & DecisionOptions,
): Promise<void> {
  const id = user === undefined ? group : await findUserId(api, tenant, user);
  const { operation, done } = decisions[name];
  const decided = await api.call(operation, { path: { tenant, application }, body: { id } });
  session.answer({ ...decided, id }, () => `${id} is ${done}.\n${toRest(decided)}`);
}

interface Decided {
  readonly failed: readonly { readonly type: string; readonly id: string; readonly status: number }[];
  readonly unkept: readonly { readonly type: string; readonly id: string }[];
}

async function decideAll(
  session: Session,
  { api }: Connection,
  name: Decision,
  { tenant, application }: Names,
): Promise<void> {
  const { operation, done } = decisions[name];
  if (name !== 'clear') {
    const { length } = (await readHeld(api, tenant, application)).filter(({ rejectedAt }) => rejectedAt === undefined);
    const consequence = { release: 'will be done at once', reject: 'will be given up and refused from now on' }[name];
    await session.confirm(`${counted(length, 'request')} of ${application} ${consequence}.`, tenant);
  }
  const failed: Decided['failed'][number][] = [];
  const unkept: Decided['unkept'][number][] = [];
  let decided = 0;
  const pages = pagesOf((after) =>
    api.call(operation, {
      path: { tenant, application },
      body: { all: true, ...(after === undefined ? {} : { after }) },
    }),
  );
  for await (const page of pages) {
    decided += page.decided;
    failed.push(...page.failed);
    unkept.push(...page.unkept);
  }
  session.answer({ tenant, application, decided, failed, unkept }, () => {
    return `${counted(decided, 'request')} of ${application} ${done}.\n${toRest({ failed, unkept })}`;
  });
}

/** What has not been done. */
function toRest({ failed, unkept }: Decided): string {
  return [
    ...failed.map(({ type, id, status }) => `! ${type} ${id} could not be done any more (${status})\n`),
    ...unkept.map(({ type, id }) => `! ${type} ${id} was too large to be kept: it is done once it is sent again\n`),
  ].join('');
}

interface SetOptions extends ApplicationOption {
  readonly mode?: string;
  readonly percent?: number;
  readonly atLeast?: number;
  readonly window?: number;
}

function addSet(guard: Command, open: OpenSession): void {
  guard
    .command('set')
    .argument('<tenant>', 'its name', parseName)
    .option('--application <name>', 'for that one alone, or @lifecycle (default: for all)', parseActor)
    .addOption(new Option('--mode <mode>', 'watch: nothing is held back, only told').choices(['off', 'watch', 'on']))
    .option('--percent <n>', 'of the active users, or the memberships, so many may go', toPercent)
    .option('--at-least <n>', 'so many may go whatever the percentage says', wholeNumber(1, 1_000_000))
    .option('--window <minutes>', 'within so many minutes', wholeNumber(1, 1_440))
    .description("changes the guard's section of the policy; holds within half a minute")
    .addHelpText(
      'after',
      toExamples(
        ['guard set acme --percent 10', 'stricter'],
        ['guard set acme --application okta --mode watch', 'only tell, of one application'],
      ),
    )
    .action(async (tenant: string, { application, mode, percent, atLeast, window }: SetOptions, command: Command) => {
      const asked = Object.entries({ mode, percent, atLeast, windowMinutes: window });
      const changes = Object.fromEntries(asked.filter(([, value]) => value !== undefined));
      if (Object.keys(changes).length === 0) {
        throw new CliError('nothing to set: --mode, --percent, --at-least or --window', { exitCode: exitCodes.usage });
      }
      const session = open(command);
      const { api } = await session.connect();
      const { policy, version } = await api.call('showPolicy', { path: { tenant } });
      const before = GuardSectionSchema.parse(policy['guard']);
      const own = before.applications[application ?? ''] ?? {};
      const after =
        application === undefined
          ? { ...before, ...changes }
          : { ...before, applications: { ...before.applications, [application]: { ...own, ...changes } } };
      const body = { policy: z.json().parse({ ...policy, guard: after }), version };
      const set = await api.call('setPolicy', { path: { tenant }, body });
      session.answer(set, () => `The guard of ${tenant} is set (policy version ${set.version}).\n`);
    });
}

const GuardSectionSchema = z.looseObject({
  applications: z.record(z.string(), z.looseObject({})).default({}),
});

function toPercent(text: string): number {
  const number = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && number <= 100) return number;
  throw new InvalidArgumentError('Expected a number from 0 to 100.');
}
