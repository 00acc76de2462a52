import type { Cleaner } from '../deletion.ts';
import { inParts } from '../in-parts.ts';
import type { Action, Condition, Key } from '../store/item-table.ts';
import { FORMAT, FormerMembershipItemSchema, type JournalEntryItem, parseItem } from '../store/items.ts';
import { finishJournal, helpingShare, ignoringRefusal, type Journal } from '../store/journal.ts';
import { formerMembershipKey, formerMembershipPartition, memberKey, memberOfKey, resourceKey } from '../store/keys.ts';
import { MAX_ACTIONS } from '../store/limits.ts';
import { queryPages } from '../store/query-all.ts';
import { WriteRefusedError } from '../store/table-errors.ts';

/** Groups that a restored user comes back into in one transaction: four items each, and a check of the user. */
const GROUPS_A_TRANSACTION = 24;
const PAGE = 1_000;

interface Lived {
  readonly life?: string;
}

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
 * does nothing once the user has been deleted again, for what is left then is that deletion's to keep, and nothing in
 * another life than the entry's.
 */
export async function restoreMemberships(cleaner: Cleaner, entry: JournalEntryItem): Promise<Restored> {
  const groups: string[] = [];
  const skipped: string[] = [];
  const pk = formerMembershipPartition(entry.tenant, entry.resourceId);
  for (;;) {
    let found = 0;
    for await (const page of queryPages(cleaner.table, { pk, limit: PAGE })) {
      const former = page.map((item) => parseItem(FormerMembershipItemSchema, item)).filter(isOfLife(entry));
      found += former.length;
      for (const part of inParts(former, GROUPS_A_TRANSACTION)) {
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
    if (found === 0) return { isWhole: true, groups, skipped };
  }
}

/** Tells what is of the same life of a user. */
export function isOfLife({ life }: Lived): (other: Lived) => boolean {
  return (other) => other.life === life;
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

/** In the life that the entry is about. */
function userIsThere({ tenant, resourceId, life }: JournalEntryItem): Action {
  const conditions = [{ kind: 'exists' } as const, inLife(life)];
  return { kind: 'check', key: resourceKey(tenant, 'User', resourceId), conditions };
}

function inLife(life: string | undefined): Condition {
  return life === undefined
    ? { kind: 'absent', attribute: 'life' }
    : { kind: 'equals', attribute: 'life', value: life };
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
 * Drops former memberships.
 *
 * @param isToGo - Asked of each. Default: all go.
 * @returns False where the time was over first.
 */
export async function dropMemberships(
  { table, hasTime }: Cleaner,
  { tenant, resourceId }: Pick<Journal, 'tenant' | 'resourceId'>,
  isToGo: (former: Lived) => boolean = () => true,
): Promise<boolean> {
  for await (const page of queryPages(table, { pk: formerMembershipPartition(tenant, resourceId), limit: PAGE })) {
    const deletions = page
      .map((item) => parseItem(FormerMembershipItemSchema, item))
      .filter(isToGo)
      // Meanwhile a later life may have left one of the same group.
      .map(({ pk, sk, life }) => ({ kind: 'delete', key: { pk, sk }, conditions: [inLife(life)] }) as const);
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
