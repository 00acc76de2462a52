import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { isGuardKey } from '../store/access-keys.ts';
import type { Key } from '../store/item-table.ts';
import { isApplicationKey, nameOfApplicationKey } from '../store/tenant-keys.ts';

/** What a change is about that the feed has something to say of. */
export type Subject = { readonly tenant: string } & (
  | { readonly kind: 'resource' | 'tombstone' | 'purged'; readonly type: ResourceTypeName; readonly id: string }
  | { readonly kind: 'chunk'; readonly groupId: string }
  | { readonly kind: 'cycle' | 'application' | 'guard'; readonly application: string }
  | { readonly kind: 'log' }
);

/** Whether the feed wants the changes of the item: the open sync cycle, claims, index entries and memberships it does not. */
export function concernsFeed(key: Key): boolean {
  return findSubject(key) !== undefined;
}

/** What the item is, by its key (`../store/keys.ts`); undefined of what does not concern the feed. */
export function findSubject({ pk, sk }: Key): Subject | undefined {
  const [region, tenant, room, ...rest] = pk.split('#');
  if (region !== 'T' || tenant === undefined || tenant === '') return undefined;
  const name = rest.join('#');
  switch (room) {
    case undefined:
      return isApplicationKey(sk) ? { kind: 'application', tenant, application: nameOfApplicationKey(sk) } : undefined;
    case 'User':
    case 'Group':
      return { kind: 'resource', tenant, type: room, id: sk };
    case 'TOMBSTONE':
      return toResourceSubject('tombstone', tenant, name, sk);
    case 'PURGED':
      return toResourceSubject('purged', tenant, name, sk);
    case 'JOURNAL':
      return { kind: 'chunk', tenant, groupId: name };
    case 'CYCLE':
      return sk === 'CURRENT' ? undefined : { kind: 'cycle', tenant, application: name };
    case 'GUARD':
      return isGuardKey(sk) ? { kind: 'guard', tenant, application: sk } : undefined;
    case 'LOG':
      return { kind: 'log', tenant };
    default:
      return undefined;
  }
}

function toResourceSubject(
  kind: 'tombstone' | 'purged',
  tenant: string,
  type: string,
  id: string,
): Subject | undefined {
  return type === 'User' || type === 'Group' ? { kind, tenant, type, id } : undefined;
}
