import { readCounters } from '../../directory/counters.ts';
import { listApplications } from '../../directory/operator/applications.ts';
import { checkTenant } from '../../directory/operator/check-tenant.ts';
import { deleteTenant } from '../../directory/operator/delete-tenant.ts';
import { exportTenant } from '../../directory/operator/export-tenant.ts';
import { checkExternalIds } from '../../directory/operator/external-ids.ts';
import {
  addTenant,
  changeSettings,
  getTenant,
  listTenants,
  pauseTenant,
  resumeTenant,
  suspendTenant,
} from '../../directory/operator/tenants.ts';
import type { TenantItem } from '../../directory/store/tenant-items.ts';
import type { Tenant, TenantStatus } from '../contract/admin-messages.ts';
import type { AdminContext, AdminHandlers } from './admin-request.ts';
import { toApplication } from './application-handlers.ts';

/** The operations on tenants as wholes. */
export const tenantHandlers = {
  listTenants: async ({ context, query }) => {
    const { tenants, next } = await listTenants(context, query.after);
    const statuses = tenants.map(({ name, item }) => toStatus(name, item, context.now()));
    return next === undefined ? { tenants: statuses } : { tenants: statuses, next };
  },
  createTenant: async ({ context, body }) => {
    return await toTenant(context, body.name, await addTenant(context, body.name, definedOf(body.settings)));
  },
  showTenant: async ({ context, path: { tenant } }) => {
    return await toTenant(context, tenant, await getTenant(context, tenant));
  },
  changeTenant: async ({ context, path: { tenant }, body }) => {
    return await toTenant(context, tenant, await changeSettings(context, tenant, definedOf(body.settings)));
  },
  pauseTenant: async ({ context, path: { tenant }, body }) => {
    const item = await pauseTenant(context, tenant, body.minutes);
    return { ...toStatus(tenant, item, context.now()), advice: pauseAdvice };
  },
  resumeTenant: async ({ context, path: { tenant } }) => {
    return toStatus(tenant, await resumeTenant(context, tenant), context.now());
  },
  suspendTenant: async ({ context, path: { tenant }, body }) => {
    return toStatus(tenant, await suspendTenant(context, tenant, body.confirm), context.now());
  },
  deleteTenant: async ({ context, path: { tenant }, body }) => {
    const { vault, webhookSecrets, remainingMs } = context;
    const removeSecrets = async (applications: readonly string[]) => {
      for (const application of applications) await vault.remove(tenant, application);
      await webhookSecrets.remove(tenant);
    };
    return await deleteTenant(context, tenant, { confirmation: body.confirm, removeSecrets, remainingMs });
  },
  exportTenant: async ({ context, path: { tenant }, query }) => {
    const { lines, next } = await exportTenant(await context.openDirectory(tenant, { withRemoved: true }), query.after);
    return { lines: [...lines], ...(next === undefined ? {} : { next }) };
  },
  checkTenant: async ({ context, path: { tenant }, body }) => {
    return await checkTenant(context, await context.openDirectory(tenant), body);
  },
  checkExternalIds: async ({ context, path: { tenant }, query }) => {
    const { examples, ...report } = await checkExternalIds(await context.openDirectory(tenant), query.after);
    return { ...report, examples: [...examples] };
  },
} as const satisfies Partial<AdminHandlers>;

/**
 * How long a 503 does no harm (Microsoft Learn, "Application provisioning in quarantine status").
 */
const pauseAdvice: string[] = [
  'Sign-in goes on; users and groups stay as they are until provisioning goes on.',
  'Microsoft Entra ID tries again with every cycle, about every 40 minutes. Objects that failed are tried ever more rarely, so that some may arrive a day after the pause.',
  'From 5,000 failures of which 40 % or more failed, Entra quarantines the connection and comes once a day; after four weeks of that it switches provisioning off. Keep pauses of large tenants to a few hours.',
  'Okta lists what failed under Tasks, where its administrator has it retried.',
];

function toStatus(name: string, { state, pausedUntil, created }: TenantItem, now: Date): TenantStatus {
  const isPaused = state === 'paused' && pausedUntil !== undefined && Date.parse(pausedUntil) > now.getTime();
  if (state === 'paused' && !isPaused) return { name, state: 'active', created };
  return { name, state, created, ...(isPaused ? { pausedUntil } : {}) };
}

async function toTenant(context: AdminContext, name: string, item: TenantItem): Promise<Tenant> {
  const counted = { table: context.table, tenant: { name } };
  const [users, groups, applications] = await Promise.all([
    readCounters(counted, 'User'),
    readCounters(counted, 'Group'),
    listApplications(context, name),
  ]);
  return {
    ...toStatus(name, item, context.now()),
    tenantUrl: context.tenantUrlOf(name),
    settings: item.settings,
    counts: { users: users.total, groups: groups.total },
    applications: await Promise.all(applications.map((record) => toApplication(context, name, record))),
  };
}

/** Without the members that are undefined. */
function definedOf<T extends object>(changes: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
