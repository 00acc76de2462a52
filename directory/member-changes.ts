import { compileValueFilter } from '../scim/filter/compile.ts';
import type { MemberChange } from '../scim/patch/types.ts';
import { groupSchema } from '../scim/schema/group.ts';
import type { Member } from './store/items.ts';

/** What a request does to a group's members in the end, whatever the order in which it said so. No id is in both. */
export interface NetChanges {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Whether the outcome depends on who is a member now, so that the list has to be read. */
export function needsMembers(changes: readonly MemberChange[]): boolean {
  return changes.some(({ kind }) => kind === 'clear' || kind === 'removeMatching');
}

/**
 * Reduces ordered changes to their net effect.
 *
 * @param current - The members as they are; undefined where {@link needsMembers} is false, and then an id that is added
 * though it is a member already, or removed though it is none, stays in the result (the write finds out).
 */
export function toNetChanges(changes: readonly MemberChange[], current: readonly Member[] | undefined): NetChanges {
  const types = new Map((current ?? []).map(({ id, type }) => [id, type]));
  const wanted = new Map<string, boolean>();
  const isMember = (id: string) => wanted.get(id) ?? types.has(id);
  for (const change of changes) {
    switch (change.kind) {
      case 'add':
        for (const id of change.ids) wanted.set(id, true);
        break;
      case 'remove':
        for (const id of change.ids) wanted.set(id, false);
        break;
      case 'clear':
        for (const id of [...types.keys(), ...wanted.keys()]) wanted.set(id, false);
        break;
      case 'removeMatching': {
        const matches = compileValueFilter(change.filter, membersAttribute());
        for (const id of new Set([...types.keys(), ...wanted.keys()])) {
          // An id added in the same request has no known type yet; nearly all members are users.
          if (isMember(id) && matches({ value: id, type: types.get(id) ?? 'User' })) wanted.set(id, false);
        }
        break;
      }
    }
  }
  const net = [...wanted].filter(([id, member]) => current === undefined || member !== types.has(id));
  return {
    add: net.filter(([, member]) => member).map(([id]) => id),
    remove: net.filter(([, member]) => !member).map(([id]) => id),
  };
}

/** Of changes that empty the group, who is a member afterwards, whoever is one now; undefined for others. */
export function findStaying(changes: readonly MemberChange[]): ReadonlySet<string> | undefined {
  return changes.some(({ kind }) => kind === 'clear') ? new Set(toNetChanges(changes, []).add) : undefined;
}

function membersAttribute() {
  const members = groupSchema.attributes.find(({ name }) => name === 'members');
  if (members === undefined) throw new Error('the Group schema has no members');
  return members;
}
