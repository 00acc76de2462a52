import { WriteRefusedError } from '../store/table-errors.ts';
import type { ApplicationItem } from '../store/tenant-items.ts';
import { getApplication } from './applications.ts';
import { changeAction } from './change.ts';
import { changedMeanwhile, OperationRefusedError, type OperatorContext } from './operation.ts';

/** Longer than a call may last. */
const LOCK_MILLIS = 30_000;

/**
 * Keeps every other change of an application's tokens out: two at once would leave one in force that nobody recorded.
 * The record of the change unlocks it; a call that broke off does in half a minute.
 *
 * @param assertPossible - Throws where the change cannot be made of what is there; then nothing is locked.
 * @returns The item as it is now.
 * @throws {@link OperationRefusedError} `not_found`; `conflict` where another change is under way
 */
export async function lockTokens(
  context: OperatorContext,
  tenant: string,
  application: string,
  assertPossible: (item: ApplicationItem) => void,
): Promise<ApplicationItem> {
  const item = await getApplication(context, tenant, application);
  assertPossible(item);
  const now = context.now();
  if (item.changingUntil !== undefined && Date.parse(item.changingUntil) > now.getTime()) {
    throw new OperationRefusedError(
      'conflict',
      `another change of the tokens of ${application} is under way: look at the token's status, and try again in half a minute`,
    );
  }
  const changingUntil = new Date(now.getTime() + LOCK_MILLIS).toISOString();
  try {
    await context.table.write([changeAction({ item, set: { changingUntil } })]);
  } catch (error) {
    if (error instanceof WriteRefusedError) throw changedMeanwhile(`the application ${application}`);
    throw error;
  }
  return { ...item, version: (item.version ?? 0) + 1, changingUntil };
}
