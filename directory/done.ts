import type { Outcome } from './change.ts';
import type { Done } from './resource-view.ts';
import type { ResourceItem } from './store/items.ts';

/** A deletion; the memberships that go with it are its consequence, not what the request asked for. */
export const DELETED: Done = { kind: 'deleted', membersAdded: 0, membersRemoved: 0 };

export const CREATED: Done = { kind: 'created', membersAdded: 0, membersRemoved: 0 };

export const UNCHANGED: Done = { kind: 'unchanged', membersAdded: 0, membersRemoved: 0 };

/**
 * What a commit did.
 *
 * @param before - The item as it was; undefined where it was created.
 */
export function toDone(before: ResourceItem | undefined, outcome: Exclude<Outcome, { kind: 'stale' }>): Done {
  if (outcome.kind === 'unchanged') return UNCHANGED;
  const { item, members } = outcome;
  return {
    kind: before === undefined ? 'created' : kindOfUpdate(before, item ?? before),
    membersAdded: members.add.length,
    membersRemoved: members.remove.length,
  };
}

function kindOfUpdate(before: ResourceItem, after: ResourceItem): Done['kind'] {
  const wasActive = before.attributes['active'] !== false;
  const isActive = after.attributes['active'] !== false;
  if (wasActive === isActive) return 'updated';
  return isActive ? 'reactivated' : 'deactivated';
}
