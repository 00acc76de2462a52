import type { Command } from 'commander';
import type { Cycle } from '../../lambda/contract/admin-messages.ts';
import { CliError, exitCodes } from '../failure.ts';
import type { Session } from '../session.ts';
import { toTable } from '../text/table.ts';
import { toTime } from '../text/times.ts';
import { chooseApplication, momentBefore, parseName } from './arguments.ts';
import { type CommandSet, toExamples } from './command-set.ts';

interface CyclesOptions {
  readonly unhealthy?: boolean;
  readonly application?: string;
  readonly from?: string;
}

/** `cycles …` */
export const addCycles: CommandSet = (program, open, now) => {
  const cycles = program
    .command('cycles')
    .argument('[tenant]', 'its name', parseName)
    .option('--unhealthy', 'what the watcher found, of every tenant of the region')
    .option('--application <name>', 'of one application only', parseName)
    .option('--from <time>', 'that began since then: 2026-11-22, 24h, 7d', momentBefore(now))
    .description("sync cycles of a tenant, newest first, or the region's unhealthy tenants")
    .addHelpText(
      'after',
      toExamples(
        ['cycles --unhealthy', 'who needs attention, why, and the article of the runbook'],
        ['cycles acme --from 24h', 'what a customer has synced since yesterday'],
        ['cycles mute acme', 'the customer has switched provisioning off'],
      ),
    )
    .action(async (tenant: string | undefined, options: CyclesOptions, command: Command) => {
      const session = open(command);
      if (options.unhealthy === true) {
        if (tenant !== undefined) {
          throw new CliError('--unhealthy looks at every tenant: name none', { exitCode: exitCodes.usage });
        }
        await listUnhealthy(session);
        return;
      }
      if (tenant === undefined) {
        throw new CliError('name a tenant, or ask for those that are not well', {
          advice: 'scim-stack cycles <tenant>, or scim-stack cycles --unhealthy',
          exitCode: exitCodes.usage,
        });
      }
      await listCycles(session, tenant, options);
    });
  for (const [name, muted] of [
    ['mute', true],
    ['unmute', false],
  ] as const) {
    cycles
      .command(name)
      .argument('<tenant>', 'its name', parseName)
      .argument('[application]', 'its name; may be left out where the tenant has one only', parseName)
      .description(muted ? 'the watcher says nothing about it any more' : 'the watcher looks at it again')
      .addHelpText('after', toExamples([`cycles ${name} acme`, ''], [`cycles ${name} acme okta`, '']))
      .action(async (tenant: string, asked: string | undefined, _options: object, command: Command) => {
        const session = open(command);
        const connection = await session.connect();
        const path = { tenant, application: await chooseApplication(connection, tenant, asked) };
        const changed = await connection.api.call('muteApplication', { path, body: { muted } });
        const state = changed.muted ? 'muted' : 'watched';
        session.answer(changed, () => `${tenant}/${path.application} is ${state}.\n`);
      });
  }
};

async function listCycles(session: Session, tenant: string, { application, from }: CyclesOptions): Promise<void> {
  const { api } = await session.connect();
  const found = await api.call('listCycles', { path: { tenant }, query: { application, from } });
  session.answer(found, () =>
    found.cycles.length === 0
      ? `no sync cycle of ${tenant}${from === undefined ? '' : ` since ${toTime(from)}`}\n`
      : toTable(found.cycles, [
          { title: 'APPLICATION', value: ({ application }) => application },
          { title: 'START', value: ({ start }) => toTime(start) },
          { title: 'LAST REQUEST', value: (cycle) => `${toTime(cycle.last)}${cycle.open ? ' (open)' : ''}` },
          { title: 'REQUESTS', value: ({ requests }) => requests, align: 'right' },
          { title: 'CREATED', value: ({ creates }) => creates, align: 'right' },
          { title: 'UPDATED', value: ({ updates }) => updates, align: 'right' },
          { title: 'DEACTIVATED', value: ({ deactivations }) => deactivations, align: 'right' },
          { title: 'REACTIVATED', value: ({ reactivations }) => reactivations, align: 'right' },
          { title: 'DELETED', value: ({ deletes }) => deletes, align: 'right' },
          { title: 'MEMBERS', value: toMembers, align: 'right' },
          { title: 'P50 MS', value: ({ latencyMs }) => Math.round(latencyMs.p50), align: 'right' },
          { title: 'P95 MS', value: ({ latencyMs }) => Math.round(latencyMs.p95), align: 'right' },
          { title: 'FAILED', value: toFailures },
        ]),
  );
}

function toMembers({ membersAdded, membersRemoved }: Cycle): string {
  return `+${membersAdded} -${membersRemoved}`;
}

/** `12 (409 uniqueness: 10, 500: 2)` */
function toFailures({ failed, failures }: Cycle): string {
  const kinds = Object.entries(failures).filter(([, count]) => count > 0);
  const list = kinds.map(([kind, count]) => `${kind}: ${count}`).join(', ');
  return list === '' ? String(failed) : `${failed} (${list})`;
}

async function listUnhealthy(session: Session): Promise<void> {
  const { api } = await session.connect();
  const found = await api.call('listUnhealthy', { query: { unhealthy: 'true' } });
  session.answer(found, () =>
    found.unhealthy.length === 0
      ? 'Every sync is healthy.\n'
      : toTable(found.unhealthy, [
          { title: 'TENANT', value: ({ tenant }) => tenant },
          { title: 'APPLICATION', value: ({ application }) => application },
          { title: 'REASON', value: ({ reason }) => reason },
          { title: 'SINCE', value: ({ since }) => toTime(since) },
          { title: 'CAUSE', value: ({ cause }) => cause },
          { title: 'ARTICLE', value: ({ article }) => article },
        ]),
  );
}
