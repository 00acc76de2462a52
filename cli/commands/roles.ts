import type { Command } from 'commander';
import * as z from 'zod';
import type { PolicyAnswer, UserRoleAnswer } from '../../lambda/contract/access-routes.ts';
import { toFields, toTable } from '../text/table.ts';
import { toTime } from '../text/times.ts';
import { parseName } from './arguments.ts';
import { type CommandSet, type OpenSession, toExamples } from './command-set.ts';
import { findUserId } from './find-user.ts';
import { readPreview } from './policy-preview.ts';

/** `roles …`: the access roles of a tenant, and of its users. */
export const addRoles: CommandSet = (program, open) => {
  const roles = program
    .command('roles')
    .description("the vendor's own access roles: what a tenant names, which one a user has, and the role lock");
  addListRoles(roles, open);
  addShowRole(roles, open);
  addLockRole(roles, open);
  addUnlockRole(roles, open);
};

function addListRoles(roles: Command, open: OpenSession): void {
  roles
    .command('list')
    .argument('<tenant>', 'its name', parseName)
    .option('--count', 'also how many users have each; reads every user and the memberships')
    .description('lists the roles of a tenant, the highest first, with the groups whose members get them')
    .addHelpText('after', toExamples(['roles list acme', ''], ['roles list acme --count', 'how many have each']))
    .action(async (tenant: string, { count = false }: { count?: boolean }, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const { version, policy } = await api.call('showPolicy', { path: { tenant } });
      const preview = count ? await readPreview(session, api, tenant, z.json().parse(policy)) : undefined;
      const rows = toRows(policy);
      const usersOf = (role: string | null) => preview?.moves.find(({ to }) => to === role)?.users ?? 0;
      const counted = rows.map((row) => (preview === undefined ? row : { ...row, users: usersOf(row.role) }));
      const without = preview === undefined ? {} : { usersWithoutRole: usersOf(null) };
      session.answer({ tenant, version, roles: counted, ...without }, () => {
        if (rows.length === 0)
          return `${tenant} names no access role yet: docs/access.md has a policy to begin with.\n`;
        const end = preview === undefined ? '' : `\n${usersOf(null)} of ${preview.users} users have none.\n`;
        return `${toRoleTable(counted, preview !== undefined)}${end}`;
      });
    });
}

interface RoleRow {
  readonly rank: number;
  readonly role: string;
  readonly isDefault: boolean;
  readonly groups: readonly string[];
  readonly users?: number;
}

function toRows({ roles, defaultRole, mappings }: PolicyAnswer['policy']): readonly RoleRow[] {
  return roles.map((role, n) => ({
    rank: n + 1,
    role,
    isDefault: role === defaultRole,
    groups: mappings
      .filter((mapping) => mapping.role === role)
      .map(({ by, value }) => `${by} ${JSON.stringify(value)}`),
  }));
}

function toRoleTable(rows: readonly RoleRow[], isCounted: boolean): string {
  return toTable(rows, [
    { title: 'RANK', value: ({ rank }: RoleRow) => rank, align: 'right' },
    { title: 'ROLE', value: ({ role }: RoleRow) => role },
    { title: 'DEFAULT', value: ({ isDefault }: RoleRow) => (isDefault ? 'yes' : undefined) },
    ...(isCounted ? [{ title: 'USERS', value: ({ users }: RoleRow) => users, align: 'right' } as const] : []),
    { title: 'GROUPS', value: ({ groups }: RoleRow) => groups.join(', ') },
  ]);
}

function addShowRole(roles: Command, open: OpenSession): void {
  roles
    .command('show')
    .argument('<tenant>', 'its name', parseName)
    .argument('<user>', 'id or userName')
    .description('tells which access role a user has now, and why')
    .addHelpText('after', toExamples(['roles show acme ada@example.com', 'by a group, by default, or locked']))
    .action(async (tenant: string, user: string, _options: object, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const id = await findUserId(api, tenant, user);
      const found = await api.call('showRole', { path: { tenant, id } });
      session.answer(found, () => toRoleText(found));
    });
}

function addLockRole(roles: Command, open: OpenSession): void {
  roles
    .command('lock')
    .argument('<tenant>', 'its name', parseName)
    .argument('<user>', 'id or userName')
    .option('--role <role>', 'which one (default: the one that the user has now)')
    .description("keeps a user's access role, whatever becomes of groups and mappings, until it is unlocked")
    .addHelpText(
      'after',
      toExamples(
        ['roles lock acme ada@example.com', 'the role that she has'],
        ['roles lock acme ada@example.com --role admin', 'whichever she has'],
      ),
    )
    .action(async (tenant: string, user: string, { role }: { role?: string }, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const id = await findUserId(api, tenant, user);
      const body = role === undefined ? {} : { role };
      const locked = await api.call('lockRole', { path: { tenant, id }, body });
      session.answer(locked, () => toRoleText(locked));
    });
}

function addUnlockRole(roles: Command, open: OpenSession): void {
  roles
    .command('unlock')
    .argument('<tenant>', 'its name', parseName)
    .argument('<user>', 'id or userName')
    .description('ends a role lock: the role is computed again, at once')
    .addHelpText('after', toExamples(['roles unlock acme ada@example.com', 'by her groups again']))
    .action(async (tenant: string, user: string, _options: object, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const id = await findUserId(api, tenant, user);
      const unlocked = await api.call('unlockRole', { path: { tenant, id } });
      session.answer(unlocked, () => toRoleText(unlocked));
    });
}

const reasons = {
  lock: 'it is locked',
  mapping: 'by a group',
  default: 'the default role',
  none: 'no group gives one, and there is no default role',
  inactive: 'nobody who is deactivated has one',
} as const;

function toRoleText({ userId, accessRole, lock }: UserRoleAnswer): string {
  const { role, source, groupId } = accessRole;
  const isIdle = lock !== undefined && source !== 'lock' && source !== 'inactive';
  return toFields([
    ['user', userId],
    ['access role', role ?? '(none)'],
    ['because', groupId === undefined ? reasons[source] : `${reasons[source]}: ${groupId}`],
    ['locked since', lock === undefined ? undefined : toTime(lock.since)],
    ['lock', isIdle ? `to ${lock.role}, which the tenant no longer names: it does not count` : undefined],
  ]);
}
