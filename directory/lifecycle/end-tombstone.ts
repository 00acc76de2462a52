import type { DirectoryContext } from '../context.ts';
import { lookupValues } from '../lookup-values.ts';
import type { Action } from '../store/item-table.ts';
import type { TombstoneItem } from '../store/items.ts';
import { claimKey, indexKey, journalEntryKey, openDeletionKey, tombstoneKey } from '../store/keys.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { pointsTo } from './bring-back.ts';

/**
 * Ends a tombstone in one transaction: with it go its index entries, the claims that still point to it, and its deletion.
 *
 * @param alongside - What the same transaction does besides.
 * @returns False where the tombstone is no longer as it was read.
 */
export async function endTombstone(
  context: Pick<DirectoryContext, 'table' | 'tenant'>,
  { sk: id, journal, item: { type, attributes } }: TombstoneItem,
  alongside: readonly Action[] = [],
): Promise<boolean> {
  const { name: tenant, lookups } = context.tenant;
  const { claims, entries } = lookupValues(lookups[type], attributes);
  const tombstone: Action = {
    kind: 'delete',
    key: tombstoneKey(tenant, type, id),
    conditions: [{ kind: 'equals', attribute: 'journal', value: journal }],
  };
  const others: Action[] = [
    ...entries.map(
      ({ attribute, value }): Action => ({
        kind: 'delete',
        key: indexKey(tenant, `Tombstone${type}`, attribute, value, id),
      }),
    ),
    { kind: 'delete', key: journalEntryKey(tenant, id, journal) },
    { kind: 'delete', key: openDeletionKey(tenant, id) },
    ...alongside,
  ];
  let ownClaims = claims;
  for (;;) {
    const deletions = ownClaims.map(
      ({ attribute, value }): Action => ({
        kind: 'delete',
        key: claimKey(tenant, type, attribute, value),
        conditions: pointsTo(id),
      }),
    );
    try {
      await context.table.write([tombstone, ...deletions, ...others]);
      return true;
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      if (error.refusalOf(0) !== undefined) return false;
      // Somebody else has the value by now.
      ownClaims = ownClaims.filter((_, n) => error.refusalOf(1 + n) === undefined);
    }
  }
}
