import { invalidValue, noTarget } from '../errors.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import type { ResourceSchema } from '../schema/resource-schema.ts';
import type { Schema } from '../schema/types.ts';
import { isBlank } from '../validation/attribute-value.ts';
import { wrongType } from '../validation/json-type.ts';
import { findWholeSchema } from './target.ts';
import type { PatchOperation } from './types.ts';

/**
 * An operation on the resource as a whole (no path) or on all attributes of one schema (its URN as the path) as
 * operations on one attribute each, in the order of the value's members; any other comes back as it is. Without a path
 * remains only what the value says of the resource's `id`.
 *
 * @throws {@link ScimError} 400 `noTarget` for a removal without path; 400 `invalidValue` for an `add` or `replace`
 * without value, or with one that is no set of attributes.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.5.2 RFC 7644 §3.5.2.1 to §3.5.2.3}
 */
export function expandOperation(schema: ResourceSchema, operation: PatchOperation): readonly PatchOperation[] {
  const { op, path, value } = operation;
  const whole = path === undefined ? schema.type.schema.id : findWholeSchema(schema, path);
  if (op === 'remove' && (path === undefined || whole === schema.type.schema.id)) {
    throw noTarget('remove needs a path that names the attribute to remove');
  }
  if (op !== 'remove' && value === undefined) throw invalidValue(`${op} needs a value`);
  if (whole === undefined) return [operation];
  const extension = schema.findExtension(whole);
  if (extension !== undefined) return expandExtension(op, extension, value);
  return expandResource(schema, op, value);
}

function expandResource(
  schema: ResourceSchema,
  op: PatchOperation['op'],
  attributes: JsonValue | undefined,
): readonly PatchOperation[] {
  if (!isJsonObject(attributes)) throw wrongType('value', 'an object of attributes, as there is no path', attributes);
  const members = Object.entries(attributes);
  if (members.length === 0) throw invalidValue('value: expected at least one attribute, as there is no path');
  return members.flatMap(([name, value]) => {
    if (name.toLowerCase() === 'id') return [{ op, value: { id: value } }];
    if (schema.isCoreSchema(name)) return expandResource(schema, op, value);
    const extension = schema.findExtension(name);
    if (extension !== undefined) return expandExtension(op, extension, value);
    return [{ op, path: { attribute: { name } }, value }];
  });
}

/** Removing an extension, or assigning it null, unassigns what a client may set of it. */
function expandExtension(
  op: PatchOperation['op'],
  extension: Schema,
  data: JsonValue | undefined,
): readonly PatchOperation[] {
  const toPath = (name: string) => ({ attribute: { schema: extension.id, name } });
  if (op === 'remove' || isBlank(data)) {
    return extension.attributes
      .filter(({ mutability }) => mutability !== 'readOnly')
      .map(({ name }) => ({ op: 'remove', path: toPath(name) }));
  }
  if (!isJsonObject(data)) throw wrongType(extension.id, 'an object', data);
  return (
    Object.entries(data)
      // Clients that handle an extension as a resource of its own (scim2-client) give it a `schemas` too.
      .filter(([name]) => name.toLowerCase() !== 'schemas')
      .map(([name, value]) => ({ op, path: toPath(name), value }))
  );
}
