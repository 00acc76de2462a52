import type { JsonObject, JsonValue } from '../json.ts';
import { MANAGER } from '../mapping/target.ts';
import { type Dialect, toOperation, toPatch } from './dialect.ts';

/**
 * The PATCH that sets a user's manager, in one of the shapes that Entra and Microsoft's tests use.
 *
 * @param turn - Any number; the shapes take turns by it.
 */
export function toSetManager(managerId: string, dialect: Dialect, turn: number, tenantUrl: string): JsonObject {
  const legacy = [{ $ref: `${tenantUrl}/Users/${managerId}`, value: managerId }];
  const shapes: Readonly<Record<Dialect, readonly JsonObject[]>> = {
    unflagged: [toOperation(dialect, 'add', MANAGER, managerId), toOperation(dialect, 'add', 'manager', legacy)],
    flagged: [
      toOperation(dialect, 'replace', MANAGER, { value: managerId }),
      toOperation(dialect, 'add', MANAGER, managerId),
    ],
  };
  return toPatch([shapeOf(shapes[dialect], turn)]);
}

/** The PATCH that takes a user's manager away. */
export function toUnsetManager(dialect: Dialect, turn: number): JsonObject {
  const empty: readonly JsonValue[] = ['', { value: '' }];
  return toPatch([
    shapeOf(
      empty.map((value) => toOperation(dialect, 'replace', MANAGER, value)),
      turn,
    ),
  ]);
}

/** The filter with which Entra asks whether the user has that manager already. */
export function toManagerCheck(userId: string, managerId: string, turn: number): string {
  const path = ['manager', MANAGER, `${MANAGER}.value`][turn % 3] ?? 'manager';
  return `id eq ${JSON.stringify(userId)} and ${path} eq ${JSON.stringify(managerId)}`;
}

function shapeOf(shapes: readonly JsonObject[], turn: number): JsonObject {
  return shapes[turn % shapes.length] ?? {};
}
