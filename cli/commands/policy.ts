import { type Command, Option } from 'commander';
import * as z from 'zod';
import type { Difference, Move } from '../../lambda/contract/access-routes.ts';
import { CliError, exitCodes } from '../failure.ts';
import { counted, toCell, toTable } from '../text/table.ts';
import { parseName } from './arguments.ts';
import { type CommandSet, type OpenSession, toExamples } from './command-set.ts';
import { readDocument } from './document.ts';
import { type Preview, readPreview } from './policy-preview.ts';

/** `policy …`: who may enter a tenant, and with which access role. */
export const addPolicy: CommandSet = (program, open) => {
  const policy = program
    .command('policy')
    .description('who may enter, and with which access role: one document a tenant, to be looked at, changed, applied');
  addShowPolicy(policy, open);
  addSetPolicy(policy, open);
  addApplyPolicy(policy, open);
};

function addShowPolicy(policy: Command, open: OpenSession): void {
  policy
    .command('show')
    .argument('<tenant>', 'its name', parseName)
    .description('prints the policy as a document that "policy apply" takes')
    .addHelpText('after', toExamples(['policy show acme > policy.json', 'to be edited, reviewed, and applied']))
    .action(async (tenant: string, _options: object, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const found = await api.call('showPolicy', { path: { tenant } });
      session.answer(found, () => `${JSON.stringify(found.policy, undefined, 2)}\n`);
    });
}

interface SetOptions {
  /** False: `--no-default-role`. */
  readonly defaultRole?: string | false;
  readonly matchBy?: string;
  readonly heldUsers?: string;
}

function addSetPolicy(policy: Command, open: OpenSession): void {
  policy
    .command('set')
    .argument('<tenant>', 'its name', parseName)
    .addOption(new Option('--default-role <role>', 'of whoever gets none by a group'))
    .addOption(new Option('--no-default-role', 'whoever gets no role by a group has none'))
    .addOption(
      new Option('--match-by <attribute>', 'what the subject of a sign-in is matched with').choices([
        'externalId',
        'userName',
        'email',
      ]),
    )
    .addOption(
      new Option('--held-users <what>', 'whether somebody may enter whose deactivation is being held back').choices([
        'deny',
        'allow',
      ]),
    )
    .description('changes single values of the policy; those that are not named stay')
    .addHelpText(
      'after',
      toExamples(
        ['policy set acme --default-role viewer', 'one of the roles that the policy names'],
        ['policy set acme --match-by userName', 'the identity provider sends the userName as subject'],
      ),
    )
    .action(async (tenant: string, options: SetOptions, command: Command) => {
      const { defaultRole, matchBy, heldUsers } = options;
      if (defaultRole === undefined && matchBy === undefined && heldUsers === undefined) {
        throw new CliError('nothing to set: --default-role, --no-default-role, --match-by or --held-users', {
          advice: 'Roles and mappings are changed in the document: scim-stack policy show, then policy apply.',
          exitCode: exitCodes.usage,
        });
      }
      const session = open(command);
      const { api } = await session.connect();
      const { policy: before, version } = await api.call('showPolicy', { path: { tenant } });
      const after = {
        ...before,
        ...(defaultRole === undefined ? {} : { defaultRole: defaultRole === false ? null : defaultRole }),
        signIn: {
          ...before.signIn,
          ...(matchBy === undefined ? {} : { matchBy }),
          ...(heldUsers === undefined ? {} : { heldUsers }),
        },
      };
      const set = await api.call('setPolicy', {
        path: { tenant },
        body: { policy: z.json().parse(after), version },
      });
      session.answer(set, () => toAppliedText(tenant, set.version, set.differences));
    });
}

function addApplyPolicy(policy: Command, open: OpenSession): void {
  policy
    .command('apply')
    .argument('<tenant>', 'its name', parseName)
    .argument('<file>', 'the policy, as "policy show" prints it; - for standard input')
    .option('--dry-run', 'only say what would change, and for how many users')
    .description('puts a policy in the place of the one before; tells every fault of it at once')
    .addHelpText(
      'after',
      `${toExamples(
        ['policy apply acme policy.json --dry-run', 'what would change, for how many users'],
        ['policy apply acme policy.json', 'sign-ins and access roles go by it at once'],
      )}

docs/access.md has a whole policy. A dry run reads every user and the memberships: on a large tenant this takes its time.`,
    )
    .action(async (tenant: string, file: string, { dryRun = false }: { dryRun?: boolean }, command: Command) => {
      const session = open(command);
      const document = await readDocument(session, file, 'docs/access.md has a whole policy to begin with.');
      const { api } = await session.connect();
      const { version } = await api.call('showPolicy', { path: { tenant } });
      if (dryRun) {
        const preview = await readPreview(session, api, tenant, document);
        session.answer({ tenant, version, ...preview }, () => toPreviewText(tenant, preview));
        return;
      }
      const set = await api.call('setPolicy', { path: { tenant }, body: { policy: document, version } });
      session.answer(set, () => toAppliedText(tenant, set.version, set.differences));
    });
}

function toAppliedText(tenant: string, version: number, differences: readonly Difference[]): string {
  if (differences.length === 0) return `The policy of ${tenant} says so already (version ${version}).\n`;
  return `${toDifferenceText(differences)}\nThe policy of ${tenant} is at version ${version}, and holds from now on.\n`;
}

const signs = { added: '+', removed: '-', changed: '~' } as const;

/** A line each, as of a diff. */
function toDifferenceText(differences: readonly Difference[]): string {
  return differences
    .map(({ kind, what, before, after }) => {
      const values = [before, after].filter((value) => value !== undefined).map(toCell);
      return `${signs[kind]} ${toCell(what)}${values.length === 0 ? '' : `: ${values.join(' → ')}`}\n`;
    })
    .join('');
}

function toPreviewText(tenant: string, { differences, missingGroups, users, moves }: Preview): string {
  const changed = moves.filter(({ from, to }) => from !== to);
  const affected = changed.reduce((sum, move) => sum + move.users, 0);
  const summary = `${affected} of ${counted(users, 'user')} of ${tenant} would have another access role. Nothing was changed.\n`;
  const said = differences.length === 0 ? 'The policy says so already.\n' : toDifferenceText(differences);
  const missing = missingGroups.map(
    ({ by, value }) => `! no group has the ${by} ${toCell(JSON.stringify(value))} yet\n`,
  );
  const diff = `${said}${missing.join('')}`;
  if (changed.length === 0) return `${diff}\n${summary}`;
  return `${diff}\n${toTable(changed, [
    { title: 'FROM', value: ({ from }: Move) => from ?? '(none)' },
    { title: 'TO', value: ({ to }: Move) => to ?? '(none)' },
    { title: 'USERS', value: ({ users: count }: Move) => count, align: 'right' },
  ])}\n${summary}`;
}
