import { resourceNotFound } from '../scim/errors.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import type { DirectoryContext } from './context.ts';
import { parseItem, type ResourceItem, ResourceItemSchema } from './store/items.ts';
import { isResourceId, resourceKey } from './store/keys.ts';

/**
 * The resource's item, read strongly consistently.
 *
 * @throws ScimError 404 when the id is unknown, deleted, of another type or another tenant's: these must not be told apart.
 */
export async function readResource(
  { table, tenant }: DirectoryContext,
  type: ResourceTypeName,
  id: string,
): Promise<ResourceItem> {
  const item = isResourceId(id) ? await table.get(resourceKey(tenant.name, type, id)) : undefined;
  if (item === undefined) throw resourceNotFound(id);
  return parseItem(ResourceItemSchema, item);
}
