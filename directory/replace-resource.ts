import type { VersionCondition } from '../scim/etag.ts';
import type { JsonObject } from '../scim/json.ts';
import type { PatchResult } from '../scim/patch/types.ts';
import type { Selection } from '../scim/projection.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import { assertImmutableKept } from '../scim/validation/immutable.ts';
import type { ResourceBody } from '../scim/validation/resource-body.ts';
import { changeResource } from './change-resource.ts';
import type { DirectoryContext } from './context.ts';
import { writtenViewOf } from './get-resource.ts';
import type { Gate } from './guard/admission.ts';
import { toChangedUser } from './lifecycle/user-rules.ts';
import { readResource } from './read-resource.ts';
import type { ResourceView, Written } from './resource-view.ts';

/**
 * Replaces a resource's attributes. Members that the body does not mention stay; an empty list empties the group; either
 * way what is written is the difference.
 *
 * @throws ScimError 404, 409 `uniqueness`, 412; 400 `mutability` where an immutable attribute would change; of a user as
 * {@link toChangedUser}.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.5.1 RFC 7644 §3.5.1}
 */
export async function replaceResource(
  context: DirectoryContext,
  type: ResourceTypeName,
  id: string,
  body: ResourceBody,
  options: {
    readonly ifMatch: VersionCondition | undefined;
    readonly selection: Selection;
    /** Default: nothing is guarded. */
    readonly gate?: Gate | undefined;
  },
): Promise<Written<ResourceView>> {
  const { attributes, members } = body;
  const change = (before: JsonObject): PatchResult => {
    const after = type === 'User' ? toChangedUser(context, 'PUT', before, attributes) : attributes;
    assertImmutableKept(context.tenant.schemas[type], before, after);
    return {
      attributes: after,
      memberChanges: members === undefined ? [] : [{ kind: 'clear' }, { kind: 'add', ids: members }],
    };
  };
  const { item, done } = await changeResource(context, type, id, options.ifMatch, change, options.gate);
  const view = await writtenViewOf(context, item ?? (await readResource(context, type, id)), options.selection);
  return { ...view, done };
}
