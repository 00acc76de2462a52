import type { JsonObject } from '../scim/json.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import type { DirectoryContext } from './context.ts';
import { areMarksUnchanged } from './guard/marks.ts';
import type { NetChanges } from './member-changes.ts';
import {
  actorOf,
  changeActions,
  changedResourceItem,
  createActions,
  newResourceItem,
  type ReasonedAction,
  withDelta,
} from './resource-writes.ts';
import type { Condition } from './store/item-table.ts';
import type { MembershipDelta, ResourceItem } from './store/items.ts';
import { resourceKey } from './store/keys.ts';

/** What one request changes of one resource. */
export interface Change {
  readonly type: ResourceTypeName;
  readonly id: string;
  /** The item as it was read; undefined to create it. */
  readonly before: ResourceItem | undefined;
  /** All attributes as they shall be; undefined where they stay as they are. */
  readonly attributes: JsonObject | undefined;
  readonly members: NetChanges;
  /** Whether the change holds only for the item as it was read, though it changes members alone. */
  readonly versionBound: boolean;
  /** Whether a change of attributes ends what the guard holds back of the resource. Default false. */
  readonly settles?: boolean | undefined;
}

export type Outcome =
  /**
   * `item` is undefined where only members changed: others may have changed the group meanwhile. `members` are those
   * that were not in or out already. Where it is not whole, it is binding, and members are still to come and go.
   */
  | {
      readonly kind: 'written';
      readonly item: ResourceItem | undefined;
      readonly members: NetChanges;
      readonly isWhole: boolean;
    }
  | { readonly kind: 'unchanged' }
  /** The resource is not as it was read; read it and decide again. */
  | { readonly kind: 'stale' };

/** What is known of the rest of the table; each refused attempt teaches something. */
export interface Knowledge {
  /** Claims that point to a tombstone: value → id of the tombstone. */
  readonly takeovers: Map<string, string>;
  /** Members that are groups; every other one is taken for a user. */
  readonly memberGroups: Set<string>;
}

/**
 * The actions on the resource itself, the first of which is on its item. A change of members alone commutes with others:
 * it adds to the version and asks only that the group is there and that no long write is under way.
 *
 * @param journal - The long write that shall be under way from then on.
 */
export function resourceActions(
  context: DirectoryContext,
  change: Change,
  { takeovers }: Pick<Knowledge, 'takeovers'>,
  journal: string | undefined,
): { readonly item: ResourceItem | undefined; readonly actions: readonly ReasonedAction[] } {
  const { before, attributes, type, id } = change;
  const delta: MembershipDelta =
    journal === undefined
      ? { added: [...change.members.add], removed: [...change.members.remove] }
      : { added: [], removed: [] };
  const marked = (item: ResourceItem) => withDelta(journal === undefined ? item : { ...item, journal }, delta);
  if (before === undefined) {
    const item = newResourceItem(context, type, id, attributes ?? {});
    return { item, actions: createActions(context, marked(item), takeovers) };
  }
  if (attributes !== undefined) {
    const item = changedResourceItem(context, before, attributes, change.settles);
    return { item, actions: changeActions(context, before, marked(item), takeovers) };
  }
  const conditions: Condition[] = [
    { kind: 'exists' },
    { kind: 'absent', attribute: 'journal' },
    ...(change.versionBound
      ? [{ kind: 'versionIs', version: before.version } as const, areMarksUnchanged(before)]
      : []),
  ];
  return {
    item: undefined,
    actions: [
      {
        action: {
          kind: 'update',
          key: resourceKey(context.tenant.name, type, id),
          add: { version: 1 },
          set: {
            lastModified: context.now().toISOString(),
            by: actorOf(context),
            writeId: context.newId(),
            ...(journal === undefined ? { delta } : { journal }),
          },
          ...(journal === undefined ? {} : { remove: ['delta'] }),
          conditions,
        },
        reason: { kind: 'resource' },
      },
    ],
  };
}
