import type { Selection } from '../scim/projection.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import type { ResourceBody } from '../scim/validation/resource-body.ts';
import { commitChange } from './commit-change.ts';
import type { DirectoryContext } from './context.ts';
import { CREATED, toDone } from './done.ts';
import { writtenViewOf } from './get-resource.ts';
import { createOrRelinkUser } from './lifecycle/relink-user.ts';
import { toNewUser } from './lifecycle/user-rules.ts';
import type { ResourceView, Written } from './resource-view.ts';

/**
 * Creates a resource under a new id, with its members if it is a group; a user who returns under the former one, where the
 * tenant relinks.
 *
 * @throws ScimError 409 `uniqueness`; 400 `invalidValue` where a member does not exist; of a user as {@link toNewUser}.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.3 RFC 7644 §3.3}
 */
export async function createResource(
  context: DirectoryContext,
  type: ResourceTypeName,
  body: ResourceBody,
  selection: Selection,
): Promise<Written<ResourceView>> {
  if (type === 'User' && context.tenant.settings.returningUsers === 'relink') {
    const item = await createOrRelinkUser(context, body.attributes);
    return { ...(await writtenViewOf(context, item, selection, 'none')), done: CREATED };
  }
  const outcome = await commitChange(context, {
    type,
    id: context.newId(),
    before: undefined,
    attributes: type === 'User' ? toNewUser(context, body.attributes) : body.attributes,
    members: { add: body.members ?? [], remove: [] },
    versionBound: false,
  });
  if (outcome.kind !== 'written' || outcome.item === undefined) throw new Error('a new id is taken already');
  const hasMembers = body.members !== undefined && body.members.length > 0;
  // A group whose members are still to come exists all the same: a client that tried again would make a second one.
  const memberships = hasMembers && outcome.isWhole ? 'read' : 'none';
  const view = await writtenViewOf(context, outcome.item, selection, memberships);
  return { ...view, done: toDone(undefined, outcome) };
}
