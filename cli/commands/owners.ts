import type { Command } from 'commander';
import type { OwnersAnswer } from '../../lambda/contract/ownership-messages.ts';
import type { AdminClient } from '../admin/admin-client.ts';
import { CliError } from '../failure.ts';
import { toFields } from '../text/table.ts';
import { parseName } from './arguments.ts';
import { type CommandSet, type OpenSession, toExamples } from './command-set.ts';
import { findUserId } from './find-user.ts';

/** `owners …`: who holds the offices of a tenant, to whom passes what leavers owned. */
export const addOwners: CommandSet = (program, open) => {
  const owners = program
    .command('owners')
    .description('who holds the offices of a tenant, and so inherits what leavers owned');
  addListOwners(owners, open);
  addSetOwners(owners, open);
};

function addListOwners(owners: Command, open: OpenSession): void {
  owners
    .command('list')
    .argument('<tenant>', 'its name', parseName)
    .option('--user <user>', 'id or userName: what the application has registered as theirs, instead')
    .description('tells who is the subscription owner, and who are company owners; or what a user owns')
    .addHelpText('after', toExamples(['owners list acme', ''], ['owners list acme --user ada@example.com', '']))
    .action(async (tenant: string, { user }: { user?: string }, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      if (user === undefined) {
        const found = await api.call('showOwners', { path: { tenant } });
        session.answer(found, () => toText(tenant, found));
        return;
      }
      const id = await findUserId(api, tenant, user);
      const owned = await readOwnerships(api, tenant, id);
      session.answer({ tenant, user: id, ownerships: owned }, () => {
        const lines = owned.map((each) => `${each.type} ${each.id}\n`).join('');
        return lines === '' ? 'Nothing is registered as theirs.\n' : lines;
      });
    });
}

interface Owned {
  readonly type: string;
  readonly id: string;
}

async function readOwnerships(api: AdminClient, tenant: string, id: string): Promise<readonly Owned[]> {
  const owned: Owned[] = [];
  let after: string | undefined;
  do {
    const query = after === undefined ? {} : { after };
    const page = await api.call('listOwnerships', { path: { tenant, id }, query });
    owned.push(...page.ownerships);
    after = page.next;
  } while (after !== undefined);
  return owned;
}

interface SetOptions {
  readonly subscriptionOwner?: string | boolean;
  readonly companyOwner?: readonly string[];
}

function addSetOwners(owners: Command, open: OpenSession): void {
  owners
    .command('set')
    .argument('<tenant>', 'its name', parseName)
    .option('--subscription-owner <user>', 'id or userName; inherits where there is no active manager')
    .option('--no-subscription-owner', 'nobody: company owners inherit in the place of one')
    .option('--company-owner <user...>', 'id or userName, one or more: all that there shall be')
    .description('names who holds the offices of a tenant; what is not given stays as it is')
    .addHelpText(
      'after',
      toExamples(
        ['owners set acme --company-owner ada@example.com bob@example.com', 'two, so that one can leave'],
        ['owners set acme --subscription-owner eve@example.com', ''],
      ),
    )
    .action(async (tenant: string, { subscriptionOwner, companyOwner }: SetOptions, command: Command) => {
      const isNamed = subscriptionOwner !== undefined && subscriptionOwner !== true;
      if (!isNamed && companyOwner === undefined) {
        throw new CliError('nothing to set', { advice: 'Give --subscription-owner, --company-owner or both.' });
      }
      const session = open(command);
      const { api } = await session.connect();
      const body = {
        ...(subscriptionOwner === false ? { subscriptionOwner: null } : {}),
        ...(typeof subscriptionOwner === 'string'
          ? { subscriptionOwner: await findUserId(api, tenant, subscriptionOwner) }
          : {}),
        ...(companyOwner === undefined
          ? {}
          : { companyOwners: await Promise.all(companyOwner.map((user) => findUserId(api, tenant, user))) }),
      };
      const answer = await api.call('setOwners', { path: { tenant }, body });
      session.answer(answer, () => toText(tenant, answer));
    });
}

function toText(tenant: string, { subscriptionOwner, companyOwners }: OwnersAnswer): string {
  if (companyOwners.length === 0) {
    return `${tenant} has named nobody: "owners set" names who inherits what leavers owned.\n`;
  }
  return toFields([
    ['subscription owner', subscriptionOwner ?? '(none)'],
    ...companyOwners.map((id, n) => [n === 0 ? 'company owners' : '', id] as const),
  ]);
}
