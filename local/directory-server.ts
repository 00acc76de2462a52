import type { ItemTable } from '../directory/store/item-table.ts';
import { createApplication, createTenant } from '../directory/tenants.ts';
import type { TokenStore } from '../lambda/authorization/token-store.ts';
import { createAuthorizer } from '../lambda/authorizer.ts';
import { systemRuntime } from '../lambda/aws/runtime.ts';
import { TENANT_PATH } from '../lambda/contract/routes.ts';
import { createDiscovery } from '../lambda/discovery.ts';
import { createGroups } from '../lambda/groups.ts';
import type { Runtime, ScimDependencies } from '../lambda/http/request.ts';
import type { Log } from '../lambda/observability/log.ts';
import { createUsers } from '../lambda/users.ts';
import { createGateway } from './gateway.ts';
import { listen } from './server.ts';

/** The one application that each tenant has in the local run. */
export const APPLICATION = 'default';

export interface DirectoryServerOptions {
  readonly host: string;
  readonly port: number;
  readonly table: ItemTable;
  readonly tokens: TokenStore;
  readonly log: Log;
  /** Default: the process's own clock and random sources. */
  readonly runtime?: Runtime;
}

export interface DirectoryServer {
  readonly port: number;
  tenantUrl(tenant: string): string;
  close(): Promise<void>;
}

/** Serves the entries and the authorizer over HTTP, behind the route table that API Gateway gets. */
export async function startDirectoryServer(options: DirectoryServerOptions): Promise<DirectoryServer> {
  const { host, table, tokens, log, runtime = systemRuntime } = options;
  const listener = await listen(host, options.port);
  const tenantUrlTemplate = `http://${toUrlHost(host)}:${listener.port}/${TENANT_PATH}`;
  const dependencies: ScimDependencies = { table, tenantUrlTemplate, log, measure: () => undefined, runtime };
  listener.serve(
    createGateway({
      authorizer: createAuthorizer({ tokens, log, now: runtime.now }),
      entries: {
        users: createUsers(dependencies),
        groups: createGroups(dependencies),
        discovery: createDiscovery(dependencies),
      },
      log,
    }),
  );
  return {
    port: listener.port,
    tenantUrl: (tenant) => tenantUrlTemplate.replace('{tenant}', tenant),
    close: listener.close,
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
