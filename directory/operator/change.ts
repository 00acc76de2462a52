import type { CheckAction, Condition, Key, UpdateAction } from '../store/item-table.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { type AuditEntry, auditAction } from './audit.ts';
import { changedMeanwhile, type OperatorContext } from './operation.ts';

/** A change of an item as it was read. */
export interface ItemChange extends Pick<UpdateAction, 'set' | 'remove'> {
  readonly item: Key & { readonly version?: number | undefined };
}

/**
 * Changes an item that operators version, if it is still as it was read, and records that in the same transaction.
 *
 * @param what - For the message, such as `the tenant acme`.
 * @throws {@link OperationRefusedError} `conflict`
 */
export async function writeChange(
  context: OperatorContext,
  what: string,
  change: ItemChange,
  audit: AuditEntry,
): Promise<void> {
  try {
    await context.table.write([changeAction(change), auditAction(context, audit)]);
  } catch (error) {
    if (error instanceof WriteRefusedError) throw changedMeanwhile(what);
    throw error;
  }
}

/** The update alone, for a transaction that does more. */
export function changeAction({ item, set, remove }: ItemChange): UpdateAction {
  return {
    kind: 'update',
    key: { pk: item.pk, sk: item.sk },
    ...(set === undefined ? {} : { set }),
    ...(remove === undefined ? {} : { remove }),
    add: { version: 1 },
    conditions: asRead(item),
  };
}

/** Writes nothing: the item is still as it was read. */
export function checkAction(item: ItemChange['item']): CheckAction {
  return { kind: 'check', key: { pk: item.pk, sk: item.sk }, conditions: asRead(item) };
}

/** Items of before the operators' plane have no version yet. */
function asRead({ version }: ItemChange['item']): Condition[] {
  if (version !== undefined) return [{ kind: 'versionIs', version }];
  return [{ kind: 'exists' }, { kind: 'absent', attribute: 'version' }];
}
