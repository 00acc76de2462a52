import type { VersionCondition } from '../scim/etag.ts';
import type { JsonObject } from '../scim/json.ts';
import { applyPatch } from '../scim/patch/apply.ts';
import type { PatchOperation } from '../scim/patch/types.ts';
import type { Selection } from '../scim/projection.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import { changeResource } from './change-resource.ts';
import type { DirectoryContext } from './context.ts';
import { locationOf } from './derived.ts';
import { writtenViewOf } from './get-resource.ts';
import type { Gate } from './guard/admission.ts';
import { toPatchedUser } from './lifecycle/user-rules.ts';
import { readResource } from './read-resource.ts';
import type { ChangeReceipt, ResourceView, Written } from './resource-view.ts';

export interface PatchOptions {
  readonly ifMatch: VersionCondition | undefined;
  /** Undefined: the client does not ask for the resource. */
  readonly selection: Selection | undefined;
  /** Default: nothing is guarded. */
  readonly gate?: Gate | undefined;
}

/**
 * Applies the operations of a PATCH, all or none.
 *
 * @throws ScimError 404, 409 `uniqueness`, 412, or the 400 of the operation that cannot be applied; of a user as
 * {@link toPatchedUser}.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.5.2 RFC 7644 §3.5.2}
 */
export async function patchResource(
  context: DirectoryContext,
  type: ResourceTypeName,
  id: string,
  operations: readonly PatchOperation[],
  { ifMatch, selection, gate }: PatchOptions,
): Promise<Written<ResourceView | ChangeReceipt>> {
  const schema = context.tenant.schemas[type];
  const change = (before: JsonObject) => {
    const patched = applyPatch(schema, before, operations, id);
    return type === 'User' ? { ...patched, attributes: toPatchedUser(context, before, patched.attributes) } : patched;
  };
  const { item, done } = await changeResource(context, type, id, ifMatch, change, gate);
  if (selection !== undefined) {
    return { ...(await writtenViewOf(context, item ?? (await readResource(context, type, id)), selection)), done };
  }
  return { location: locationOf(context, type, id), ...(item === undefined ? {} : { version: item.version }), done };
}
