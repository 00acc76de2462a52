import type { DirectoryContext } from '../context.ts';
import { type Cleaner, finishDeletion } from '../deletion.ts';
import { learnIdentifiers } from '../feed/identifiers.ts';
import { eraseHeldOfUser } from '../guard/erase-held.ts';
import { OperationRefusedError } from '../operator/operation.ts';
import { actorOf } from '../resource-writes.ts';
import type { Action, Item } from '../store/item-table.ts';
import { FORMAT, type JournalEntryItem, parseOptionalItem, type TombstoneItem } from '../store/items.ts';
import { ignoringRefusal, type Journal } from '../store/journal.ts';
import { isResourceId, journalEntryKey, resourceKey } from '../store/keys.ts';
import { type PurgedItem, PurgedItemSchema } from '../store/log-items.ts';
import { hashIdentifier, purgedKey } from '../store/log-keys.ts';
import { TableBusyError } from '../store/table-errors.ts';
import { endTombstone } from './end-tombstone.ts';
import { collectIdentifiers, eraseLog, type Purged } from './erase-log.ts';
import { eraseParked } from './erase-parked.ts';
import { dropMemberships } from './former-memberships.ts';
import { noSuchDeletedUser } from './restore-user.ts';
import { findTombstone } from './tombstones.ts';

/** Longer than the table's stream keeps a change: what the feed has not read by then it never will. */
const STREAM_HOURS = 25;

export interface PurgeOptions {
  /** What the same transaction does besides: the audit's record. */
  readonly alongside?: readonly Action[];
  /** Asked before each step; what is left is the sweeper's, or the next call's. Default: there is time. */
  readonly hasTime?: () => boolean;
}

/**
 * Erases the personal data of a deleted user for good: in its one transaction the tombstone with its claims and index
 * entries gives way to a stub of id, times and actors; names and values in the log, in what is parked and in what the guard
 * held follow, here or by the sweeper, which looks again for what the feed had not written yet. Once more does no harm.
 *
 * @returns Whether the transaction is through, and whether the log is erased as far as it is written.
 * @throws {@link OperationRefusedError} `not_found`; `conflict` where the user has not been deleted.
 */
export async function purgeUser(
  context: DirectoryContext,
  id: string,
  { alongside = [], hasTime = () => true }: PurgeOptions = {},
): Promise<{ readonly isPurged: boolean; readonly done: boolean }> {
  const { table, tenant, now } = context;
  const cleaner: Cleaner = { table, now, hasTime };
  for (;;) {
    const tombstone = await findTombstone(table, tenant.name, id);
    if (tombstone === undefined) break;
    const deletion: Journal = { tenant: tenant.name, type: 'User', resourceId: id, journalId: tombstone.journal };
    if (!(await finishDeletion(cleaner, deletion))) return { isPurged: false, done: false };
    const stub: Action = { kind: 'put', item: toStub(context, tombstone) };
    const entry: Action = { kind: 'put', item: toEntry(context, id) };
    if (await endTombstone(context, tombstone, [stub, entry, ...alongside])) break;
  }
  if ((await findStub(table, tenant.name, id)) === undefined) throw await toRefusal(context, id);
  try {
    return { isPurged: true, done: await finishPurge(cleaner, { tenant: tenant.name, resourceId: id }) };
  } catch (error) {
    if (!(error instanceof TableBusyError)) throw error;
    return { isPurged: true, done: false };
  }
}

async function toRefusal({ table, tenant }: DirectoryContext, id: string): Promise<OperationRefusedError> {
  const isThere = isResourceId(id) && (await table.get(resourceKey(tenant.name, 'User', id))) !== undefined;
  if (!isThere) return noSuchDeletedUser(tenant.name, id);
  return new OperationRefusedError('conflict', `the user ${id} is not deleted: delete it first, then purge it`);
}

async function findStub(table: Cleaner['table'], tenant: string, id: string): Promise<PurgedItem | undefined> {
  return parseOptionalItem(
    PurgedItemSchema,
    isResourceId(id) ? await table.get(purgedKey(tenant, 'User', id)) : undefined,
  );
}

