import type { JsonObject } from '../../scim/json.ts';
import type { DirectoryContext } from '../context.ts';
import { type LookupValue, lookupValues } from '../lookup-values.ts';
import { actorOf, createActions, newResourceItem, type ReasonedAction } from '../resource-writes.ts';
import type { Action } from '../store/item-table.ts';
import { FORMAT, type JournalEntryItem, type ResourceItem, type TombstoneItem } from '../store/items.ts';
import { claimKey, indexKey, journalEntryKey, openDeletionKey, tombstoneKey } from '../store/keys.ts';

/** A deleted user who comes back under the same id. */
export interface Return {
  readonly tombstone: TombstoneItem;
  /** `restored` with all that was known, or `relinked` with what the identity provider says now. */
  readonly how: 'restored' | 'relinked';
  readonly attributes: JsonObject;
  /** Claims known to point to a tombstone, whichever: the claim's value → its id. */
  readonly takeovers: ReadonlyMap<string, string>;
  /** Claims that still point to the tombstone, and that the user does not want any more. */
  readonly givenUp: readonly LookupValue[];
}

/** The guard's count of marks never goes back, or what was read in the life before would hold in this one. */
function marksCountOf({ heldVersion }: ResourceItem): Pick<ResourceItem, 'heldVersion'> {
  return heldVersion === undefined ? {} : { heldVersion: heldVersion + 1 };
}

/**
 * The one transaction that brings a deleted user back: the item takes the tombstone's place, its version counts on, the
 * claims and index entries are the user's again, and the deletion, whose work is done, is forgotten. What becomes of the
 * former memberships is left to the journal entry.
 */
export function bringBackActions(
  context: DirectoryContext,
  { tombstone, how, attributes, takeovers, givenUp }: Return,
): { readonly item: ResourceItem; readonly entry: JournalEntryItem; readonly actions: readonly ReasonedAction[] } {
  const tenant = context.tenant.name;
  const { sk: id, journal } = tombstone;
  const entry = toEntry(context, tombstone, how);
  const item: ResourceItem = {
    ...newResourceItem(context, 'User', id, attributes),
    version: tombstone.version + 1,
    created: tombstone.item.created,
    ...(how === 'restored' ? keptOf(tombstone.item) : {}),
    ...(how === 'restored' ? lifeOf(tombstone.item) : { life: entry.journalId }),
    broughtBack: how,
    ...marksCountOf(tombstone.item),
  };
  const { entries } = lookupValues(context.tenant.lookups.User, tombstone.item.attributes);
  const others: Action[] = [
    { kind: 'delete', key: openDeletionKey(tenant, id) },
    { kind: 'delete', key: journalEntryKey(tenant, id, journal) },
    { kind: 'put', item: toStorable(entry) },
    ...entries.map(
      ({ attribute, value }): Action => ({
        kind: 'delete',
        key: indexKey(tenant, 'TombstoneUser', attribute, value, id),
      }),
    ),
  ];
  return {
    item,
    entry,
    actions: [
      {
        action: {
          kind: 'delete',
          key: tombstoneKey(tenant, 'User', id),
          conditions: [{ kind: 'equals', attribute: 'journal', value: journal }],
        },
        reason: { kind: 'resource' },
      },
      ...createActions(context, item, takeovers),
      ...givenUp.map(
        ({ attribute, value }): ReasonedAction => ({
          action: {
            kind: 'delete',
            key: claimKey(tenant, 'User', attribute, value),
            conditions: pointsTo(id),
          },
          reason: { kind: 'resource' },
        }),
      ),
      ...others.map((action): ReasonedAction => ({ action, reason: { kind: 'index' } })),
    ],
  };
}

/** What an operator's restoration keeps beside the attributes; who is relinked is known by what the identity provider says. */
function keptOf({ createdBy, roleLock }: ResourceItem): Partial<ResourceItem> {
  return { createdBy, ...(roleLock === undefined ? {} : { roleLock }) };
}

function lifeOf({ life }: { readonly life?: string }): { readonly life?: string } {
  return life === undefined ? {} : { life };
}

/** The conditions of a claim that still is the tombstone's. */
export function pointsTo(id: string) {
  return [
    { kind: 'equals', attribute: 'resourceId', value: id },
    { kind: 'equals', attribute: 'tombstone', value: true },
  ] as const;
}

function toEntry(context: DirectoryContext, { sk: id, item }: TombstoneItem, how: Return['how']): JournalEntryItem {
  const tenant = context.tenant.name;
  const journalId = context.newId();
  return {
    ...journalEntryKey(tenant, id, journalId),
    kind: how === 'restored' ? 'restoration' : 'relink',
    state: 'started',
    tenant,
    type: 'User',
    resourceId: id,
    journalId,
    chunks: 0,
    since: context.now().toISOString(),
    by: actorOf(context),
    ...lifeOf(item),
  };
}

function toStorable({ by, heir: _heir, departure: _departure, ...rest }: JournalEntryItem) {
  return { ...rest, format: FORMAT, ...(by === undefined ? {} : { by }) };
}
