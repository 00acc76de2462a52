import type { Command } from 'commander';
import type { Session } from '../session.ts';
import { counted } from '../text/table.ts';
import { toTime } from '../text/times.ts';
import { momentBefore, parseName } from './arguments.ts';
import { type CommandSet, toExamples } from './command-set.ts';

/** `log purge <tenant>`; the log is read by `report`. */
export const addLog: CommandSet = (program, open, now) => {
  const log = program.command('log').description('the provisioning log; scim-stack report reads it');
  log
    .command('purge')
    .argument('<tenant>', 'its name', parseName)
    .requiredOption('--before <time>', 'what is older goes: 2026-01-01, 365d', momentBefore(now))
    .description('deletes the older part of the provisioning log for good, and of the completed sync cycles')
    .addHelpText(
      'after',
      `${toExamples(
        ['log purge acme --before 365d', 'keeps a year; asks for the name'],
        ['log purge acme --before 2026-01-01 --yes', 'for programs'],
      )}

The log is never shortened by itself. The last 24 hours stay. What was interrupted goes on when it is called again.`,
    )
    .action(async (tenant: string, { before }: { readonly before: string }, command: Command) => {
      await purgeLog(open(command), tenant, before);
    });
};

async function purgeLog(session: Session, tenant: string, before: string): Promise<void> {
  const { api } = await session.connect();
  const { terminal } = session;
  await session.confirm(
    `What the provisioning log of ${tenant} has of before ${toTime(before)} is deleted for good, completed sync cycles included.`,
    tenant,
  );
  let deleted = 0;
  try {
    for (let done = false; !done; ) {
      terminal.progress(`purging the log of ${tenant}: ${deleted} items so far`);
      const progress = await api.call('purgeLog', { path: { tenant }, body: { confirm: tenant, before } });
      deleted += progress.deleted;
      done = progress.done;
    }
  } catch (error) {
    terminal.note(`The purge is not finished (${deleted} items so far): call the command again, and it goes on.\n`);
    throw error;
  } finally {
    terminal.endProgress();
  }
  session.answer({ tenant, before, deleted }, () => `${counted(deleted, 'item')} of before ${toTime(before)} gone.\n`);
}
