import { ScimError } from '../../scim/errors.ts';
import { ACTORS, type DirectoryContext } from '../context.ts';
import { deleteResource } from '../delete-resource.ts';
import { createGate } from '../guard/gate.ts';
import { remindOfHeld } from '../guard/remind.ts';
import { OperationRefusedError } from '../operator/operation.ts';
import type { ItemTable } from '../store/item-table.ts';
import { queryAll } from '../store/query-all.ts';
import { TableBusyError } from '../store/table-errors.ts';
import { TENANTS } from '../store/tenant-keys.ts';
import { readTenantRecords, toTenant } from '../tenant-records.ts';
import { type Due, listDue } from './due.ts';
import { purgeUser } from './purge-user.ts';
import { isToBeDeleted } from './tombstones.ts';

/** What a sweep of the lifecycle did. */
export interface LifecycleReport {
  /** Tenants that were gone through to the end, or are going themselves. */
  readonly tenants: number;
  /** Users who had been deactivated for too long. */
  readonly deleted: number;
  /** Deleted users whose retention was over. */
  readonly purged: number;
  /** Users left to the next sweep: the table was busy, or they are no longer as they were. */
  readonly postponed: number;
  /** Applications of which the guard holds requests back: told again. */
  readonly reminded: number;
  /** Tenants left to the next sweep, for lack of time. */
  readonly left: number;
}

export interface LifecycleOptions {
  readonly now: () => Date;
  /** A random UUID. */
  readonly newId: () => string;
  /** Time left; a sweep stops in time, and what it did is done. */
  readonly remainingMs: () => number;
}

/** Left for the writes under way and the answer, once a sweep has to stop. */
const RESERVE_MILLIS = 10_000;

/**
 * Does what is due in every tenant: deletes who has been deactivated for longer than the tenant's setting says, and purges
 * whose retention is over. Each one is judged again under the version that is deleted, so that who was activated meanwhile
 * stays. Safe beside any request, and beside another sweep. Each sweep begins with another tenant, so that where the time is too
 * short for all of them none is always the last.
 */
export async function sweepLifecycle(table: ItemTable, options: LifecycleOptions): Promise<LifecycleReport> {
  const total = { tenants: 0, deleted: 0, purged: 0, postponed: 0, reminded: 0 };
  const requestId = options.newId();
  const names = (await queryAll(table, { pk: TENANTS })).map(({ sk }) => sk);
  const start = Math.floor((Number.parseInt(requestId.slice(0, 8), 16) / 2 ** 32) * names.length);
  for (const name of [...names.slice(start), ...names.slice(0, start)]) {
    const context = await openTenant(table, name, requestId, options);
    if (context !== undefined && !(await sweepTenant(context, options.remainingMs, total))) break;
    total.tenants += 1;
  }
  return { ...total, left: names.length - total.tenants };
}

/** @returns undefined where the tenant is going or gone. */
async function openTenant(
  table: ItemTable,
  name: string,
  requestId: string,
  { now, newId }: LifecycleOptions,
): Promise<DirectoryContext | undefined> {
  const records = await readTenantRecords(table, name);
  const tenant = records && toTenant(name, records);
  if (tenant === undefined || tenant.standing.state === 'deleting') return undefined;
  return { table, tenant, application: ACTORS.lifecycle, requestId, tenantUrl: '', now, newId };
}

/** @returns False where the time was over first. */
async function sweepTenant(
  context: DirectoryContext,
  remainingMs: () => number,
  total: { deleted: number; purged: number; postponed: number; reminded: number },
): Promise<boolean> {
  const hasTime = () => remainingMs() > RESERVE_MILLIS;
  if (hasTime()) total.reminded += await remindOfHeld(context);
  let after: string | undefined;
  do {
    if (!hasTime()) return false;
    const page = await listDue(context, context.now(), after);
    for (const due of page.due) {
      if (!hasTime()) return false;
      total[await act(context, due, hasTime)] += 1;
    }
    after = page.next;
  } while (after !== undefined);
  return true;
}

async function act(
  context: DirectoryContext,
  { action, id }: Due,
  hasTime: () => boolean,
): Promise<'deleted' | 'purged' | 'postponed'> {
  try {
    if (action === 'purge') {
      await purgeUser(context, id, { hasTime });
      return 'purged';
    }
    const { kind } = await deleteResource(context, 'User', id, {
      ifMatch: undefined,
      isWanted: (user) => isToBeDeleted(user, context.tenant.settings, context.now()),
      gate: createGate(context, { method: 'DELETE', type: 'User', id }),
    });
    return kind === 'deleted' ? 'deleted' : 'postponed';
  } catch (error) {
    // Of one that is gone or has come back meanwhile there is nothing to do.
    if (error instanceof TableBusyError || error instanceof ScimError || error instanceof OperationRefusedError) {
      return 'postponed';
    }
    throw error;
  }
}
