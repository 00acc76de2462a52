import type { JsonObject, JsonValue } from '../json.ts';

/** How Entra writes PATCH: without the flag `aadOptscim062020` at the end of the Tenant URL, or with it. */
export type Dialect = 'unflagged' | 'flagged';

export const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** The other of the two. */
export function otherDialect(dialect: Dialect): Dialect {
  return dialect === 'flagged' ? 'unflagged' : 'flagged';
}

/** One operation in the dialect's capitals; members that are undefined are left out. */
export function toOperation(
  dialect: Dialect,
  op: 'add' | 'replace' | 'remove',
  path: string | undefined,
  value?: JsonValue,
): JsonObject {
  return {
    op: dialect === 'flagged' ? op : `${op.charAt(0).toUpperCase()}${op.slice(1)}`,
    ...(path === undefined ? {} : { path }),
    ...(value === undefined ? {} : { value }),
  };
}

/** The body of a PATCH request, RFC 7644 §3.5.2. */
export function toPatch(operations: readonly JsonObject[]): JsonObject {
  return { schemas: [PATCH_OP], Operations: operations };
}
