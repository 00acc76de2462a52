import { inParts } from './in-parts.ts';
import type { Action, Item, ItemTable, Key } from './store/item-table.ts';
import { FORMAT, MembershipItemSchema, parseItem, TombstoneItemSchema } from './store/items.ts';
import { finishJournal, ignoringRefusal, type Journal } from './store/journal.ts';
import {
  formerMembershipKey,
  memberKey,
  memberOfKey,
  memberOfPartition,
  membersPartition,
  resourceKey,
  tombstoneKey,
} from './store/keys.ts';
import { queryPages } from './store/query-all.ts';
import { WriteRefusedError } from './store/table-errors.ts';

/** Memberships of a deleted group that go in one transaction: two items each, the tombstone, and their record. */
const BATCH = 49;

/**
 * Removes the memberships of a deleted resource, and keeps each under its tombstone. May be done by anybody, any number
 * of times, until nothing is found; does nothing once the resource has been brought back.
 *
 * @param deletion - `journalId` is the one that the tombstone carries.
 */
export async function finishDeletion(table: ItemTable, deletion: Journal, now: () => Date): Promise<void> {
  const tombstone = parseTombstone(await table.get(tombstoneKeyOf(deletion)));
  if (tombstone === undefined || tombstone.journal !== deletion.journalId) return;
  const change = { now, by: tombstone.by };
  await leaveGroups(table, deletion, change);
  if (deletion.type === 'Group') await dropMembers(table, deletion);
}

function parseTombstone(item: Item | undefined) {
  return item === undefined ? undefined : parseItem(TombstoneItemSchema, item);
}

function tombstoneKeyOf({ tenant, type, resourceId }: Journal): Key {
  return tombstoneKey(tenant, type, resourceId);
}

interface Change {
  readonly now: () => Date;
  readonly by: { readonly application: string; readonly requestId: string };
}

/** Takes the deleted user or group out of its groups, one at a time: each gets a new version and says who left. */
async function leaveGroups(table: ItemTable, deletion: Journal, change: Change): Promise<void> {
  const pk = memberOfPartition(deletion.tenant, deletion.resourceId);
  for (;;) {
    const { items } = await table.query({ pk, limit: 100 });
    if (items.length === 0) return;
    for (const { sk: groupId } of items) await leaveGroup(table, deletion, groupId, change);
  }
}

async function leaveGroup(table: ItemTable, deletion: Journal, groupId: string, change: Change): Promise<void> {
  const { tenant, resourceId } = deletion;
  let groupIsGone = false;
  for (;;) {
    const actions: Action[] = [
      ownTombstone(deletion),
      { kind: 'delete', key: memberOfKey(tenant, resourceId, groupId), conditions: [{ kind: 'exists' }] },
      { kind: 'delete', key: memberKey(tenant, groupId, resourceId) },
      { kind: 'put', item: { ...formerMembershipKey(tenant, resourceId, groupId), format: FORMAT } },
    ];
    if (!groupIsGone) {
      actions.push({
        kind: 'update',
        key: resourceKey(tenant, 'Group', groupId),
        add: { version: 1 },
        set: {
          lastModified: change.now().toISOString(),
          by: change.by,
          delta: { added: [], removed: [resourceId] },
        },
        conditions: [{ kind: 'exists' }, { kind: 'absent', attribute: 'journal' }],
      });
    }
    try {
      await table.write(actions);
      return;
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      // The resource was brought back, or somebody else was first.
      if (error.refusalOf(0) !== undefined || error.refusalOf(1) !== undefined) return;
      const journalId = error.refusalOf(4)?.item?.['journal'];
      if (typeof journalId === 'string') {
        await finishJournal(table, { tenant, type: 'Group', resourceId: groupId, journalId });
      } else {
        groupIsGone = true;
      }
    }
  }
}

/** The condition of every step: the tombstone is still there, and of this very deletion. */
function ownTombstone(deletion: Journal): Action {
  return {
    kind: 'check',
    key: tombstoneKeyOf(deletion),
    conditions: [{ kind: 'equals', attribute: 'journal', value: deletion.journalId }],
  };
}

/** Removes the members of a deleted group; the tombstone says of each batch who it was. */
async function dropMembers(table: ItemTable, deletion: Journal): Promise<void> {
  const { tenant, resourceId } = deletion;
  for (;;) {
    let found = 0;
    for await (const page of queryPages(table, { pk: membersPartition(tenant, resourceId), limit: 1_000 })) {
      found += page.length;
      for (const batch of inParts(page, BATCH)) await ignoringRefusal(table.write(dropActions(deletion, batch)));
    }
    if (found === 0) return;
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
