import { inParts } from './in-parts.ts';
import type { Action, Item, ItemTable, Key } from './store/item-table.ts';
import {
  FORMAT,
  MembershipItemSchema,
  parseItem,
  parseOptionalItem,
  type TombstoneItem,
  TombstoneItemSchema,
} from './store/items.ts';
import { finishJournal, helpingShare, type Journal } from './store/journal.ts';
import {
  formerMembershipKey,
  journalEntryKey,
  memberKey,
  memberOfKey,
  memberOfPartition,
  membersPartition,
  openDeletionKey,
  resourceKey,
  tombstoneKey,
} from './store/keys.ts';
import { queryPages } from './store/query-all.ts';
import { WriteRefusedError } from './store/table-errors.ts';

/** Memberships of a deleted group that go in one transaction: two items each, the tombstone, and their record. */
const MEMBERS_A_TRANSACTION = 49;
/** Groups that a leaver leaves in one transaction: four items each, and the tombstone. */
const GROUPS_A_TRANSACTION = 24;
const PAGE = 1_000;

/** Who carries out a deletion: the request that asked for it, or the sweeper. */
export interface Cleaner {
  readonly table: ItemTable;
  readonly now: () => Date;
  /** Asked before each transaction: a deletion goes on wherever the next one finds it. */
  readonly hasTime: () => boolean;
}

/** How far a step came: `done`, `outOfTime`, or not at all because the tombstone is not of this deletion any more. */
type Progress = 'done' | 'outOfTime' | 'void';

/**
 * Removes the memberships of a deleted resource, and keeps each under its tombstone. May be done by anybody, any number
 * of times, until nothing is found; does nothing once the resource has been brought back.
 *
 * @param deletion - `journalId` is the one that the tombstone carries.
 * @returns False where the time was over first.
 */
export async function finishDeletion(cleaner: Cleaner, deletion: Journal): Promise<boolean> {
  const tombstone = parseOptionalItem(TombstoneItemSchema, await cleaner.table.get(tombstoneKeyOf(deletion)));
  if (tombstone === undefined || tombstone.journal !== deletion.journalId) return true;
  const left = await leaveGroups(cleaner, deletion, tombstone);
  if (left !== 'done' || deletion.type === 'User') return left !== 'outOfTime';
  return (await dropMembers(cleaner, deletion)) !== 'outOfTime';
}

/** Ends a deletion of which nothing is left to be done. */
export async function closeDeletion(table: ItemTable, { tenant, resourceId, journalId }: Journal): Promise<void> {
  const entry: Action = { kind: 'delete', key: journalEntryKey(tenant, resourceId, journalId) };
  const conditions = [{ kind: 'equals', attribute: 'journal', value: journalId } as const];
  try {
    await table.write([{ kind: 'delete', key: openDeletionKey(tenant, resourceId), conditions }, entry]);
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    // Somebody else was first, or the resource has been brought back and deleted again.
    await table.writeOne(entry);
  }
}

function tombstoneKeyOf({ tenant, type, resourceId }: Journal): Key {
  return tombstoneKey(tenant, type, resourceId);
}

/** Takes the deleted user or group out of its groups; each gets a new version and says who left. */
async function leaveGroups(cleaner: Cleaner, deletion: Journal, tombstone: TombstoneItem): Promise<Progress> {
  const pk = memberOfPartition(deletion.tenant, deletion.resourceId);
  for (;;) {
    const { items } = await cleaner.table.query({ pk, limit: PAGE });
    if (items.length === 0) return 'done';
    for (const part of inParts(items, GROUPS_A_TRANSACTION)) {
      if (!cleaner.hasTime()) return 'outOfTime';
      const groupIds = part.map(({ sk }) => sk);
      if (await leaveTogether(cleaner, deletion, tombstone, groupIds)) continue;
      for (const groupId of groupIds) {
        const progress = await leaveGroup(cleaner, deletion, tombstone, groupId);
        if (progress !== 'done') return progress;
      }
    }
  }
}

/** @returns False where one of the groups is not as nearly all are, and so none was left. */
async function leaveTogether(
  cleaner: Cleaner,
  deletion: Journal,
  tombstone: TombstoneItem,
  groupIds: readonly string[],
): Promise<boolean> {
  const groups = groupIds.flatMap((groupId) => [
    ...departure(deletion, tombstone, groupId),
    farewell(cleaner, deletion, tombstone, groupId),
  ]);
  try {
    await cleaner.table.write([ownTombstone(deletion), ...groups]);
    return true;
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    return false;
  }
}

