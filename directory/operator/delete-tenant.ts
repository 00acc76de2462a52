import { readCounters } from '../counters.ts';
import type { ItemTable } from '../store/item-table.ts';
import { queryAll } from '../store/query-all.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import type { TenantItem } from '../store/tenant-items.ts';
import {
  AUDIT,
  applicationRange,
  nameOfApplicationKey,
  tenantKey,
  tenantListKey,
  tenantPartition,
} from '../store/tenant-keys.ts';
import { auditAction, auditOf } from './audit.ts';
import { changeAction } from './change.ts';
import { eraseTenant } from './erase-tenant.ts';
import { changedMeanwhile, type OperatorContext } from './operation.ts';
import { assertConfirmed, getTenant, stateOf } from './tenants.ts';

/**
 * How long requests that began before the deletion may last: 30 s by what a process remembers of the tenant, and their
 * own time. What they wrote is found by a pass that begins later.
 */
const SETTLE_MILLIS = 60_000;

/** The latest entries that an item of 400 KB can keep. */
const MAX_HISTORY = 1_000;

/** What a call needs beside the table. */
export interface DeletionOptions {
  /** The tenant's name once more. */
  readonly confirmation: string;
  /** Erases the secrets of the tenant and of these applications of it; does nothing where there is none. */
  readonly removeSecrets: (applications: readonly string[]) => Promise<void>;
  /** Time left for this call. */
  readonly remainingMs: () => number;
}

export interface DeletionProgress {
  readonly done: boolean;
  /** Items that this call has deleted. */
  readonly deleted: number;
  /** When to call again. */
  readonly retryAfterSeconds?: number;
}

/**
 * Deletes a tenant with everything it has, a stretch at each call; whatever ended a call half-way, the next goes on. The
 * last step leaves nothing of it but the audit record of the deletion, which tells who had done what to it before.
 *
 * @throws OperationRefusedError `not_found`, also once it is gone; `unconfirmed`
 */
export async function deleteTenant(
  context: OperatorContext,
  tenant: string,
  { confirmation, removeSecrets, remainingMs }: DeletionOptions,
): Promise<DeletionProgress> {
  const found = await getTenant(context, tenant);
  assertConfirmed(tenant, confirmation);
  const deletion = found.deletion ?? (await startDeletion(context, tenant, found));
  const settledAt = Date.parse(deletion.since) + SETTLE_MILLIS;
  let deleted = 0;
  for (;;) {
    const isSettled = context.now().getTime() >= settledAt;
    const pass = await eraseTenant(context.table, tenant, remainingMs);
    deleted += pass.deleted;
    if (!pass.finished) return { done: false, deleted, retryAfterSeconds: 0 };
    await removeSecrets(await applicationsOf(context.table, tenant));
    if (!isSettled) {
      const waitMillis = Math.max(0, settledAt - context.now().getTime());
      return { done: false, deleted, retryAfterSeconds: Math.ceil(waitMillis / 1_000) };
    }
    if (pass.deleted === 0) break;
  }
  return { done: true, deleted: deleted + (await finishDeletion(context, tenant, deletion.audit)) };
}

type Deletion = NonNullable<TenantItem['deletion']>;

/** From now on the tenant is refused. */
async function startDeletion(context: OperatorContext, tenant: string, item: TenantItem): Promise<Deletion> {
  const [users, groups] = await Promise.all([
    readCounters({ table: context.table, tenant: { name: tenant } }, 'User'),
    readCounters({ table: context.table, tenant: { name: tenant } }, 'Group'),
  ]);
  const record = auditAction(context, {
    action: 'tenants.delete',
    tenant,
    before: { ...stateOf(item), created: item.created, users: users.total, groups: groups.total },
  });
  const deletion = { since: context.now().toISOString(), audit: record.item.sk };
  const change = changeAction({ item, set: { state: 'deleting', deletion }, remove: ['pausedUntil'] });
  try {
    await context.table.write([change, record]);
  } catch (error) {
    if (error instanceof WriteRefusedError) throw changedMeanwhile(`the tenant ${tenant}`);
    throw error;
  }
  return deletion;
}

async function applicationsOf(table: ItemTable, tenant: string): Promise<readonly string[]> {
  const items = await queryAll(table, { pk: tenantPartition(tenant), ...applicationRange() });
  return items.map(({ sk }) => nameOfApplicationKey(sk));
}

/**
 * Folds the tenant's records into the one of its deletion, then takes away what made it a tenant. A repeat adds what is
 * still there to the history that is.
 */
async function finishDeletion(context: OperatorContext, tenant: string, audit: string): Promise<number> {
  const { table } = context;
  const records = await auditOf(context, tenant);
  const own = records.find(({ sk }) => sk === audit);
  const earlier = records.filter(({ sk }) => sk !== audit);
  const history = [
    ...(own?.history ?? []),
    ...earlier.map(({ time, principal, action }) => ({ time, principal, action })),
  ];
  const unique = new Map(history.map((entry) => [`${entry.time} ${entry.action} ${entry.principal}`, entry]));
  const kept = [...unique.values()].toSorted((left, right) => (left.time < right.time ? -1 : 1)).slice(-MAX_HISTORY);
  const key = { pk: AUDIT, sk: audit };
  await table.writeOne({ kind: 'update', key, set: { history: kept } });
  for (const { pk, sk } of earlier) await table.writeOne({ kind: 'delete', key: { pk, sk } });
  const settings = tenantKey(tenant);
  const others = (await queryAll(table, { pk: settings.pk })).filter(({ sk }) => sk !== settings.sk);
  for (const { pk, sk } of others) await table.writeOne({ kind: 'delete', key: { pk, sk } });
  await table.write([
    { kind: 'delete', key: settings },
    { kind: 'delete', key: tenantListKey(tenant) },
    { kind: 'update', key, set: { after: { deletedAt: context.now().toISOString() } } },
  ]);
  return others.length + 2;
}
