import { type Command, Option } from 'commander';
import type { SignInAnswer } from '../../lambda/contract/sign-in-messages.ts';
import { CliError } from '../failure.ts';
import { toFields } from '../text/table.ts';
import { parseName } from './arguments.ts';
import { type CommandSet, toExamples } from './command-set.ts';

interface CheckOptions {
  readonly subject: string;
  readonly by?: 'externalId' | 'userName' | 'email';
}

/** `sign-in check` */
export const addSignIn: CommandSet = (program, open) => {
  const signIn = program.command('sign-in').description('whether somebody may enter');
  signIn
    .command('check')
    .argument('<tenant>', 'its name', parseName)
    .requiredOption('--subject <value>', "what the identity provider names the user by: SAML's NameID, OIDC's claim")
    .addOption(
      new Option('--by <attribute>', "what to match it with (default: as the tenant's policy says)").choices([
        'externalId',
        'userName',
        'email',
      ]),
    )
    .description('tells what the application would be told at a sign-in: allow or deny, the access role, the groups')
    .addHelpText(
      'after',
      `${toExamples(
        ['sign-in check acme --subject 8f0e9d6c-…', 'the object id, where the policy matches by externalId'],
        ['sign-in check acme --subject ada@example.com --by email', ''],
      )}

Ends with 1 where the answer is deny.`,
    )
    .action(async (tenant: string, { subject: value, by }: CheckOptions, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const subject = { value, ...(by === undefined ? {} : { by }) };
      const answer = await api.call('checkSignIn', { path: { tenant }, body: { subject, withGroupNames: true } });
      session.answer(answer, () => toText(answer));
      if (answer.decision === 'allow') return;
      throw new CliError(`denied: ${reasons[answer.reason]}`, { advice: advice[answer.reason] });
    });
};

type DenyReason = Extract<SignInAnswer, { readonly decision: 'deny' }>['reason'];

const reasons: Readonly<Record<DenyReason, string>> = {
  unknown: 'nobody of the tenant is known by that',
  ambiguous: 'more than one user of the tenant is known by that',
  deactivated: 'the user is deactivated',
  deleted: 'the user is deleted',
  held: 'a deactivation or deletion of the user is held back',
  tenantSuspended: 'the tenant is suspended',
};

const advice: Readonly<Record<DenyReason, string>> = {
  unknown:
    'Is the user assigned to the application at the identity provider, and is what it sends as subject what the policy matches it with (scim-stack policy show)?',
  ambiguous: 'Match by an attribute that only one user has; scim-stack users list --filter shows who they are.',
  deactivated: 'The identity provider decides: it activates the user again with the next cycle after an assignment.',
  deleted: 'Assigned again at the identity provider, the user comes back with the next cycle.',
  held: 'The guard keeps it until an operator decides; "policy set --held-users allow" lets such users in meanwhile.',
  tenantSuspended: 'scim-stack tenants resume opens it again.',
};

function toText(answer: SignInAnswer): string {
  const { decision, user } = answer;
  const who: Fields = [
    ['user', user?.id],
    ['userName', user?.userName],
    ['displayName', user?.displayName],
  ];
  if (answer.decision === 'deny') return toFields([['decision', decision], ['reason', answer.reason], ...who]);
  const groups = answer.groups.map(({ id, type, displayName }, n) => {
    return [n === 0 ? 'groups' : '', `${displayName ?? id} (${type})`] as const;
  });
  return toFields([['decision', decision], ...who, ['access role', answer.accessRole.role ?? '(none)'], ...groups]);
}

type Fields = Parameters<typeof toFields>[0];
