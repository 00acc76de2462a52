import type { Tenant, TenantSettings } from './context.ts';
import type { Action, ItemTable, PutAction } from './store/item-table.ts';
import { FORMAT } from './store/items.ts';
import { ignoringRefusal } from './store/journal.ts';
import { isName } from './store/keys.ts';
import { applicationKey, tenantKey, tenantListKey } from './store/tenant-keys.ts';
import { readTenantRecords, toTenant } from './tenant-records.ts';

/** Where a Tenant URL begins with the tenant, the other APIs have these places. */
const RESERVED_NAMES: readonly string[] = ['admin', 'application'];

/** Whether the text may be the name of a tenant: 1–40 lower-case letters, digits and hyphens, and no other API's place. */
export function isTenantName(text: string): boolean {
  return isName(text) && !RESERVED_NAMES.includes(text);
}

/** Makes a tenant with the default settings; one that is there already stays as it is. */
export async function createTenant(table: ItemTable, name: string, now: Date): Promise<void> {
  if (!isTenantName(name)) throw impossibleName(name);
  await ignoringRefusal(table.write(newTenantActions(name, {}, now)));
}

/** Puts a tenant that is not there; the first action is the one that is refused where it is. */
export function newTenantActions(name: string, settings: Partial<TenantSettings>, now: Date): Action[] {
  const made = { format: FORMAT, created: now.toISOString() };
  const item = { ...tenantKey(name), ...made, version: 1, settings: { ...settings } };
  return [
    { kind: 'put', item, conditions: [{ kind: 'notExists' }] },
    { kind: 'put', item: { ...tenantListKey(name), ...made } },
  ];
}

/** Makes an application of a tenant; one that is there already stays as it is. */
export async function createApplication(
  table: ItemTable,
  tenant: string,
  application: string,
  now: Date,
): Promise<void> {
  if (!isName(application)) throw impossibleName(application);
  await ignoringRefusal(table.writeOne(newApplicationAction(tenant, application, now)));
}

/** Puts an application that is not there. */
export function newApplicationAction(tenant: string, application: string, now: Date): PutAction {
  const made = { format: FORMAT, created: now.toISOString() };
  return {
    kind: 'put',
    item: { ...applicationKey(tenant, application), ...made, version: 1, muted: false },
    conditions: [{ kind: 'notExists' }],
  };
}

function impossibleName(name: string): Error {
  return new Error(`name ${JSON.stringify(name)} is not possible: 1-40 lower-case letters, digits and hyphens`);
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
  const records = isName(name) ? await readTenantRecords(table, name) : undefined;
  return records && toTenant(name, records);
}
