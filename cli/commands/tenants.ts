import type { Command } from 'commander';
import type { Tenant, TenantStatus } from '../../lambda/contract/admin-messages.ts';
import { pagesOf } from '../admin/pages.ts';
import type { Session } from '../session.ts';
import { counted, toFields, toTable } from '../text/table.ts';
import { toDistance, toTime } from '../text/times.ts';
import { parseName, wholeNumber } from './arguments.ts';
import { type CommandSet, type OpenSession, toExamples } from './command-set.ts';
import { addCreateTenant } from './create-tenant.ts';
import { addDeleteTenant } from './delete-tenant.ts';
import { addExportTenant } from './export-tenant.ts';
import { addSettingsOptions, type SettingsOptions, toSettings } from './settings-options.ts';

/** `tenants …` */
export const addTenants: CommandSet = (program, open) => {
  const tenants = program
    .command('tenants')
    .description("customers' directories: make, look at, pause, export, delete");
  addListTenants(tenants, open);
  addCreateTenant(tenants, open);
  addShowTenant(tenants, open);
  addConfigureTenant(tenants, open);
  addPauseAndResume(tenants, open);
  addSuspendTenant(tenants, open);
  addExportTenant(tenants, open);
  addDeleteTenant(tenants, open);
};

function addListTenants(tenants: Command, open: OpenSession): void {
  tenants
    .command('list')
    .description('lists the tenants of a region')
    .addHelpText('after', toExamples(['tenants list --region us', 'names and states']))
    .action(async (_options: object, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const found: TenantStatus[] = [];
      for await (const { tenants } of pagesOf((after) => api.call('listTenants', { query: { after } }))) {
        found.push(...tenants);
        session.terminal.progress(`${found.length} tenants`);
      }
      session.answer({ tenants: found }, () =>
        found.length === 0
          ? 'There is no tenant yet: scim-stack tenants create <name>\n'
          : toTable(found, [
              { title: 'NAME', value: ({ name }) => name },
              { title: 'STATE', value: toState },
              { title: 'CREATED', value: ({ created }) => toTime(created) },
            ]),
      );
    });
}

function addShowTenant(tenants: Command, open: OpenSession): void {
  tenants
    .command('show')
    .argument('<tenant>', 'its name', parseName)
    .description('shows a tenant: Tenant URL, state, counts, settings, applications')
    .addHelpText('after', toExamples(['tenants show acme', 'all but the token, which nobody can show']))
    .action(async (tenant: string, _options: object, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      answerTenant(session, await api.call('showTenant', { path: { tenant } }));
    });
}

function addConfigureTenant(tenants: Command, open: OpenSession): void {
  const configure = tenants
    .command('configure')
    .argument('<tenant>', 'its name', parseName)
    .description('changes settings of a tenant; those that are not named stay')
    .addHelpText(
      'after',
      toExamples(
        ['tenants configure acme --max-member-changes 10000', 'for very large groups'],
        ['tenants configure acme --returning-users relink', 'who returns is the same user again'],
        ['tenants configure acme --required-attributes standard', 'names, work e-mail, displayName, active'],
        ['tenants configure acme --locally-owned title,timezone', "the application's own"],
      ),
    );
  addSettingsOptions(configure).action(async (tenant: string, options: SettingsOptions, command: Command) => {
    const session = open(command);
    const { api } = await session.connect();
    const settings = toSettings(options);
    const { deleteAfterDeactivatedDays: days } = settings;
    if (typeof days === 'number') {
      const consequence =
        `Whoever has been deactivated for ${days} days is deleted by the next daily sweep, those of before included. See whom:\n` +
        `scim-stack lifecycle due ${tenant} --delete-after-deactivated-days ${days}`;
      await session.confirm(consequence, tenant);
    }
    answerTenant(session, await api.call('changeTenant', { path: { tenant }, body: { settings } }));
  });
}

