import { type Command, Option } from 'commander';
import type { Credential, IssuedToken, TokenStatus } from '../../lambda/contract/admin-messages.ts';
import type { Session } from '../session.ts';
import { toTable } from '../text/table.ts';
import { toDistance, toTime } from '../text/times.ts';
import { chooseApplication, parseName, wholeNumber } from './arguments.ts';
import { type CommandSet, type OpenSession, toExamples } from './command-set.ts';
import { toTokenCard } from './issued-token.ts';

interface Lifetime {
  readonly expiresInDays?: number;
}

const APPLICATION = 'its name; may be left out where the tenant has one only';

/** `tokens …` */
export const addTokens: CommandSet = (program, open) => {
  const tokens = program
    .command('tokens')
    .description('secret tokens: issue, rotate with an overlap, revoke, and how they stand');
  addIssue(tokens, open);
  addRotate(tokens, open);
  addRevoke(tokens, open);
  addStatus(tokens, open);
};

function addIssue(tokens: Command, open: OpenSession): void {
  tokens
    .command('issue')
    .argument('<tenant>', 'its name', parseName)
    .argument('[application]', APPLICATION, parseName)
    .option('--expires-in-days <n>', 'life of the token (default: 365)', wholeNumber(1, 3_650))
    .description('makes a token where there is none that is valid; shows it this once')
    .addHelpText('after', toExamples(['tokens issue acme', ''], ['tokens issue acme okta --expires-in-days 180', '']))
    .action(async (tenant: string, asked: string | undefined, options: Lifetime, command: Command) => {
      const session = open(command);
      const connection = await session.connect();
      const application = await chooseApplication(connection, tenant, asked);
      const body = options.expiresInDays === undefined ? {} : { expiresInDays: options.expiresInDays };
      answerToken(session, await connection.api.call('issueToken', { path: { tenant, application }, body }));
    });
}

function addRotate(tokens: Command, open: OpenSession): void {
  tokens
    .command('rotate')
    .argument('<tenant>', 'its name', parseName)
    .argument('[application]', APPLICATION, parseName)
    .option('--overlap-days <n>', 'how long the token before is accepted as well (default: 30)', wholeNumber(0, 3_650))
    .option('--expires-in-days <n>', 'life of the new token (default: 365)', wholeNumber(1, 3_650))
    .description('makes a new token; the one before goes on until the overlap ends')
    .addHelpText(
      'after',
      `${toExamples(
        ['tokens rotate acme', "then paste the new one into the customer's identity provider"],
        ['tokens rotate acme okta --overlap-days 7', 'a shorter overlap'],
      )}

Two tokens are accepted at most: while an overlap lasts, a second rotation is refused. End it first, with
"tokens revoke --which previous".`,
    )
    .action(
      async (
        tenant: string,
        asked: string | undefined,
        { overlapDays, expiresInDays }: Lifetime & { overlapDays?: number },
        command: Command,
      ) => {
        const session = open(command);
        const connection = await session.connect();
        const path = { tenant, application: await chooseApplication(connection, tenant, asked) };
        const body = {
          ...(overlapDays === undefined ? {} : { overlapDays }),
          ...(expiresInDays === undefined ? {} : { expiresInDays }),
        };
        answerToken(session, await connection.api.call('rotateToken', { path, body }));
      },
    );
}

function addRevoke(tokens: Command, open: OpenSession): void {
  tokens
    .command('revoke')
    .argument('<tenant>', 'its name', parseName)
    .argument('[application]', APPLICATION, parseName)
    .addOption(
      new Option('--which <token>', 'the current one, the one before, or both')
        .choices(['current', 'previous', 'all'])
        .makeOptionMandatory(),
    )
    .description('makes a token invalid at once; holds within 60 s')
    .addHelpText(
      'after',
      `${toExamples(
        ['tokens revoke acme --which all', 'a token has leaked'],
        ['tokens revoke acme okta --which previous', 'end an overlap early'],
      )}

Revoking the current token while the one before is still accepted brings that one back.`,
    )
    .action(
      async (
        tenant: string,
        asked: string | undefined,
        { which }: { which: 'current' | 'previous' | 'all' },
        command: Command,
      ) => {
        const session = open(command);
        const connection = await session.connect();
        const application = await chooseApplication(connection, tenant, asked);
        const consequence =
          `Within 60 s ${tokenWords[which]} of ${tenant}/${application} will be refused with 401. An identity\n` +
          'provider that still uses it puts its job into quarantine at once, until it is given another.';
        await session.confirm(consequence, tenant);
        const status = await connection.api.call('revokeToken', { path: { tenant, application }, body: { which } });
        session.answer(status, () => `${tenant}/${application}:\n${toStatusText(status, session.dependencies.now())}`);
      },
    );
}

const tokenWords = {
  current: 'the current token',
  previous: 'the previous token',
  all: 'every token',
} as const;

function addStatus(tokens: Command, open: OpenSession): void {
  tokens
    .command('status')
    .argument('<tenant>', 'its name', parseName)
    .argument('[application]', APPLICATION, parseName)
    .description('tells of the tokens what may be known: issued, expires, last used; never the token')
    .addHelpText('after', toExamples(['tokens status acme', 'before and after a rotation']))
    .action(async (tenant: string, asked: string | undefined, _options: object, command: Command) => {
      const session = open(command);
      const connection = await session.connect();
      const application = await chooseApplication(connection, tenant, asked);
      const status = await connection.api.call('showToken', { path: { tenant, application } });
      session.answer(status, () => `${tenant}/${application}:\n${toStatusText(status, session.dependencies.now())}`);
    });
}

function answerToken(session: Session, issued: IssuedToken): void {
  session.answer(issued, () => toTokenCard(issued, session.dependencies.now()));
}

function toStatusText({ state, current, previous, warnings }: TokenStatus, now: Date): string {
  const rows = [
    ...(current === undefined ? [] : [{ which: 'current', token: current }]),
    ...(previous === undefined ? [] : [{ which: 'previous', token: previous }]),
  ];
  const table = toTable(rows, [
    { title: 'TOKEN', value: ({ which }) => which },
    { title: 'ID', value: ({ token }) => token.credentialId },
    { title: 'ISSUED', value: ({ token }) => toTime(token.issuedAt) },
    { title: 'EXPIRES', value: ({ token }) => toTime(token.expiresAt) },
    { title: 'LAST USED', value: ({ token }) => toTime(token.lastUsedAt) },
    { title: 'STATE', value: ({ token }) => toTokenState(token, now) },
  ]);
  const lines = warnings.map((warning) => `! ${warning}\n`).join('');
  return rows.length === 0 ? `no token (${state})\n${lines}` : `${table}${lines}`;
}

function toTokenState({ revokedAt, expiresAt }: Credential, now: Date): string {
  if (revokedAt !== undefined) return `revoked ${toDistance(revokedAt, now)}`;
  return new Date(expiresAt) <= now ? 'expired' : `valid, ends ${toDistance(expiresAt, now)}`;
}
