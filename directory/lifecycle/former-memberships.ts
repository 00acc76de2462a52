import type { Cleaner } from '../deletion.ts';
import { inParts } from '../in-parts.ts';
import type { Action, Condition, Item, Key } from '../store/item-table.ts';
import { FORMAT, FormerMembershipItemSchema, type JournalEntryItem, parseItem } from '../store/items.ts';
import { finishJournal, helpingShare, ignoringRefusal, type Journal } from '../store/journal.ts';
import { formerMembershipKey, formerMembershipPartition, memberKey, memberOfKey, resourceKey } from '../store/keys.ts';
import { MAX_ACTIONS } from '../store/limits.ts';
import { queryPages } from '../store/query-all.ts';
import { WriteRefusedError } from '../store/table-errors.ts';

/** Groups that a restored user comes back into in one transaction: four items each, and a check of the user. */
const GROUPS_A_TRANSACTION = 24;
const PAGE = 1_000;

/** What became of former memberships. */
export interface Restored {
  /** False where the time was over first. */
  readonly isWhole: boolean;
  /** Ids of the groups that the user is a member of again. */
  readonly groups: readonly string[];
  /** Ids of former groups that are gone. */
  readonly skipped: readonly string[];
}

/**
 * Brings the former memberships of a restored user back. May be done by anybody, any number of times, until none is left;
 * does nothing once the user has been deleted again, for what is left then is that deletion's to keep.
 */
export async function restoreMemberships(cleaner: Cleaner, entry: JournalEntryItem): Promise<Restored> {
  const groups: string[] = [];
  const skipped: string[] = [];
  const pk = formerMembershipPartition(entry.tenant, entry.resourceId);
  for (;;) {
    const { items } = await cleaner.table.query({ pk, limit: PAGE });
    if (items.length === 0) return { isWhole: true, groups, skipped };
    for (const part of inParts(items, GROUPS_A_TRANSACTION)) {
      if (!cleaner.hasTime()) return { isWhole: false, groups, skipped };
      const ids = part.map(({ sk }) => sk);
      if (await joinTogether(cleaner, entry, ids)) {
        groups.push(...ids);
        continue;
      }
      for (const id of ids) {
        const end = await joinAgain(cleaner, entry, id);
        if (end === 'outOfTime' || end === 'deleted') return { isWhole: end === 'deleted', groups, skipped };
        (end === 'joined' ? groups : skipped).push(id);
      }
    }
  }
}

/** @returns False where one of the groups is not as nearly all are, and so none was joined. */
async function joinTogether(cleaner: Cleaner, entry: JournalEntryItem, groupIds: readonly string[]): Promise<boolean> {
  const joins = groupIds.flatMap((groupId) => [...arrival(entry, groupId), welcome(cleaner, entry, groupId)]);
  try {
    await cleaner.table.write([userIsThere(entry), ...joins]);
    return true;
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    return false;
  }
}

/** As {@link joinTogether}, of one group, whatever it is like. */
async function joinAgain(
  cleaner: Cleaner,
  entry: JournalEntryItem,
  groupId: string,
): Promise<'joined' | 'skipped' | 'deleted' | 'outOfTime'> {
  const { table } = cleaner;
  const former = formerMembershipKey(entry.tenant, entry.resourceId, groupId);
  while (cleaner.hasTime()) {
    const actions = [userIsThere(entry), ...arrival(entry, groupId), welcome(cleaner, entry, groupId)];
    try {
      await table.write(actions);
      return 'joined';
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      if (error.refusalOf(0) !== undefined) return 'deleted';
      const group = error.refusalOf(actions.length - 1);
      const journalId = group?.item?.['journal'];
      if (group !== undefined && group.item === undefined) {
        await forget(table, entry, former);
        return 'skipped';
      }
      if (typeof journalId === 'string') {
        const journal: Journal = { tenant: entry.tenant, type: 'Group', resourceId: groupId, journalId };
        await finishJournal(table, journal, helpingShare(entry.journalId));
      } else {
        // The identity provider, or whoever else carries this on, was first.
        await forget(table, entry, former);
        return 'joined';
      }
    }
  }
  return 'outOfTime';
}

/** Unless the user has been deleted again: then it is that deletion's. */
async function forget(table: Cleaner['table'], entry: JournalEntryItem, former: Key): Promise<void> {
  await ignoringRefusal(table.write([userIsThere(entry), { kind: 'delete', key: former }]));
}

function userIsThere({ tenant, resourceId }: JournalEntryItem): Action {
  return { kind: 'check', key: resourceKey(tenant, 'User', resourceId), conditions: [{ kind: 'exists' }] };
}

function arrival({ tenant, resourceId }: JournalEntryItem, groupId: string): Action[] {
  const put = (key: Key): Action => ({
    kind: 'put',
    item: { ...key, format: FORMAT, type: 'User' },
    conditions: [{ kind: 'notExists' }],
  });
  return [
    put(memberKey(tenant, groupId, resourceId)),
    put(memberOfKey(tenant, resourceId, groupId)),
    { kind: 'delete', key: formerMembershipKey(tenant, resourceId, groupId) },
  ];
}

/** The group's own part in it. */
function welcome({ now }: Cleaner, { tenant, resourceId, by }: JournalEntryItem, groupId: string): Action {
  return {
    kind: 'update',
    key: resourceKey(tenant, 'Group', groupId),
    add: { version: 1 },
    set: {
      lastModified: now().toISOString(),
      delta: { added: [resourceId], removed: [] },
      ...(by === undefined ? {} : { by }),
    },
    conditions: [{ kind: 'exists' }, { kind: 'absent', attribute: 'journal' }],
  };
}

/**
 * Drops the former memberships that a deletion has left; those of a later one stay.
 *
 * @param deletion - Undefined: whichever deletion's.
 * @returns False where the time was over first.
 */
export async function dropMemberships(
  { table, hasTime }: Cleaner,
  { tenant, resourceId }: Pick<Journal, 'tenant' | 'resourceId'>,
  deletion?: string,
): Promise<boolean> {
  for await (const page of queryPages(table, { pk: formerMembershipPartition(tenant, resourceId), limit: PAGE })) {
    const deletions = page.flatMap((item) => toDrop(item, deletion));
    for (const part of inParts(deletions, MAX_ACTIONS)) {
      if (!hasTime()) return false;
      try {
        await table.write(part);
      } catch (error) {
        if (!(error instanceof WriteRefusedError)) throw error;
        for (const action of part) await ignoringRefusal(table.writeOne(action));
      }
    }
  }
  return true;
}

function toDrop(
  item: Item,
  deletion: string | undefined,
): readonly { kind: 'delete'; key: Key; conditions: Condition[] }[] {
  const { pk, sk, journal } = parseItem(FormerMembershipItemSchema, item);
  if (deletion !== undefined && journal !== undefined && journal !== deletion) return [];
  const asRead: Condition =
    journal === undefined
      ? { kind: 'absent', attribute: 'journal' }
      : { kind: 'equals', attribute: 'journal', value: journal };
  return [{ kind: 'delete', key: { pk, sk }, conditions: [asRead] }];
}
