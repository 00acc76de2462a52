import type { Selection } from '../scim/projection.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import type { DirectoryContext } from './context.ts';
import { toViews } from './derived.ts';
import { readResource } from './read-resource.ts';
import type { ResourceView } from './resource-view.ts';
import type { ResourceItem } from './store/items.ts';

/** @throws ScimError 404. @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.1 RFC 7644 §3.4.1} */
export async function getResource(
  context: DirectoryContext,
  type: ResourceTypeName,
  id: string,
  selection: Selection,
): Promise<ResourceView> {
  return await viewOf(context, await readResource(context, type, id), selection);
}

/** The view of one resource; the parameters are those of {@link toViews}. */
export async function viewOf(
  context: DirectoryContext,
  item: ResourceItem,
  selection: Selection,
  memberships: 'read' | 'none' = 'read',
): Promise<ResourceView> {
  const [view] = await toViews(context, [item], selection, memberships);
  if (view === undefined) throw new Error('one item has one view');
  return view;
}
