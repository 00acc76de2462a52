import type { Command } from 'commander';
import type { ParkedChange } from '../../lambda/contract/event-messages.ts';
import { pagesOf } from '../admin/pages.ts';
import type { Session } from '../session.ts';
import { counted, toTable } from '../text/table.ts';
import { toTime } from '../text/times.ts';
import { chooseTenant, momentBefore, parseName } from './arguments.ts';
import { type CommandSet, type OpenSession, toExamples } from './command-set.ts';

/** `events …` */
export const addEvents: CommandSet = (program, open, now) => {
  const events = program
    .command('events')
    .description('the change feed: publish again what a consumer has missed; what could not be published');
  addReplay(events, open, now);
  addParked(events, open);
};

interface ReplayOptions {
  readonly tenant?: string;
  readonly from: string;
  readonly to?: string;
}

function addReplay(events: Command, open: OpenSession, now: () => Date): void {
  events
    .command('replay')
    .argument('[tenant]', 'its name', parseName)
    .option('--tenant <name>', 'the same', parseName)
    .requiredOption('--from <time>', 'what happened since then: 2026-11-22, 90m, 24h, 7d', momentBefore(now))
    .option('--to <time>', 'and before then (default: until now)', momentBefore(now))
    .description('publishes events again, under the same ids; tries first what was parked')
    .addHelpText(
      'after',
      toExamples(
        ['events replay acme --from 24h', 'after a fault of the consumer'],
        ['events replay --tenant acme --from 2026-11-22T09:00:00Z --to 2026-11-22T10:00:00Z', ''],
      ),
    )
    .action(async (asked: string | undefined, options: ReplayOptions, command: Command) => {
      await replay(open(command), chooseTenant(asked, options.tenant), options);
    });
}

async function replay(session: Session, tenant: string, { from, to }: ReplayOptions): Promise<void> {
  const { api } = await session.connect();
  const total = { recovered: 0, stillParked: 0, published: 0 };
  // The end is set once, or what happens meanwhile would be published again for as long as the replay takes.
  const until = to ?? session.dependencies.now().toISOString();
  try {
    const pages = pagesOf((after) => {
      const position = after === undefined ? {} : { after };
      return api.call('replayEvents', { path: { tenant }, body: { from, to: until, ...position } });
    });
    for await (const { recovered, stillParked, published } of pages) {
      total.recovered += recovered;
      total.stillParked += stillParked;
      total.published += published;
      session.terminal.progress(`${tenant}: ${counted(total.published, 'event')} published`);
    }
  } finally {
    session.terminal.endProgress();
  }
  session.answer({ tenant, from, to: until, ...total }, () => {
    const events = `${counted(total.published, 'event')} of ${tenant} published.`;
    if (total.recovered + total.stillParked === 0) return `${events}\n`;
    const parked = `${counted(total.recovered, 'parked change')} recovered, ${total.stillParked} still parked`;
    return `${events} ${parked}: scim-stack events parked ${tenant}\n`;
  });
}

function addParked(events: Command, open: OpenSession): void {
  events
    .command('parked')
    .argument('[tenant]', 'its name', parseName)
    .option('--tenant <name>', 'the same', parseName)
    .description('changes that no event could be made of: when, and why; never what they hold')
    .addHelpText('after', toExamples(['events parked acme', 'then: scim-stack events replay acme --from 24h']))
    .action(async (asked: string | undefined, options: { readonly tenant?: string }, command: Command) => {
      await listParked(open(command), chooseTenant(asked, options.tenant));
    });
}

async function listParked(session: Session, tenant: string): Promise<void> {
  const { api } = await session.connect();
  const found: ParkedChange[] = [];
  for await (const { parked } of pagesOf((after) => api.call('listParked', { path: { tenant }, query: { after } }))) {
    found.push(...parked);
  }
  session.answer({ tenant, parked: found }, () =>
    found.length === 0
      ? `Nothing of ${tenant} is parked.\n`
      : toTable(found, [
          { title: 'PARKED', value: ({ time }) => toTime(time) },
          { title: 'CHANGE', value: ({ id }) => id },
          { title: 'REASON', value: ({ reason }) => reason },
        ]),
  );
}
