import type { DirectoryContext } from '../context.ts';
import { type Cleaner, finishDeletion } from '../deletion.ts';
import { lookupValues } from '../lookup-values.ts';
import { OperationRefusedError } from '../operator/operation.ts';
import { learn } from '../refusals.ts';
import type { Action } from '../store/item-table.ts';
import {
  type JournalEntryItem,
  JournalEntryItemSchema,
  parseItem,
  parseOptionalItem,
  type ResourceItem,
  ResourceItemSchema,
  type TombstoneItem,
} from '../store/items.ts';
import { isResourceId, JOURNALS, journalEntryRangeOf, resourceKey } from '../store/keys.ts';
import { purgedKey } from '../store/log-keys.ts';
import { queryAll } from '../store/query-all.ts';
import { TableBusyError, WriteRefusedError } from '../store/table-errors.ts';
import { bringBackActions } from './bring-back.ts';
import { type Restored, restoreMemberships } from './former-memberships.ts';
import { endOfRetention, findTombstone } from './tombstones.ts';

/**
 * Brings a deleted user back: same id, same attributes, same groups as far as these are still there. From its one
 * transaction on the user is there; the memberships follow, here or, if this call dies or runs out of time, by the sweeper
 * or by the same call again.
 *
 * @param alongside - What the same transaction does besides: the audit's record.
 * @throws {@link OperationRefusedError} `not_found`; `conflict` where the user is there, is purged, or was deleted too long
 * ago. ScimError 409 `uniqueness` naming what somebody else has taken since.
 */
export async function restoreUser(
  context: DirectoryContext,
  id: string,
  alongside: readonly Action[] = [],
): Promise<Restored> {
  const { table, tenant, now } = context;
  const cleaner: Cleaner = { table, now, hasTime: () => true };
  for (;;) {
    const tombstone = await findTombstone(table, tenant.name, id);
    if (tombstone === undefined) return await carryOn(context, cleaner, id);
    assertRetained(context, tombstone);
    await finishDeletion(cleaner, { tenant: tenant.name, type: 'User', resourceId: id, journalId: tombstone.journal });
    const entry = await bringBack(context, tombstone, alongside);
    if (entry !== 'stale') return await join(cleaner, entry);
  }
}

/** @returns The journal entry of what is left to do. */
async function bringBack(
  context: DirectoryContext,
  tombstone: TombstoneItem,
  alongside: readonly Action[],
): Promise<JournalEntryItem | 'stale'> {
  const { attributes } = tombstone.item;
  const { claims } = lookupValues(context.tenant.lookups.User, attributes);
  const takeovers = new Map(claims.map(({ value }) => [value, tombstone.sk]));
  for (;;) {
    const { entry, actions } = bringBackActions(context, {
      tombstone,
      how: 'restored',
      attributes,
      takeovers,
      givenUp: [],
    });
    try {
      await context.table.write([...actions.map(({ action }) => action), ...alongside]);
      return entry;
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      const knowledge = { takeovers, memberGroups: new Set<string>() };
      if (learn(error, actions, { add: [], remove: [] }, knowledge) === 'stale') return 'stale';
    }
  }
}

/** A call of before may have brought the user back, and died. */
async function carryOn({ table, tenant }: DirectoryContext, cleaner: Cleaner, id: string): Promise<Restored> {
  const user = isResourceId(id)
    ? parseOptionalItem(ResourceItemSchema, await table.get(resourceKey(tenant.name, 'User', id)))
    : undefined;
  if (user !== undefined) {
    const entry = await findRestoration(table, tenant.name, user);
    if (entry !== undefined) return await join(cleaner, entry);
    throw new OperationRefusedError('conflict', `the user ${id} is there: nobody has deleted it`);
  }
  if (isResourceId(id) && (await table.get(purgedKey(tenant.name, 'User', id))) !== undefined) {
    throw new OperationRefusedError('conflict', `the user ${id} is purged: nothing is left that could be restored`);
  }
  throw noSuchDeletedUser(tenant.name, id);
}

/** Whatever is left of it is the sweeper's. */
async function join(cleaner: Cleaner, entry: JournalEntryItem): Promise<Restored> {
  try {
    return await restoreMemberships(cleaner, entry);
  } catch (error) {
    if (!(error instanceof TableBusyError)) throw error;
    return { isWhole: false, groups: [], skipped: [] };
  }
}

/** One that is still open and of the user's present life. */
async function findRestoration(
  table: Cleaner['table'],
  tenant: string,
  { sk: id, life }: ResourceItem,
): Promise<JournalEntryItem | undefined> {
  const items = await queryAll(table, { pk: JOURNALS, ...journalEntryRangeOf(tenant, id) });
  const entries = items.map((item) => parseItem(JournalEntryItemSchema, item));
  return entries.find((entry) => entry.kind === 'restoration' && entry.life === life);
}

function assertRetained({ tenant, now }: DirectoryContext, tombstone: TombstoneItem): void {
  const { sk: id, deletedAt } = tombstone;
  if (endOfRetention(tombstone, tenant.settings) > now()) return;
  throw new OperationRefusedError(
    'conflict',
    `the user ${id} was deleted at ${deletedAt}, longer ago than the ${tenant.settings.retentionDays} days for which ` +
      'deleted users can be restored; the next sweep purges it',
  );
}

export function noSuchDeletedUser(tenant: string, id: string): OperationRefusedError {
  return new OperationRefusedError(
    'not_found',
    `the tenant ${tenant} has no deleted user ${JSON.stringify(id.slice(0, 64))}`,
  );
}
