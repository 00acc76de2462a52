import { ScimError } from '../../scim/errors.ts';
import type { DirectoryContext } from '../context.ts';
import { toLogItem } from '../feed/log-entry.ts';
import { newEntry } from '../feed/new-entry.ts';
import { actorOf } from '../resource-writes.ts';
import { ownersKey } from '../store/access-keys.ts';
import type { Action, PutAction } from '../store/item-table.ts';
import { FORMAT, type JournalEntryItem, type ResourceItem } from '../store/items.ts';
import { journalEntryKey } from '../store/keys.ts';
import type { Transfer } from '../store/log-items.ts';
import { TableBusyError } from '../store/table-errors.ts';
import { findActiveUser, findManagerId, holdOwner, isActive } from './owner.ts';
import { type Owners, ownersAction, readOwners } from './owners.ts';
import { finishTransfer } from './transfer.ts';

/** What it takes that a user who may own something is deactivated or deleted. */
export interface Departure {
  /** The user as the write that ends it finds them: with the heir, owning nothing any more. */
  readonly user: ResourceItem;
  /** For the same transaction. One that is refused: look again. */
  readonly actions: readonly Action[];
  /** What is left to do afterwards. */
  readonly entry: JournalEntryItem;
}

/** Transactions of a transfer that the leaver's own request carries out; the rest is the sweeper's. */
const INLINE_TRANSACTIONS = 8;

/**
 * To whom passes what a user owns who is about to leave, with all that has to be written beside: the user's manager, if in
 * the directory and active; else the subscription owner; a subscription owner's, the office included, to a company owner;
 * a company owner's to another.
 *
 * @returns undefined of a user who owns nothing, or has left before.
 * @throws ScimError 409 for the only company owner: logged, and counted by the feed.
 */
export async function planDeparture(context: DirectoryContext, user: ResourceItem): Promise<Departure | undefined> {
  if (user.owns === undefined || !isActive(user)) return undefined;
  const tenant = context.tenant.name;
  const owners = await readOwners(context.table, tenant);
  const offices = officesOf(owners, user.sk);
  const others = owners.companyOwners.filter((id) => id !== user.sk);
  const candidates =
    offices.length > 0
      ? others
      : [findManagerId(user), owners.subscriptionOwner, ...others].filter((id) => id !== user.sk);
  const heir = await findFirstActive(context, candidates);
  if (heir === undefined) throw await refuse(context, user);
  const after = {
    subscriptionOwner: owners.subscriptionOwner === user.sk ? heir.sk : owners.subscriptionOwner,
    companyOwners: others,
  };
  const { owns: _owns, ...rest } = user;
  const entry = toEntry(context, user, heir.sk);
  return {
    user: { ...rest, heir: heir.sk },
    entry,
    actions: [
      offices.length > 0 ? ownersAction(tenant, owners.version, after) : unchangedOwners(tenant, owners),
      holdOwner(heir, actorOf(context), context.now()).action,
      { kind: 'put', item: toItem(entry) },
      ...(offices.length > 0 ? [officesEntry(context, { from: user.sk, to: heir.sk, ownerships: [], offices })] : []),
    ],
  };
}

function officesOf({ subscriptionOwner, companyOwners }: Owners, id: string): Transfer['offices'] {
  return [
    ...(subscriptionOwner === id ? ['subscriptionOwner' as const] : []),
    ...(companyOwners.includes(id) ? ['companyOwner' as const] : []),
  ];
}

async function findFirstActive(
  { table, tenant }: DirectoryContext,
  ids: readonly (string | undefined)[],
): Promise<ResourceItem | undefined> {
  for (const id of ids) {
    const user = id === undefined ? undefined : await findActiveUser(table, tenant.name, id);
    if (user !== undefined) return user;
  }
  return undefined;
}

/** Whoever is given an office at the same moment is not passed over. */
function unchangedOwners(tenant: string, { version }: Owners): Action {
  const conditions = [version === 0 ? ({ kind: 'notExists' } as const) : ({ kind: 'versionIs', version } as const)];
  return { kind: 'check', key: ownersKey(tenant), conditions };
}

function toEntry(context: DirectoryContext, user: ResourceItem, heir: string): JournalEntryItem {
  const tenant = context.tenant.name;
  const journalId = context.newId();
  return {
    ...journalEntryKey(tenant, user.sk, journalId),
    kind: 'transfer',
    state: 'started',
    tenant,
    type: 'User',
    resourceId: user.sk,
    journalId,
    chunks: 0,
    since: context.now().toISOString(),
    by: actorOf(context),
    heir,
    departure: user.version + 1,
  };
}

function toItem(entry: JournalEntryItem): PutAction['item'] {
  const { pk, sk } = entry;
  return { ...JSON.parse(JSON.stringify(entry)), pk, sk, format: FORMAT };
}

function officesEntry(context: DirectoryContext, transfer: Transfer): Action {
  const entry = newEntry(context.tenant.name, ['offices', transfer.from, context.newId()], {
    time: context.now().toISOString(),
    ...actorOf(context),
    operation: 'transfer',
    resource: { type: 'User', id: transfer.from },
    transfer,
  });
  return { kind: 'put', item: toLogItem(entry) };
}

/** The entry is there whatever the way in was; by it the feed counts, and somebody is told. */
async function refuse(context: DirectoryContext, user: ResourceItem): Promise<ScimError> {
  const detail =
    'The user is the only company owner, to whom everybody else’s ownerships pass, so that nobody could take theirs: name ' +
    'another company owner first, by PUT owners of the application API or "scim-stack owners set"';
  const entry = newEntry(context.tenant.name, ['refused', user.sk, context.newId()], {
    time: context.now().toISOString(),
    ...actorOf(context),
    operation: 'transfer',
    outcome: 'failed',
    resource: { type: 'User', id: user.sk },
    status: 409,
    detail,
  });
  await context.table.writeOne({ kind: 'put', item: toLogItem(entry) });
  return new ScimError(409, detail);
}

/** Passes on what the leaver owned, as much as a request has time for; what is left is the sweeper's. */
export async function passOn(context: DirectoryContext, { entry }: Departure): Promise<void> {
  let transactions = 0;
  const hasTime = () => transactions++ < INLINE_TRANSACTIONS;
  try {
    await finishTransfer({ table: context.table, now: context.now, hasTime }, entry);
  } catch (error) {
    if (!(error instanceof TableBusyError)) throw error;
  }
}
