import type { JsonObject } from '../json.ts';
import { type Dialect, toOperation, toPatch } from './dialect.ts';

/**
 * The PATCH that takes members in.
 *
 * @param shape - One operation with all of them, or an operation for each.
 */
export function toAddMembers(
  ids: readonly string[],
  dialect: Dialect,
  shape: 'oneOperation' | 'manyOperations' = 'oneOperation',
): JsonObject {
  const lists = shape === 'oneOperation' ? [ids] : ids.map((id) => [id]);
  return toPatch(lists.map((list) => toOperation(dialect, 'add', 'members', toReferences(list, dialect))));
}

/** The PATCH that takes members out: a list of them without the flag, a value path for each with it. */
export function toRemoveMembers(ids: readonly string[], dialect: Dialect): JsonObject {
  if (dialect === 'unflagged') {
    return toPatch([toOperation(dialect, 'remove', 'members', toReferences(ids, dialect))]);
  }
  return toPatch(ids.map((id) => toOperation(dialect, 'remove', `members[value eq ${JSON.stringify(id)}]`)));
}

/** The filter with which Entra asks whether the user is in the group; the two comparisons come in either order. */
export function toMemberCheck(groupId: string, userId: string, turn: number): string {
  const comparisons = [`id eq ${JSON.stringify(groupId)}`, `members eq ${JSON.stringify(userId)}`];
  return (turn % 2 === 0 ? comparisons : comparisons.toReversed()).join(' and ');
}

/** How values of `members` are written. */
export function toReferences(ids: readonly string[], dialect: Dialect): JsonObject[] {
  return ids.map((id) => (dialect === 'unflagged' ? { $ref: null, value: id } : { value: id }));
}
