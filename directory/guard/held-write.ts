import { createHash } from 'node:crypto';
import type { JsonValue } from '../../scim/json.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { heldKey } from '../store/access-keys.ts';
import type { Key } from '../store/item-table.ts';

/** A request as the guard keeps it. */
export interface HeldWrite {
  readonly method: 'PUT' | 'PATCH' | 'DELETE';
  readonly type: ResourceTypeName;
  readonly id: string;
  /** Of a DELETE none. */
  readonly body?: JsonValue;
}

/**
 * Where a request is kept. Of a user, and of a group as a whole, the last one counts; a PATCH of a group says no more than
 * what changes, so each stands for itself, and only the same one again takes its place.
 */
export function keyOfHeld(tenant: string, application: string, write: HeldWrite): Key {
  const isPart = write.type === 'Group' && write.method === 'PATCH';
  return heldKey(tenant, application, write, isPart ? hashOf(write.body) : undefined);
}

function hashOf(body: JsonValue | undefined): string {
  return createHash('sha256')
    .update(JSON.stringify(body ?? null))
    .digest('hex')
    .slice(0, 16);
}
