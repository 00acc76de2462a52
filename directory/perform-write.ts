import type { VersionCondition } from '../scim/etag.ts';
import type { JsonValue } from '../scim/json.ts';
import { parsePatchBody } from '../scim/patch/parse.ts';
import type { Selection } from '../scim/projection.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';
import { parseResourceBody } from '../scim/validation/resource-body.ts';
import type { DirectoryContext } from './context.ts';
import { createResource } from './create-resource.ts';
import { deleteResource } from './delete-resource.ts';
import { locationOf } from './derived.ts';
import type { Gate } from './guard/admission.ts';
import { createGate } from './guard/gate.ts';
import { assertFeature, assertServes } from './lifecycle/features.ts';
import { assertApplicationMay } from './lifecycle/user-rules.ts';
import { patchResource } from './patch-resource.ts';
import { replaceResource } from './replace-resource.ts';
import type { ChangeReceipt, ResourceView, Written } from './resource-view.ts';

/** A write as a client asks for it: by a request of its own, or as an operation of a bulk request. */
export type ResourceWrite =
  | { readonly method: 'POST'; readonly type: ResourceTypeName; readonly body: JsonValue }
  | ({ readonly method: 'PUT' | 'PATCH'; readonly body: JsonValue } & WriteTarget)
  | ({ readonly method: 'DELETE' } & WriteTarget);

interface WriteTarget {
  readonly type: ResourceTypeName;
  readonly id: string;
  /** The version that the write is bound to; undefined: any. */
  readonly ifMatch: VersionCondition | undefined;
}

/** What became of a write; the status is that of a request of its own. */
export type Performed = Written<ResourceView | ChangeReceipt> & { readonly status: 200 | 201 | 204 };

/**
 * Reads the body of a write and performs it.
 *
 * @param selection - What the client is returned. The answer to a PATCH of a group is a receipt unless the client asked
 * for certain attributes (RFC 7644 §3.5.2), since its members may be many; that to a DELETE always is.
 * @param gate - The guard against mass deprovisioning. Default: as the tenant's policy has it.
 * @throws ScimError whatever is wrong with the body, and as the use case of the method does; 400 where the application may
 * not do it.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.2 RFC 7644 §3.2}
 */
export async function performWrite(
  context: DirectoryContext,
  write: ResourceWrite,
  selection: Selection,
  gate: Gate | undefined = write.method === 'POST' ? undefined : createGate(context, write),
): Promise<Performed> {
  const { type } = write;
  const schema = context.tenant.schemas[type];
  assertServes(context, type);
  assertApplicationMay(context, `${write.method} ${type}`);
  switch (write.method) {
    case 'POST': {
      if (type === 'User') assertFeature(context, 'create');
      const body = parseResourceBody(schema, write.body);
      return { ...(await createResource(context, type, body, selection)), status: 201 };
    }
    case 'PUT': {
      const { id, ifMatch } = write;
      const body = parseResourceBody(schema, write.body);
      return { ...(await replaceResource(context, type, id, body, { ifMatch, selection, gate })), status: 200 };
    }
    case 'PATCH': {
      const { id, ifMatch } = write;
      const operations = parsePatchBody(schema, write.body);
      const wanted = type === 'User' || selection.parameter !== undefined ? selection : undefined;
      const view = await patchResource(context, type, id, operations, { ifMatch, selection: wanted, gate });
      return { ...view, status: wanted === undefined ? 204 : 200 };
    }
    case 'DELETE': {
      const { id, ifMatch } = write;
      const done = await deleteResource(context, type, id, { ifMatch, gate });
      return { location: locationOf(context, type, id), done, status: 204 };
    }
  }
}
