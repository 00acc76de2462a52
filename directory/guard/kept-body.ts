import { printAttributePath, printFilter } from '../../scim/filter/printer.ts';
import type { JsonObject } from '../../scim/json.ts';
import { withValuesOf } from '../../scim/keep-attributes.ts';
import { PATCH_OP_SCHEMA, parsePatchBody } from '../../scim/patch/parse.ts';
import { resolveTarget } from '../../scim/patch/target.ts';
import type { MemberChange, PatchOperation, PatchPath } from '../../scim/patch/types.ts';
import type { ResolvedAttribute, ResourceSchema } from '../../scim/schema/resource-schema.ts';
import type { AttributeDefinition } from '../../scim/schema/types.ts';
import { MAX_PATCH_OPERATIONS } from '../../scim/validation/limits.ts';
import { parseResourceBody } from '../../scim/validation/resource-body.ts';
import type { NetChanges } from '../member-changes.ts';
import { isResourceId } from '../store/keys.ts';
import type { HeldWrite } from './held-write.ts';

/**
 * The body of a request as it is kept: it asks for the same, but of members only ids are left, and of an attribute of which
 * a part is only written (a password) or never returned nothing is.
 *
 * @param members - What the request comes to, and how it says so.
 * @returns undefined of a DELETE, and where nothing is left that could be done.
 */
export function toKeptBody(
  schema: ResourceSchema,
  write: HeldWrite,
  members: { readonly memberChanges: readonly MemberChange[]; readonly members: NetChanges },
): JsonObject | undefined {
  if (write.body === undefined) return undefined;
  if (write.method === 'PUT') {
    const body = parseResourceBody(schema, write.body);
    const attributes = withValuesOf(secretsOf(schema), body.attributes, {});
    return body.members === undefined ? attributes : { ...attributes, members: toValues(body.members) };
  }
  const operations = [
    ...parsePatchBody(schema, write.body).flatMap((operation) => toOperation(schema, operation)),
    ...members.memberChanges.flatMap((change) => toMemberOperation(change, members.members)),
  ];
  const isPossible = operations.length > 0 && operations.length <= MAX_PATCH_OPERATIONS;
  return isPossible ? { schemas: [PATCH_OP_SCHEMA], Operations: operations } : undefined;
}

/** What the attributes of a request come to where it is done later: what was not kept stays as it is. */
export function withSecretsOf(schema: ResourceSchema, attributes: JsonObject, current: JsonObject): JsonObject {
  return withValuesOf(secretsOf(schema), attributes, current);
}

/** The attributes of which not everything may be kept. */
function secretsOf({ coreAttributes, type }: ResourceSchema): readonly ResolvedAttribute[] {
  const owned = [
    ...coreAttributes.map((attribute) => ({ extension: undefined, attribute })),
    ...type.extensions.flatMap(({ schema }) =>
      schema.attributes.map((attribute) => ({ extension: schema.id, attribute })),
    ),
  ];
  return owned
    .filter(({ attribute }) => isSecret(attribute))
    .map((place) => ({ ...place, subAttribute: undefined, canonical: place.attribute.name }));
}

function isSecret({ mutability, returned, subAttributes = [] }: AttributeDefinition): boolean {
  return mutability === 'writeOnly' || returned === 'never' || subAttributes.some(isSecret);
}

function toOperation(schema: ResourceSchema, { op, path, value }: PatchOperation): JsonObject[] {
  // Without a path it repeats the resource's own id.
  if (path === undefined) return [];
  const { attribute } = resolveTarget(schema, path);
  if (attribute.keptApart === true || isSecret(attribute)) return [];
  return [{ op, path: printPath(path), ...(value === undefined ? {} : { value }) }];
}

function printPath({ attribute: { subAttribute, ...attribute }, valueFilter }: PatchPath): string {
  const filter = valueFilter === undefined ? '' : `[${printFilter(valueFilter)}]`;
  return `${printAttributePath(attribute)}${filter}${subAttribute === undefined ? '' : `.${subAttribute}`}`;
}

function toMemberOperation(change: MemberChange, { remove }: NetChanges): JsonObject[] {
  const path = 'members';
  switch (change.kind) {
    case 'clear':
      return [{ op: 'remove', path }];
    case 'add':
      return withIds({ op: 'add', path }, change.ids);
    case 'remove':
      return withIds({ op: 'remove', path }, change.ids);
    case 'removeMatching':
      // A filter may have anything in it; who it is about is known.
      return withIds({ op: 'remove', path }, remove);
  }
}

/** Without ids a removal would be of all. */
function withIds(operation: JsonObject, ids: readonly string[]): JsonObject[] {
  const value = toValues(ids.filter(isResourceId));
  return value.length === 0 ? [] : [{ ...operation, value }];
}

function toValues(ids: readonly string[]): { readonly value: string }[] {
  return ids.map((value) => ({ value }));
}
