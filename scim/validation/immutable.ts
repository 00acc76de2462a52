import { mutabilityError } from '../errors.ts';
import { isJsonObject, isSameJson, type JsonObject, type JsonValue, member } from '../json.ts';
import type { ResourceSchema } from '../schema/resource-schema.ts';
import type { AttributeDefinition } from '../schema/types.ts';

/**
 * Checks that a replacement leaves every immutable attribute that has a value as it is.
 *
 * @throws {@link ScimError} 400 `mutability` naming the attribute.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.5.1 RFC 7644 §3.5.1}
 */
export function assertImmutableKept(schema: ResourceSchema, before: JsonObject, after: JsonObject): void {
  assertKept(schema.coreAttributes, before, after, '');
  for (const { schema: extension } of schema.type.extensions) {
    assertKept(extension.attributes, member(before, extension.id), member(after, extension.id), `${extension.id}:`);
  }
}

function assertKept(
  definitions: Iterable<AttributeDefinition>,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  prefix: string,
): void {
  if (!isJsonObject(before)) return;
  for (const attribute of definitions) {
    const path = `${prefix}${attribute.name}`;
    const old = member(before, attribute.name);
    const replaced = isJsonObject(after) ? member(after, attribute.name) : undefined;
    if (attribute.mutability === 'immutable' && old !== undefined && !isSameJson(old, replaced)) {
      throw mutabilityError(`${path} is immutable: it must stay as it is`);
    }
    // The values of a multi-valued attribute have no identity by which they could be compared one by one.
    if (!attribute.multiValued) assertKept(attribute.subAttributes ?? [], old, replaced, `${path}.`);
  }
}
