import type { JsonObject } from '../../scim/json.ts';
import { createResourceSchemas } from '../../scim/schema/resource-types.ts';
import type { TenantSettings } from '../context.ts';
import { readCounters } from '../counters.ts';
import { toValidSettings } from '../lifecycle/settings-rules.ts';
import type { UpdateAction } from '../store/item-table.ts';
import { parseItem, parseOptionalItem } from '../store/items.ts';
import { tombstonePartition } from '../store/keys.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { type TenantItem, TenantItemSchema } from '../store/tenant-items.ts';
import { TENANTS, tenantKey } from '../store/tenant-keys.ts';
import { readTenantRecords, type TenantRecords, toTenant } from '../tenant-records.ts';
import { isTenantName, newTenantActions } from '../tenants.ts';
import { type AuditEntry, auditAction } from './audit.ts';
import { writeChange } from './change.ts';
import { noSuchTenant, OperationRefusedError, type OperatorContext } from './operation.ts';

const PAGE = 100;
const DEFAULT_SETTINGS: TenantSettings = TenantItemSchema.shape.settings.parse({});

/** A tenant as an operator sees it. */
export interface TenantRecord {
  readonly name: string;
  readonly item: TenantItem;
}

/** The tenants of the region by name, a page at a time. */
export async function listTenants(
  { table }: Pick<OperatorContext, 'table'>,
  after: string | undefined,
): Promise<{ readonly tenants: readonly TenantRecord[]; readonly next?: string }> {
  const { items, next } = await table.query({ pk: TENANTS, limit: PAGE, ...(after === undefined ? {} : { after }) });
  const found = await table.getMany(items.map(({ sk }) => tenantKey(sk)));
  const tenants = items.flatMap(({ sk: name }, n) => {
    const item = found[n];
    return item === undefined ? [] : [{ name, item: parseItem(TenantItemSchema, item) }];
  });
  return next === undefined ? { tenants } : { tenants, next };
}

/** @throws {@link OperationRefusedError} `not_found` */
export async function getTenant({ table }: Pick<OperatorContext, 'table'>, name: string): Promise<TenantItem> {
  const item = isTenantName(name) ? parseOptionalItem(TenantItemSchema, await table.get(tenantKey(name))) : undefined;
  if (item === undefined) throw noSuchTenant(name);
  return item;
}

/** A tenant with its schemas and indexes. @throws {@link OperationRefusedError} `not_found` */
export async function getTenantRecords(
  { table }: Pick<OperatorContext, 'table'>,
  name: string,
): Promise<TenantRecords> {
  const records = isTenantName(name) ? await readTenantRecords(table, name) : undefined;
  if (records === undefined) throw noSuchTenant(name);
  return records;
}

/** Makes a tenant. @throws {@link OperationRefusedError} `invalid` name or settings; `conflict` where it is there already */
export async function addTenant(
  context: OperatorContext,
  name: string,
  settings: Partial<TenantSettings>,
): Promise<TenantItem> {
  if (!isTenantName(name)) {
    throw new OperationRefusedError(
      'invalid',
      `${JSON.stringify(name.slice(0, 64))} cannot be the name of a tenant: 1-40 lower-case letters, digits and hyphens, and not "admin" or "application"`,
    );
  }
  const valid = toValidSettings(createResourceSchemas(), DEFAULT_SETTINGS, settings);
  try {
    await context.table.write([
      ...newTenantActions(name, valid, context.now()),
      auditAction(context, { action: 'tenants.create', tenant: name, after: { settings: { ...valid } } }),
    ]);
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    throw new OperationRefusedError('conflict', `the tenant ${name} is there already`);
  }
  return await getTenant(context, name);
}

/**
 * Changes some of a tenant's settings; requests go by them within 30 s.
 *
 * @throws {@link OperationRefusedError} `not_found`; `invalid` as {@link toValidSettings}; `conflict` for a change of `uniqueGroupNames` once there are groups,
 * whose claims and index entries are made by it.
 */