function toStub(context: DirectoryContext, tombstone: TombstoneItem): Item {
  const tenant = context.tenant.name;
  const { sk: id, version, deletedAt, by, item } = tombstone;
  const names = [item.attributes['userName'], item.attributes['externalId']].filter((name) => typeof name === 'string');
  const identifiers = [...new Set(names.map((name) => hashIdentifier(tenant, name)))];
  return {
    ...purgedKey(tenant, 'User', id),
    format: FORMAT,
    version: version + 1,
    created: item.created,
    deletedAt,
    purgedAt: context.now().toISOString(),
    by: actorOf(context),
    deletedBy: by,
    identifiers,
    identifierCount: identifiers.length,
  };
}

function toEntry(context: DirectoryContext, id: string): Item {
  const tenant = context.tenant.name;
  const journalId = context.newId();
  return {
    ...journalEntryKey(tenant, id, journalId),
    format: FORMAT,
    kind: 'purge',
    state: 'started',
    tenant,
    type: 'User',
    resourceId: id,
    journalId,
    since: context.now().toISOString(),
  };
}

/**
 * Erases what is left of a purged user outside of the stub. May be done by anybody, any number of times, as long as the
 * stub knows the names.
 *
 * @returns False where the time was over first.
 */
export async function finishPurge(
  cleaner: Cleaner,
  { tenant, resourceId: id }: Pick<Journal, 'tenant' | 'resourceId'>,
): Promise<boolean> {
  const stub = await findStub(cleaner.table, tenant, id);
  if (stub?.identifiers === undefined) return true;
  if (!(await dropMemberships(cleaner, { tenant, resourceId: id }))) return false;
  await eraseHeldOfUser(cleaner.table, tenant, id);
  const { purgedAt } = stub;
  const known = { tenant, id, purgedAt, identifiers: stub.identifiers };
  // First, for an entry that is erased no longer tells its names.
  const identifiers = await learnIdentifiers(cleaner.table, stub, await collectIdentifiers(cleaner, known));
  if (identifiers === undefined) return true;
  const purged: Purged = { ...known, identifiers };
  const parkedUpTo = await eraseParked(cleaner, purged, stub.parkedUpTo);
  if (parkedUpTo !== stub.parkedUpTo) await keepPosition(cleaner.table, stub, parkedUpTo);
  return parkedUpTo === undefined && (await eraseLog(cleaner, purged));
}

async function keepPosition(table: Cleaner['table'], { pk, sk }: PurgedItem, parkedUpTo?: string): Promise<void> {
  const change = parkedUpTo === undefined ? { remove: ['parkedUpTo'] } : { set: { parkedUpTo } };
  await table.writeOne({ kind: 'update', key: { pk, sk }, ...change, conditions: [{ kind: 'exists' }] });
}

/**
 * Ends a purge that was just finished once more; not before the feed can bring nothing more of what was before it. Until
 * then the stub keeps the hashes, and the sweeper passes over the entry.
 */
export async function closePurge({ table, now }: Cleaner, entry: JournalEntryItem): Promise<void> {
  const { pk, sk, tenant, resourceId, since } = entry;
  const end = new Date(Date.parse(since) + STREAM_HOURS * 3_600_000);
  if (now() < end) {
    const set = { notBefore: end.toISOString() };
    await ignoringRefusal(table.writeOne({ kind: 'update', key: { pk, sk }, set, conditions: [{ kind: 'exists' }] }));
    return;
  }
  const key = purgedKey(tenant, 'User', resourceId);
  const forget: Action = {
    kind: 'update',
    key,
    remove: ['identifiers', 'identifierCount'],
    conditions: [{ kind: 'exists' }],
  };
  // There is no stub where the tenant is being deleted.
  await ignoringRefusal(table.writeOne(forget));
  await table.writeOne({ kind: 'delete', key: { pk, sk } });
}
