import type { Selection } from '../scim/projection.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import { largerThanAnswer } from './answer-size.ts';
import type { DirectoryContext } from './context.ts';
import { toView, toViews } from './derived.ts';
import { assertServes } from './lifecycle/features.ts';
import { readResource } from './read-resource.ts';
import type { ResourceView } from './resource-view.ts';
import type { ResourceItem } from './store/items.ts';

/**
 * @throws ScimError 404; 400 `tooMany` where it has more memberships than an answer can hold; 400 where the application is
 * not served resources of the type.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.1 RFC 7644 §3.4.1}
 */
export async function getResource(
  context: DirectoryContext,
  type: ResourceTypeName,
  id: string,
  selection: Selection,
): Promise<ResourceView> {
  assertServes(context, type);
  const [view] = await toViews(context, [await readResource(context, type, id)], selection);
  if (view === undefined) throw largerThanAnswer(type);
  return view;
}

/**
 * The view of a resource that was written: without its memberships where they are more than an answer can hold, for the
 * write is done.
 *
 * @param memberships - As of {@link toViews}.
 */
export async function writtenViewOf(
  context: DirectoryContext,
  item: ResourceItem,
  selection: Selection,
  memberships: 'read' | 'none' = 'read',
): Promise<ResourceView> {
  const [view] = await toViews(context, [item], selection, memberships);
  return view ?? toView(context, item);
}
