import { ScimError } from '../../scim/errors.ts';
import { ACTORS, type DirectoryContext } from '../context.ts';
import { deleteResource } from '../delete-resource.ts';
import { createDeletionGate } from '../guard/deletion-gate.ts';
import { remindOfHeld } from '../guard/remind.ts';
import { OperationRefusedError } from '../operator/operation.ts';
import type { ItemTable } from '../store/item-table.ts';
import type { TombstoneItem } from '../store/items.ts';
import { queryAll } from '../store/query-all.ts';
import { TableBusyError } from '../store/table-errors.ts';
import { TENANTS } from '../store/tenant-keys.ts';
import { endWith, type OnFailure } from '../sweep-failure.ts';
import { readTenantRecords, toTenant } from '../tenant-records.ts';
import { dropGroup } from './drop-group.ts';
import { type Due, listDue, listDueGroups } from './due.ts';
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
  /** Deleted groups whose retention was over: nothing is left of them. */
  readonly groups: number;
  /** Users and groups left to the next sweep: there was no time, the table was busy, or they are no longer as they were. */
  readonly postponed: number;
  /** Applications of which the guard holds requests back: told again. */
  readonly reminded: number;
  /** Tenants left to the next sweep, for lack of time. */
  readonly left: number;
  /** Users, groups and tenants not understood, or met with a defect: told one by one, and tried again by the next sweep. */
  readonly failed: number;
}

type Totals = { -readonly [name in Exclude<keyof LifecycleReport, 'left'>]: number };

export interface LifecycleOptions {
  readonly now: () => Date;
  /** A random UUID. */
  readonly newId: () => string;
  /** Time left; a sweep stops in time, and what it did is done. */
  readonly remainingMs: () => number;
  /** Told of each failure, after which the sweep goes on. Default: it ends the sweep. */
  readonly onFailure?: OnFailure;
}

/** Left for the writes under way and the answer, once a sweep has to stop. */
const RESERVE_MILLIS = 10_000;

/**
 * Does what is due in every tenant: deletes who has been deactivated for longer than the tenant's setting says, purges
 * deleted users whose retention is over, and forgets such groups. Each user is judged again under the version that is
 * deleted, so that who was activated meanwhile stays. Safe beside any request, and beside another sweep. Each sweep begins
 * with another tenant, so that where the time is too short for all of them none is always the last. One that fails keeps
 * none of the others waiting.
 */
export async function sweepLifecycle(table: ItemTable, options: LifecycleOptions): Promise<LifecycleReport> {
  const total: Totals = { tenants: 0, deleted: 0, purged: 0, groups: 0, postponed: 0, reminded: 0, failed: 0 };
  const { onFailure = endWith } = options;
  const requestId = options.newId();
  const names = (await queryAll(table, { pk: TENANTS })).map(({ sk }) => sk);
  const start = Math.floor((Number.parseInt(requestId.slice(0, 8), 16) / 2 ** 32) * names.length);
  let left = names.length;
  for (const name of [...names.slice(start), ...names.slice(0, start)]) {
    const fail = (kind: string, error: unknown) => {
      total.failed += 1;
      onFailure({ kind, tenant: name }, error);
    };
    try {
      const context = await openTenant(table, name, requestId, options);
      if (context !== undefined && !(await sweepTenant({ context, remainingMs: options.remainingMs, total, fail })))
        break;
      total.tenants += 1;
    } catch (error) {
      fail('tenant', error);
    }
    left -= 1;
  }
  return { ...total, left };
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

interface TenantSweep {
  readonly context: DirectoryContext;
  readonly remainingMs: () => number;
  readonly total: Totals;
  readonly fail: (kind: string, error: unknown) => void;
}

/** @returns False where the time was over first. */
async function sweepTenant(sweep: TenantSweep): Promise<boolean> {
  const { context, remainingMs, total, fail } = sweep;
  const hasTime = () => remainingMs() > RESERVE_MILLIS;
  if (hasTime()) {
    try {
      total.reminded += await remindOfHeld(context);
    } catch (error) {
      fail('reminder', error);
    }
  }
  return (
    (await sweepPages(sweep, hasTime, async (after) => {
      const { due, ...page } = await listDue(context, context.now(), after);
      return { ...page, kind: 'user', acts: due.map((one) => () => act(context, one, hasTime)) };
    })) &&
    (await sweepPages(sweep, hasTime, async (after) => {
      const { groups, ...page } = await listDueGroups(context, context.now(), after);
      const drop = async (group: TombstoneItem) =>
        (await dropGroup(context, group, hasTime)) ? ('groups' as const) : ('postponed' as const);
      return { ...page, kind: 'group', acts: groups.map((one) => () => drop(one)) };
    }))
  );
}

type Outcome = 'deleted' | 'purged' | 'groups' | 'postponed';

interface Page {
  readonly kind: string;
  readonly acts: readonly (() => Promise<Outcome>)[];
  readonly faults: readonly unknown[];
  readonly next?: string;
}

/** @returns False where the time was over first. */
async function sweepPages(
  { total, fail }: TenantSweep,
  hasTime: () => boolean,
  read: (after: string | undefined) => Promise<Page>,
): Promise<boolean> {
  let after: string | undefined;
  do {
    if (!hasTime()) return false;
    const { kind, acts, faults, next } = await read(after);
    for (const fault of faults) fail(kind, fault);
    for (const act of acts) {
      if (!hasTime()) return false;
      try {
        total[await act()] += 1;
      } catch (error) {
        if (error instanceof TableBusyError) total.postponed += 1;
        else fail(kind, error);
      }
    }
    after = next;
  } while (after !== undefined);
  return true;
}

async function act(context: DirectoryContext, { action, id }: Due, hasTime: () => boolean): Promise<Outcome> {
  try {
    if (action === 'purge') {
      const { isPurged } = await purgeUser(context, id, { hasTime });
      return isPurged ? 'purged' : 'postponed';
    }
    const { kind } = await deleteResource(context, 'User', id, {
      ifMatch: undefined,
      isWanted: (user) => isToBeDeleted(user, context.tenant.settings, context.now()),
      gate: createDeletionGate(context, { method: 'DELETE', type: 'User', id }),
    });
    return kind === 'deleted' ? 'deleted' : 'postponed';
  } catch (error) {
    // Of one that is gone or has come back meanwhile there is nothing to do.
    if (error instanceof ScimError || error instanceof OperationRefusedError) return 'postponed';
    throw error;
  }
}
