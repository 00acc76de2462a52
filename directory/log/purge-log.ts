import { allPointers, pointersOf } from '../feed/pointers.ts';
import { listApplications } from '../operator/applications.ts';
import { auditAction } from '../operator/audit.ts';
import { Eraser } from '../operator/eraser.ts';
import { OperationRefusedError, type OperatorContext } from '../operator/operation.ts';
import { assertConfirmed } from '../operator/tenants.ts';
import { parseItem } from '../store/items.ts';
import { LogItemSchema } from '../store/log-items.ts';
import { cyclePartition, logPartition } from '../store/log-keys.ts';

/** Left for the answer, once the time of a call is over. */
const RESERVE_MILLIS = 3_000;

/** The change feed reads a change within a day, or never: until then it may still add pointers to an entry. */
const MIN_AGE_HOURS = 24;

export interface LogPurge {
  /** What is older is deleted. */
  readonly before: Date;
  /** The tenant's name once more. */
  readonly confirmation: string;
  /** Time left for this call. */
  readonly remainingMs: () => number;
}

export interface LogPurgeProgress {
  readonly done: boolean;
  /** Items that this call has deleted: entries, the pointers to them, sync cycles. */
  readonly deleted: number;
}

/**
 * Deletes what the provisioning log has of before a time, and the completed sync cycles that began before it; a stretch
 * at each call, oldest first. Pointers go before their entry, for only that leads to them: whatever ended a call
 * half-way, the next goes on.
 *
 * @throws {@link OperationRefusedError} `not_found`; `unconfirmed`; `invalid` for a time of the last 24 hours.
 */
export async function purgeLog(
  context: OperatorContext,
  tenant: string,
  { before, confirmation, remainingMs }: LogPurge,
): Promise<LogPurgeProgress> {
  const applications = await listApplications(context, tenant);
  assertConfirmed(tenant, confirmation);
  assertOld(context, before);
  const to = before.toISOString();
  // Each call has a record of its own, so that none deletes unrecorded, whoever makes it.
  await context.table.writeOne(auditAction(context, { action: 'log.purge', tenant, after: { before: to } }));
  const eraser = new Eraser(context.table, () => remainingMs() > RESERVE_MILLIS);
  let done = await eraser.partition({ pk: logPartition(tenant), to }, async (item) => {
    await eraser.items(allPointers(pointersOf(tenant, parseItem(LogItemSchema, item))));
    return true;
  });
  for (const { name } of applications) done &&= await eraser.partition({ pk: cyclePartition(tenant, name), to });
  return { done, deleted: eraser.deleted };
}

function assertOld({ now }: OperatorContext, before: Date): void {
  const latest = new Date(now().getTime() - MIN_AGE_HOURS * 3_600_000);
  if (before <= latest) return;
  throw new OperationRefusedError(
    'invalid',
    `before: the log of the last ${MIN_AGE_HOURS} hours stays; give a time before ${latest.toISOString()}`,
  );
}
