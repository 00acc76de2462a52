import type { Command } from 'commander';
import type { AdminResponse } from '../../lambda/contract/admin-api.ts';
import { type AdminClient, AdminRefusal } from '../admin/admin-client.ts';
import { changeTenantRecord, toRecordText, toTenantRecord } from '../deployment/dns.ts';
import type { Connection, Session } from '../session.ts';
import { counted } from '../text/table.ts';
import { parseName } from './arguments.ts';
import { type OpenSession, toExamples } from './command-set.ts';

/** `tenants delete <tenant>` */
export function addDeleteTenant(tenants: Command, open: OpenSession): void {
  tenants
    .command('delete')
    .argument('<tenant>', 'its name', parseName)
    .description('deletes a tenant for good: users, groups, deleted resources, tokens; shows counts and asks first')
    .addHelpText(
      'after',
      `${toExamples(['tenants delete acme', 'asks for the name'], ['tenants delete acme --yes', 'for programs'])}

A deletion that was interrupted goes on when the command is called again. What is left are the record of the deletion
(scim-stack audit), log lines until their retention ends, and the table's point-in-time recovery (35 days at most).`,
    )
    .action(async (tenant: string, _options: object, command: Command) => {
      await deleteTenant(open(command), tenant);
    });
}

async function deleteTenant(session: Session, tenant: string): Promise<void> {
  const connection = await session.connect();
  const { api } = connection;
  const { counts, applications, state } = await api.call('showTenant', { path: { tenant } });
  const what = [
    counted(counts.users, 'user'),
    counted(counts.groups, 'group'),
    counted(applications.length, 'application with its tokens', 'applications with their tokens'),
  ].join(', ');
  const before = state === 'deleting' ? 'Its deletion was begun, and goes on: ' : '';
  await session.confirm(`${before}${tenant} has ${what}. All of it is deleted for good.`, tenant);
  const deleted = await runDeletion(session, api, tenant);
  const record = await removeRecord(session, connection, tenant);
  session.answer(
    { tenant, deleted, ...(record === undefined ? {} : { dns: record }) },
    () => `${tenant} is deleted: ${counted(deleted, 'item')}.\n${record === undefined ? '' : `${record}\n`}`,
  );
}

/** Calls until there is nothing left; about a minute at least, for requests that were under way may still write. */
async function runDeletion(session: Session, api: AdminClient, tenant: string): Promise<number> {
  const { terminal, dependencies } = session;
  let total = 0;
  try {
    for (;;) {
      terminal.progress(`deleting ${tenant}: ${total} items so far`);
      const { done, deleted, retryAfterSeconds = 0 } = await deleteSome(api, tenant);
      total += deleted;
      if (done) return total;
      if (retryAfterSeconds === 0) continue;
      terminal.progress(`deleting ${tenant}: ${total} items so far; a last look in ${retryAfterSeconds} s`);
      await dependencies.delay(retryAfterSeconds * 1_000, dependencies.signal);
    }
  } catch (error) {
    terminal.note(`The deletion is not finished (${total} items so far): call the command again, and it goes on.\n`);
    throw error;
  } finally {
    terminal.endProgress();
  }
}

async function deleteSome(api: AdminClient, tenant: string): Promise<AdminResponse<'deleteTenant'>> {
  try {
    return await api.call('deleteTenant', { path: { tenant }, body: { confirm: tenant } });
  } catch (error) {
    // It was there when the user was asked: a call whose answer was lost has ended it.
    if (error instanceof AdminRefusal && error.status === 404) return { done: true, deleted: 0 };
    throw error;
  }
}

/** What to tell about the tenant's DNS record; undefined where it has none of its own. */
async function removeRecord(session: Session, { stack }: Connection, tenant: string): Promise<string | undefined> {
  const record = stack && toTenantRecord(stack, tenant);
  if (record === undefined) return undefined;
  try {
    if (await changeTenantRecord(session.aws, 'DELETE', record)) return `The DNS record of ${record.hostName} is gone.`;
  } catch {
    // It was never made, or by hand: the tenant is gone all the same.
  }
  return `If there is a DNS record of the tenant, remove it: ${toRecordText(record)}`;
}
