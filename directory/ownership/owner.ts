import { isJsonObject, member } from '../../scim/json.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../scim/schema/enterprise-user.ts';
import type { CheckAction, ItemTable, SingleAction } from '../store/item-table.ts';
import { parseOptionalItem, type ResourceItem, ResourceItemSchema } from '../store/items.ts';
import { isResourceId, resourceKey } from '../store/keys.ts';

/** The user of that id, if there is one who is active. */
export async function findActiveUser(table: ItemTable, tenant: string, id: string): Promise<ResourceItem | undefined> {
  if (!isResourceId(id)) return undefined;
  const user = parseOptionalItem(ResourceItemSchema, await table.get(resourceKey(tenant, 'User', id)));
  return user !== undefined && isActive(user) ? user : undefined;
}

export function isActive({ attributes }: Pick<ResourceItem, 'attributes'>): boolean {
  return attributes['active'] !== false;
}

/** The id that the user's manager is named by. */
export function findManagerId({ attributes }: Pick<ResourceItem, 'attributes'>): string | undefined {
  const extension = member(attributes, ENTERPRISE_USER_SCHEMA);
  const manager = isJsonObject(extension) ? member(extension, 'manager') : undefined;
  const id = isJsonObject(manager) ? member(manager, 'value') : undefined;
  return typeof id === 'string' ? id : undefined;
}

/** Part of a transaction that makes somebody an owner of something. */
export interface Hold {
  /** Refused where the user is not as it was read, active. */
  readonly action: SingleAction | CheckAction;
  /** The user's version after it. */
  readonly version: number;
}

/**
 * Has a transaction hold only as long as the user is as it was read, and the user be known as one who may own something:
 * whoever deactivates or deletes such a user sees to what they own, and all others cost nothing.
 */
export function holdOwner(user: ResourceItem, by: ResourceItem['by'], now: Date): Hold {
  const { pk, sk, version, owns } = user;
  const conditions = [{ kind: 'versionIs', version } as const];
  if (owns !== undefined) return { action: { kind: 'check', key: { pk, sk }, conditions }, version };
  return {
    action: {
      kind: 'update',
      key: { pk, sk },
      set: { owns: version + 1, by, lastModified: now.toISOString() },
      // What the last write said of itself goes with it.
      remove: ['delta', 'broughtBack'],
      add: { version: 1 },
      conditions,
    },
    version: version + 1,
  };
}
