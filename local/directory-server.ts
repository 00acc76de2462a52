import { randomBytes } from 'node:crypto';
import type { ItemTable } from '../directory/store/item-table.ts';
import { createApplication, createTenant } from '../directory/tenants.ts';
import type { AdminDependencies } from '../lambda/admin/admin-request.ts';
import { createAdmin } from '../lambda/admin.ts';
import { createApplicationApi } from '../lambda/application.ts';
import type { TokenStore } from '../lambda/authorization/token-store.ts';
import type { TokenVault } from '../lambda/authorization/token-vault.ts';
import { createAuthorizer } from '../lambda/authorizer.ts';
import { systemRuntime } from '../lambda/aws/runtime.ts';
import { createBulk } from '../lambda/bulk.ts';
import { TENANT_PATH } from '../lambda/contract/routes.ts';
import { DEFAULT_RUNBOOK } from '../lambda/contract/runbook.ts';
import { APPLICATION_PATH } from '../lambda/contract/tenant-url.ts';
import { createDiscovery } from '../lambda/discovery.ts';
import { createGroups } from '../lambda/groups.ts';
import type { Runtime, ScimDependencies } from '../lambda/http/request.ts';
import type { Log } from '../lambda/observability/log.ts';
import { createSearch } from '../lambda/search.ts';
import { createUsers } from '../lambda/users.ts';
import { createGateway, type GatewayDependencies } from './gateway.ts';
import { listen } from './server.ts';

/** The one application that each tenant has in the local run. */
export const APPLICATION = 'default';

export interface DirectoryServerOptions {
  readonly host: string;
  readonly port: number;
  readonly table: ItemTable;
  readonly tokens: TokenStore;
  /** Default: neither the admin API nor the application API is served. */
  readonly admin?: LocalAdminOptions;
  readonly log: Log;
  /** Default: the process's own clock and random sources. */
  readonly runtime?: Runtime;
}

export interface LocalAdminOptions {
  /** Whoever carries it may do everything. */
  readonly key: string;
  /** Where the tokens are put that `tokens` finds. */
  readonly vault: TokenVault;
  /** Default: events are published nowhere, and no webhook has a secret. */
  readonly delivery?: EventDelivery;
}

/** What the admin API needs of the change feed. */
export type EventDelivery = Pick<AdminDependencies, 'publisher' | 'webhooks' | 'webhookSecrets'>;

const nowhere: EventDelivery = {
  publisher: { publish: async () => undefined },
  webhooks: { send: async () => undefined },
  webhookSecrets: { put: async () => false, remove: async () => undefined },
};

export interface DirectoryServer {
  readonly port: number;
  tenantUrl(tenant: string): string;
  /** Base of the application API for a tenant. */
  applicationUrl(tenant: string): string;
  close(): Promise<void>;
}

/** Serves the entries and the authorizer over HTTP, behind the route table that API Gateway gets. */
export async function startDirectoryServer(options: DirectoryServerOptions): Promise<DirectoryServer> {
  const { host, table, tokens, log, runtime = systemRuntime } = options;
  const listener = await listen(host, options.port);
  const origin = `http://${toUrlHost(host)}:${listener.port}`;
  const tenantUrlTemplate = `${origin}/${TENANT_PATH}`;
  const dependencies: ScimDependencies = { table, tenantUrlTemplate, log, measure: () => undefined, runtime };
  listener.serve(
    createGateway({
      authorizer: createAuthorizer({ tokens, log, measure: () => undefined, now: runtime.now }),
      entries: {
        users: createUsers(dependencies),
        groups: createGroups(dependencies),
        bulk: createBulk(dependencies),
        search: createSearch(dependencies),
        discovery: createDiscovery(dependencies),
      },
      ...(options.admin === undefined ? {} : toSigned(options.admin, dependencies)),
      log,
    }),
  );
  return {
    port: listener.port,
    tenantUrl: (tenant) => tenantUrlTemplate.replace('{tenant}', tenant),
    applicationUrl: (tenant) => `${origin}/${APPLICATION_PATH}/${tenant}`,
    close: listener.close,
  };
}

/** What is signed with AWS credentials in AWS, and carries the key here. */
function toSigned(
  { key, vault, delivery = nowhere }: LocalAdminOptions,
  dependencies: ScimDependencies,
): Pick<GatewayDependencies, 'signed'> {
  return {
    signed: {
      key,
      admin: createAdmin({ ...dependencies, ...delivery, vault, runbook: DEFAULT_RUNBOOK, randomBytes }),
      application: createApplicationApi(dependencies),
    },
  };
}

/** Makes the tenants, each with its application, where they are missing. */
export async function ensureTenants(table: ItemTable, tenants: readonly string[], now: Date): Promise<void> {
  for (const tenant of tenants) {
    await createTenant(table, tenant, now);
    await createApplication(table, tenant, APPLICATION, now);
  }
}

/** An address that clients can be given: not one that means "every address of this machine". */
function toUrlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
