import { createResourceSchemas } from '../scim/schema/resource-types.ts';
import type { Tenant } from './context.ts';
import type { Action, ItemTable } from './store/item-table.ts';
import { FORMAT, parseItem, TenantItemSchema } from './store/items.ts';
import { ignoringRefusal } from './store/journal.ts';
import { applicationKey, isName, tenantKey, tenantListKey } from './store/keys.ts';

/** Whether the text may be the name of a tenant or an application: 1–40 lower-case letters, digits and hyphens. */
export function isTenantName(text: string): boolean {
  return isName(text);
}

/** Makes a tenant with the default settings; one that is there already stays as it is. */
export async function createTenant(table: ItemTable, name: string, now: Date): Promise<void> {
  assertName(name);
  const made = { format: FORMAT, created: now.toISOString() };
  const conditions = [{ kind: 'notExists' } as const];
  const actions: Action[] = [
    { kind: 'put', item: { ...tenantKey(name), ...made, settings: {} }, conditions },
    { kind: 'put', item: { ...tenantListKey(name), ...made } },
  ];
  await ignoringRefusal(table.write(actions));
}

/** Makes an application of a tenant; one that is there already stays as it is. */
export async function createApplication(
  table: ItemTable,
  tenant: string,
  application: string,
  now: Date,
): Promise<void> {
  assertName(application);
  await ignoringRefusal(
    table.writeOne({
      kind: 'put',
      item: { ...applicationKey(tenant, application), format: FORMAT, created: now.toISOString() },
      conditions: [{ kind: 'notExists' }],
    }),
  );
}

function assertName(name: string): void {
  if (!isName(name)) {
    throw new Error(`name ${JSON.stringify(name)} is not possible: 1-40 lower-case letters, digits and hyphens`);
  }
}

/** Seconds for which a process goes by what it knows of a tenant. */
const TTL_SECONDS = 30;

/** The tenants that this process has served, each read again after {@link TTL_SECONDS}. */
export class TenantCache {
  readonly #now: () => number;
  readonly #tenants = new Map<string, { readonly tenant: Promise<Tenant | undefined>; readonly until: number }>();

  /** @param options - `now` in epoch milliseconds. */
  constructor(options: { readonly now: () => number }) {
    this.#now = options.now;
  }

  async find(table: ItemTable, name: string): Promise<Tenant | undefined> {
    const cached = this.#tenants.get(name);
    if (cached !== undefined && cached.until > this.#now()) return await cached.tenant;
    const tenant = readTenant(table, name);
    this.#tenants.set(name, { tenant, until: this.#now() + TTL_SECONDS * 1_000 });
    try {
      return await tenant;
    } catch (error) {
      // What could not be read is not known.
      this.#tenants.delete(name);
      throw error;
    }
  }
}

async function readTenant(table: ItemTable, name: string): Promise<Tenant | undefined> {
  const item = isName(name) ? await table.get(tenantKey(name)) : undefined;
  if (item === undefined) return undefined;
  const { settings } = parseItem(TenantItemSchema, item);
  return { name, settings, schemas: createResourceSchemas() };
}