function addPauseAndResume(tenants: Command, open: OpenSession): void {
  tenants
    .command('pause')
    .argument('<tenant>', 'its name', parseName)
    .option('--minutes <n>', 'it goes on by itself after that (default: 60)', wholeNumber(1, 40_320))
    .description('stops provisioning for a while: 503 with Retry-After; sign-in is not touched')
    .addHelpText(
      'after',
      toExamples(['tenants pause acme --minutes 90', 'for maintenance; says how long Entra bears it']),
    )
    .action(async (tenant: string, { minutes }: { minutes?: number }, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const paused = await api.call('pauseTenant', {
        path: { tenant },
        body: minutes === undefined ? {} : { minutes },
      });
      session.answer(paused, () => {
        const { now } = session.dependencies;
        const until = paused.pausedUntil;
        const end =
          until === undefined ? 'until it is resumed' : `until ${toTime(until)} (${toDistance(until, now())})`;
        const advice = paused.advice.map((line) => `- ${line}\n`).join('');
        return `${tenant} is paused ${end}. Go on earlier: scim-stack tenants resume ${tenant}\n\n${advice}`;
      });
    });
  tenants
    .command('resume')
    .argument('<tenant>', 'its name', parseName)
    .description('ends a pause or a suspension')
    .addHelpText('after', toExamples(['tenants resume acme', 'provisioning goes on within 30 s']))
    .action(async (tenant: string, _options: object, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const resumed = await api.call('resumeTenant', { path: { tenant } });
      session.answer(resumed, () => `${tenant} is ${resumed.state}.\n`);
    });
}

function addSuspendTenant(tenants: Command, open: OpenSession): void {
  tenants
    .command('suspend')
    .argument('<tenant>', 'its name', parseName)
    .description('shuts a tenant: every request is refused with 403 until it is resumed; nothing is deleted')
    .addHelpText(
      'after',
      toExamples(['tenants suspend acme', 'asks for the name'], ['tenants suspend acme --yes', 'for programs']),
    )
    .action(async (tenant: string, _options: object, command: Command) => {
      const session = open(command);
      const { api } = await session.connect();
      const consequence =
        `Every request of ${tenant} will be answered 403, sign-in included. An identity provider takes that for bad\n` +
        'credentials: Entra puts its job into quarantine at once. Maintenance wants "pause" instead.';
      await session.confirm(consequence, tenant);
      const suspended = await api.call('suspendTenant', { path: { tenant }, body: { confirm: tenant } });
      session.answer(
        suspended,
        () => `${tenant} is ${suspended.state}. Open it again: scim-stack tenants resume ${tenant}\n`,
      );
    });
}

function toState({ state, pausedUntil }: TenantStatus): string {
  return pausedUntil === undefined ? state : `${state} until ${toTime(pausedUntil)}`;
}

function toDeletion(days: number | null): string {
  return days === null ? 'never' : `after ${counted(days, 'day')}`;
}

function toList(paths: readonly string[]): string {
  return paths.length === 0 ? 'none' : paths.join(', ');
}

function answerTenant(session: Session, tenant: Tenant): void {
  session.answer(tenant, () => {
    const { settings, counts, applications } = tenant;
    const fields = toFields([
      ['Tenant', tenant.name],
      ['Tenant URL', tenant.tenantUrl],
      ['State', toState(tenant)],
      ['Created', toTime(tenant.created)],
      ['Users', counts.users],
      ['Groups', counts.groups],
      ['Unique group names', settings.uniqueGroupNames ? 'yes' : 'no'],
      ['Page size, at most', settings.maxPageSize],
      ['Member changes a request, at most', settings.maxMemberChanges],
      ['Bulk operations a request, at most', settings.maxBulkOperations],
      ['Bytes of a bulk request, at most', settings.maxBulkBytes],
      ['Deleted users can be restored for', counted(settings.retentionDays, 'day')],
      ['Deactivated users are deleted', toDeletion(settings.deleteAfterDeactivatedDays)],
      ['Whoever returns is', settings.returningUsers === 'relink' ? 'the same user again (relink)' : 'a new user'],
      ['Required attributes', toList(settings.requiredAttributes)],
      ['New users who are not active', settings.inactiveOnCreate === 'accept' ? 'accepted' : 'refused'],
      ['Defaults of new users', JSON.stringify(settings.createDefaults)],
      ['Locally owned attributes', toList(settings.locallyOwned)],
      ['Events carry the values of', toList(settings.eventAttributes)],
      ['Events are posted to', settings.webhookUrl ?? 'nowhere'],
    ]);
    const table = toTable(applications, [
      { title: 'APPLICATION', value: ({ name }) => name },
      { title: 'TOKEN', value: ({ token }) => token.state },
      { title: 'EXPIRES', value: ({ token }) => toTime(token.current?.expiresAt) },
      { title: 'WATCHED', value: ({ muted }) => (muted ? 'muted' : 'yes') },
    ]);
    return applications.length === 0 ? fields : `${fields}\n${table}`;
  });
}
