import type { Command } from 'commander';
import type { DeletedUser, Due } from '../../lambda/contract/lifecycle-messages.ts';
import type { AdminClient } from '../admin/admin-client.ts';
import { pagesOf } from '../admin/pages.ts';
import { CliError } from '../failure.ts';
import type { Session } from '../session.ts';
import { counted, toTable } from '../text/table.ts';
import { toTime } from '../text/times.ts';
import { parseName, wholeNumber } from './arguments.ts';
import { type CommandSet, type OpenSession, toExamples } from './command-set.ts';
import { findUserId, isId } from './find-user.ts';

/** `users delete`, `users restore`, `users purge` and `users deleted` */
export function addLifecycle(users: Command, open: OpenSession): void {
  addDelete(users, open);
  addDeleted(users, open);
  addRestore(users, open);
  addPurge(users, open);
}

function addDelete(users: Command, open: OpenSession): void {
  users
    .command('delete')
    .argument('<tenant>', 'its name', parseName)
    .argument('<user>', 'id or userName')
    .description('deletes a user whom the identity provider will not; can be restored while the retention lasts')
    .addHelpText('after', toExamples(['users delete acme ada@example.com', 'asks first; see "users restore"']))
    .action(async (tenant: string, user: string, _options: object, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const id = await findUserId(api, tenant, user);
      const consequence =
        `${user} (${id}) will be gone for the identity provider and the application at once. If the identity provider still\n` +
        'manages this user, it may create it again.';
      await session.confirm(consequence, tenant);
      const deleted = await api.call('deleteUser', { path: { tenant, id }, body: {} });
      session.answer(deleted, () => `${id} is deleted. Bring it back: scim-stack users restore ${tenant} ${id}\n`);
    });
}

function addDeleted(users: Command, open: OpenSession): void {
  users
    .command('deleted')
    .argument('<tenant>', 'its name', parseName)
    .description('lists deleted users, and until when each can be restored')
    .addHelpText('after', toExamples(['users deleted acme', 'ids, names, times']))
    .action(async (tenant: string, _options: object, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const found = await readDeleted(session, api, tenant);
      session.answer({ users: found }, () =>
        found.length === 0
          ? `${tenant} has no deleted user.\n`
          : toTable(found, [
              { title: 'ID', value: ({ id }) => id },
              { title: 'USERNAME', value: ({ userName }) => userName },
              { title: 'EXTERNALID', value: ({ externalId }) => externalId },
              { title: 'DELETED', value: ({ deletedAt }) => toTime(deletedAt) },
              { title: 'BY', value: ({ deletedBy }) => deletedBy },
              { title: 'RESTORABLE UNTIL', value: ({ restorableUntil }) => toTime(restorableUntil) },
            ]),
      );
    });
}

function addRestore(users: Command, open: OpenSession): void {
  users
    .command('restore')
    .argument('<tenant>', 'its name', parseName)
    .argument('<user>', 'id, or the userName of before')
    .description('brings a deleted user back: same id, same attributes, same groups')
    .addHelpText('after', toExamples(['users restore acme ada@example.com', 'after a mistaken deletion']))
    .action(async (tenant: string, user: string, _options: object, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const id = await findDeleted(session, api, tenant, user);
      const restored = await api.call('restoreUser', { path: { tenant, id }, body: {} });
      session.answer(restored, () => {
        const { groups, skipped, done } = restored;
        const lines = [`${id} is there again, in ${counted(groups.length, 'group')} as before.`];
        if (skipped.length > 0) lines.push(`Groups that are gone were skipped: ${skipped.join(', ')}`);
        if (!done) lines.push('More groups follow within minutes.');
        return `${lines.join('\n')}\n`;
      });
    });
}

function addPurge(users: Command, open: OpenSession): void {
  users
    .command('purge')
    .argument('<tenant>', 'its name', parseName)
    .argument('<user>', 'id, or the userName of before; must be deleted')
    .description('erases the personal data of a deleted user for good; id, times and who did what stay')
    .addHelpText(
      'after',
      toExamples(['users purge acme ada@example.com', 'asks first'], ['users purge acme <id> --yes', 'for programs']),
    )
    .action(async (tenant: string, user: string, _options: object, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const id = await findDeleted(session, api, tenant, user);
      const consequence =
        `All that is known of ${id} is erased for good: attributes, former names, values in the provisioning log and in\n` +
        'parked events. Nothing brings it back but the point-in-time recovery of the table (35 days at most).';
      await session.confirm(consequence, id);
      const purged = await purge(session, api, tenant, id);
      session.answer(
        purged,
        () =>
          `${id} is purged. For a day the directory keeps hashes of the names, to erase what the change feed may yet find of them.\n`,
      );
    });
}