/** As {@link leaveTogether}, of one group, whatever it is like: gone itself, or under a long write, which comes first. */
async function leaveGroup(
  cleaner: Cleaner,
  deletion: Journal,
  tombstone: TombstoneItem,
  groupId: string,
): Promise<Progress> {
  const { table } = cleaner;
  let groupIsGone = false;
  while (cleaner.hasTime()) {
    const actions = [ownTombstone(deletion), ...departure(deletion, tombstone, groupId)];
    if (!groupIsGone) actions.push(farewell(cleaner, deletion, tombstone, groupId));
    try {
      await table.write(actions);
      return 'done';
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      if (error.refusalOf(0) !== undefined) return 'void';
      // Somebody else was first.
      if (error.refusalOf(1) !== undefined) return 'done';
      const journalId = error.refusalOf(actions.length - 1)?.item?.['journal'];
      if (typeof journalId === 'string') {
        const journal: Journal = { tenant: deletion.tenant, type: 'Group', resourceId: groupId, journalId };
        await finishJournal(table, journal, helpingShare(deletion.journalId));
      } else {
        groupIsGone = true;
      }
    }
  }
  return 'outOfTime';
}

/** The condition of every step: the tombstone is still there, and of this very deletion. */
function ownTombstone(deletion: Journal): Action {
  return {
    kind: 'check',
    key: tombstoneKeyOf(deletion),
    conditions: [{ kind: 'equals', attribute: 'journal', value: deletion.journalId }],
  };
}

/** The membership goes, and is kept under the tombstone. */
function departure({ tenant, resourceId }: Journal, { item: { life } }: TombstoneItem, groupId: string): Action[] {
  return [
    { kind: 'delete', key: memberOfKey(tenant, resourceId, groupId), conditions: [{ kind: 'exists' }] },
    { kind: 'delete', key: memberKey(tenant, groupId, resourceId) },
    {
      kind: 'put',
      item: {
        ...formerMembershipKey(tenant, resourceId, groupId),
        format: FORMAT,
        ...(life === undefined ? {} : { life }),
      },
    },
  ];
}

/** The group's own part in it. */
function farewell(
  { now }: Cleaner,
  { tenant, resourceId }: Journal,
  { by }: Pick<TombstoneItem, 'by'>,
  groupId: string,
): Action {
  return {
    kind: 'update',
    key: resourceKey(tenant, 'Group', groupId),
    add: { version: 1 },
    set: { lastModified: now().toISOString(), by, delta: { added: [], removed: [resourceId] } },
    conditions: [{ kind: 'exists' }, { kind: 'absent', attribute: 'journal' }],
  };
}

/** Removes the members of a deleted group; the tombstone says of each batch who it was. */
async function dropMembers({ table, hasTime }: Cleaner, deletion: Journal): Promise<Progress> {
  const { tenant, resourceId } = deletion;
  for (;;) {
    let found = 0;
    for await (const page of queryPages(table, { pk: membersPartition(tenant, resourceId), limit: PAGE })) {
      found += page.length;
      for (const batch of inParts(page, MEMBERS_A_TRANSACTION)) {
        if (!hasTime()) return 'outOfTime';
        try {
          await table.write(dropActions(deletion, batch));
        } catch (error) {
          if (!(error instanceof WriteRefusedError)) throw error;
          if (error.refusalOf(0) !== undefined) return 'void';
          // Of one of them somebody else was first: the next round finds the others.
        }
      }
    }
    if (found === 0) return 'done';
  }
}

function dropActions(deletion: Journal, batch: readonly Item[]): Action[] {
  const { tenant, resourceId } = deletion;
  const members = batch.map((item) => {
    const { sk: id, type } = parseItem(MembershipItemSchema, item);
    return { id, type };
  });
  const removed = members.map(({ id }) => id);
  return [
    {
      kind: 'update',
      key: tombstoneKeyOf(deletion),
      set: { delta: { added: [], removed } },
      conditions: [{ kind: 'equals', attribute: 'journal', value: deletion.journalId }],
    },
    {
      kind: 'put',
      item: { ...formerMembershipKey(tenant, resourceId, removed[0] ?? resourceId), format: FORMAT, members },
    },
    ...removed.flatMap((id): Action[] => [
      { kind: 'delete', key: memberKey(tenant, resourceId, id), conditions: [{ kind: 'exists' }] },
      { kind: 'delete', key: memberOfKey(tenant, id, resourceId) },
    ]),
  ];
}
