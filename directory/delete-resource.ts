import type { VersionCondition } from '../scim/etag.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import { assertMatches, readSettled } from './change-resource.ts';
import type { DirectoryContext } from './context.ts';
import { finishDeletion } from './deletion.ts';
import { DELETED, UNCHANGED } from './done.ts';
import type { DeletionGate } from './guard/admission.ts';
import { areMarksUnchanged } from './guard/marks.ts';
import { assertFeature } from './lifecycle/features.ts';
import { type LookupValue, lookupValues } from './lookup-values.ts';
import { passOn, planDeparture } from './ownership/departure.ts';
import type { Done } from './resource-view.ts';
import { actorOf, toItem } from './resource-writes.ts';
import type { Action } from './store/item-table.ts';
import { FORMAT, type ResourceItem } from './store/items.ts';
import type { Journal } from './store/journal.ts';
import {
  claimKey,
  counterKey,
  indexKey,
  journalEntryKey,
  openDeletionKey,
  resourceKey,
  tombstoneKey,
} from './store/keys.ts';
import { TableBusyError, WriteRefusedError } from './store/table-errors.ts';

export interface DeletionOptions {
  readonly ifMatch: VersionCondition | undefined;
  /** Asked of the item under whose version it is deleted; where it says no, nothing is done. Default: yes. */
  readonly isWanted?: (item: ResourceItem) => boolean;
  /** What the same transaction does besides: the audit's record. */
  readonly alongside?: readonly Action[];
  /** Asked before it is deleted. Default: nothing is guarded. */
  readonly gate?: DeletionGate | undefined;
}

/**
 * Deletes a resource: from then on it is unknown, its unique values are free and nobody can make it a member; what was
 * known of it stays in a tombstone. Its memberships go afterwards, here or, if this request dies or runs out of time, by
 * the sweeper.
 *
 * @throws ScimError 404; 412 where `ifMatch` does not hold; 400 where the application may not delete users.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.6 RFC 7644 §3.6}
 */
export async function deleteResource(
  context: DirectoryContext,
  type: ResourceTypeName,
  id: string,
  { ifMatch, isWanted, alongside = [], gate }: DeletionOptions,
): Promise<Done> {
  const journal: Journal = { tenant: context.tenant.name, type, resourceId: id, journalId: context.newId() };
  for (;;) {
    const item = await readSettled(context, type, id);
    assertMatches(ifMatch, item.version);
    if (type === 'User') assertFeature(context, 'delete');
    if (isWanted?.(item) === false) return UNCHANGED;
    if ((await gate?.admitDeletion(item)) === 'again') continue;
    const departure = type === 'User' ? await planDeparture(context, item) : undefined;
    const { user = item, actions = [] } = departure ?? {};
    try {
      await context.table.write([...deletionActions(context, user, journal), ...actions, ...alongside]);
      if (departure !== undefined) await passOn(context, departure);
      break;
    } catch (error) {
      // Only the resource itself is conditional, and the tombstone, which nobody else could have put.
      if (!(error instanceof WriteRefusedError)) throw error;
    }
  }
  try {
    await finishDeletion({ table: context.table, now: context.now, hasTime: () => true }, journal);
  } catch (error) {
    // It is deleted; the memberships that are left are the sweeper's.
    if (!(error instanceof TableBusyError)) throw error;
  }
  return DELETED;
}

function deletionActions(context: DirectoryContext, item: ResourceItem, journal: Journal): Action[] {
  const { name: tenant, lookups } = context.tenant;
  const { type, sk: id } = item;
  const { claims, entries } = lookupValues(lookups[type], item.attributes);
  const now = context.now().toISOString();
  return [
    {
      kind: 'delete',
      key: resourceKey(tenant, type, id),
      conditions: [{ kind: 'versionIs', version: item.version }, areMarksUnchanged(item)],
    },
    {
      kind: 'put',
      item: {
        ...tombstoneKey(tenant, type, id),
        format: FORMAT,
        version: item.version + 1,
        deletedAt: now,
        by: actorOf(context),
        journal: journal.journalId,
        // What was held back of it is settled.
        item: toItem({ ...item, held: undefined }),
        writeId: context.newId(),
      },
      conditions: [{ kind: 'notExists' }],
    },
    {
      kind: 'put',
      item: {
        ...journalEntryKey(tenant, id, journal.journalId),
        format: FORMAT,
        kind: 'deletion',
        state: 'started',
        ...journal,
        since: now,
      },
    },
    {
      kind: 'put',
      item: { ...openDeletionKey(tenant, id), format: FORMAT, journal: journal.journalId },
    },
    ...claims.map(
      ({ attribute, value }): Action => ({
        kind: 'put',
        item: { ...claimKey(tenant, type, attribute, value), format: FORMAT, resourceId: id, tombstone: true },
      }),
    ),
    ...entries.flatMap((entry: LookupValue): Action[] => [
      { kind: 'delete', key: indexKey(tenant, type, entry.attribute, entry.value, id) },
      {
        kind: 'put',
        item: { ...indexKey(tenant, `Tombstone${type}`, entry.attribute, entry.value, id), format: FORMAT },
      },
    ]),
    { kind: 'update', key: counterKey(tenant, type, id), add: { count: -1 } },
  ];
}