/** Calls until nothing is left. */
async function purge(session: Session, api: AdminClient, tenant: string, id: string) {
  const { delay, signal } = session.dependencies;
  for (;;) {
    session.terminal.progress(`purging ${id}`);
    const answer = await api.call('purgeUser', { path: { tenant, id }, body: { confirm: id } });
    session.terminal.endProgress();
    if (answer.done) return answer;
    await delay(1_000, signal);
  }
}

async function readDeleted(session: Session, api: AdminClient, tenant: string): Promise<readonly DeletedUser[]> {
  const found: DeletedUser[] = [];
  const pages = pagesOf((after) => api.call('listDeletedUsers', { path: { tenant }, query: { after } }));
  for await (const { users } of pages) {
    found.push(...users);
    session.terminal.progress(`${found.length} deleted users`);
  }
  session.terminal.endProgress();
  return found;
}

/** By userName it is the one deleted last whose name nobody else shares. */
async function findDeleted(session: Session, api: AdminClient, tenant: string, user: string): Promise<string> {
  if (isId(user)) return user.toLowerCase();
  const name = user.toLowerCase();
  const matches = (await readDeleted(session, api, tenant)).filter(({ userName }) => userName?.toLowerCase() === name);
  const [only, ...others] = matches;
  if (only === undefined)
    throw new CliError(`${tenant} has no deleted user whose userName was ${JSON.stringify(user)}`);
  if (others.length === 0) return only.id;
  const ids = matches.map(({ id, deletedAt }) => `${id} (deleted ${toTime(deletedAt)})`);
  throw new CliError(`${tenant} has ${matches.length} deleted users of that userName`, {
    advice: `Say which by its id: ${ids.join(', ')}`,
  });
}

interface DueOptions {
  readonly within?: number;
  readonly deleteAfterDeactivatedDays?: number;
}

/** `lifecycle …` */
export const addLifecycleReport: CommandSet = (program, open) => {
  const lifecycle = program.command('lifecycle').description('what the daily sweep does with users');
  lifecycle
    .command('due')
    .argument('<tenant>', 'its name', parseName)
    .option('--within <days>', 'also what comes due in so many days', wholeNumber(0, 3_650))
    .option(
      '--delete-after-deactivated-days <n>',
      'as if the tenant had that setting: whom it would delete',
      wholeNumber(1, 3_650),
    )
    .description('lists whom the next sweep will delete or purge')
    .addHelpText(
      'after',
      toExamples(
        ['lifecycle due acme', 'by the next sweep'],
        ['lifecycle due acme --within 7', 'within a week'],
        ['lifecycle due acme --delete-after-deactivated-days 90', 'before it is switched on'],
      ),
    )
    .action(async (tenant: string, { within = 0, deleteAfterDeactivatedDays }: DueOptions, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const due: Due[] = [];
      let unreadable = 0;
      const query = {
        days: String(within),
        deleteAfterDeactivatedDays: deleteAfterDeactivatedDays?.toString(),
      };
      const pages = pagesOf((after) => api.call('listDue', { path: { tenant }, query: { ...query, after } }));
      for await (const page of pages) {
        due.push(...page.due);
        unreadable += page.unreadable;
        session.terminal.progress(`${due.length} due so far`);
      }
      session.answer({ due, unreadable }, () => `${toDueTable(due)}${toUnreadable(tenant, unreadable)}`);
    });
};

function toDueTable(due: readonly Due[]): string {
  if (due.length === 0) return 'Nobody is due.\n';
  return toTable(due, [
    { title: 'ACTION', value: ({ action }) => action },
    { title: 'ID', value: ({ id }) => id },
    { title: 'USERNAME', value: ({ userName }) => userName },
    { title: 'SINCE', value: ({ since }) => toTime(since) },
    { title: 'DUE', value: ({ from }) => toTime(from) },
  ]);
}

function toUnreadable(tenant: string, unreadable: number): string {
  if (unreadable === 0) return '';
  return `Left out, for they could not be read: ${counted(unreadable, 'user')}. See: scim-stack check ${tenant}\n`;
}