export async function changeSettings(
  context: OperatorContext,
  name: string,
  changes: Partial<TenantSettings>,
): Promise<TenantItem> {
  const records = await getTenantRecords(context, name);
  const { item: before } = records;
  const { schemas } = toTenant(name, records);
  const settings = { ...before.settings, ...toValidSettings(schemas, before.settings, changes) };
  if (settings.uniqueGroupNames !== before.settings.uniqueGroupNames) await assertNoGroups(context, name);
  return await change(context, name, before, {
    action: 'tenants.settings',
    set: { settings },
    before: { settings: { ...before.settings } },
    after: { settings },
  });
}

async function assertNoGroups({ table }: OperatorContext, name: string): Promise<void> {
  const { total } = await readCounters({ table, tenant: { name } }, 'Group');
  const { items } = await table.query({ pk: tombstonePartition(name, 'Group'), limit: 1 });
  if (total === 0 && items.length === 0) return;
  throw new OperationRefusedError('conflict', 'uniqueGroupNames cannot be changed once the tenant has had groups');
}

/** Stops provisioning for a while: identity providers get 503 and come again. Holds within 30 s. */
export async function pauseTenant(context: OperatorContext, name: string, minutes: number): Promise<TenantItem> {
  const before = await getTenant(context, name);
  assertOpen(name, before);
  const pausedUntil = new Date(context.now().getTime() + minutes * 60_000).toISOString();
  return await change(context, name, before, {
    action: 'tenants.pause',
    set: { state: 'paused', pausedUntil },
    before: stateOf(before),
    after: { state: 'paused', pausedUntil },
  });
}

/** Ends a pause or a suspension. */
export async function resumeTenant(context: OperatorContext, name: string): Promise<TenantItem> {
  const before = await getTenant(context, name);
  if (before.state === 'deleting') throw beingDeleted(name);
  return await change(context, name, before, {
    action: 'tenants.resume',
    set: { state: 'active' },
    remove: ['pausedUntil'],
    before: stateOf(before),
    after: { state: 'active' },
  });
}

/**
 * Shuts a tenant, sign-in included: requests get 403, which makes an identity provider quarantine the connection.
 *
 * @param confirmation - The tenant's name once more.
 */
export async function suspendTenant(context: OperatorContext, name: string, confirmation: string): Promise<TenantItem> {
  const before = await getTenant(context, name);
  assertConfirmed(name, confirmation);
  if (before.state === 'deleting') throw beingDeleted(name);
  return await change(context, name, before, {
    action: 'tenants.suspend',
    set: { state: 'suspended' },
    remove: ['pausedUntil'],
    before: stateOf(before),
    after: { state: 'suspended' },
  });
}

/** @throws {@link OperationRefusedError} `unconfirmed` */
export function assertConfirmed(name: string, confirmation: string): void {
  if (confirmation === name) return;
  throw new OperationRefusedError('unconfirmed', `to go on, confirm with the name of the tenant: ${name}`);
}

/** How it stands, for the audit. */
export function stateOf({ state, pausedUntil }: TenantItem): JsonObject {
  return { state, ...(pausedUntil === undefined ? {} : { pausedUntil }) };
}

function assertOpen(name: string, { state }: TenantItem): void {
  if (state === 'deleting') throw beingDeleted(name);
  if (state === 'suspended') {
    throw new OperationRefusedError('conflict', `the tenant ${name} is suspended: resume it first`);
  }
}

export function beingDeleted(name: string): OperationRefusedError {
  return new OperationRefusedError('conflict', `the tenant ${name} is being deleted: nothing brings it back`);
}

/** Writes a change under the version that was read, and its record. */
async function change(
  context: OperatorContext,
  name: string,
  item: TenantItem,
  { action, before, after, ...changes }: TenantChange,
): Promise<TenantItem> {
  const audit = { action, tenant: name, before, after };
  await writeChange(context, `the tenant ${name}`, { item, ...changes }, audit);
  return await getTenant(context, name);
}

interface TenantChange extends Pick<AuditEntry, 'action'>, Pick<UpdateAction, 'set' | 'remove'> {
  readonly before: JsonObject;
  readonly after: JsonObject;
}
