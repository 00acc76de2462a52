import { isJsonObject, isSameJson, type JsonObject, type JsonValue, member } from '../json.ts';

/** Where stored attributes hold an attribute: at the top, or in the extension of that URN. */
interface AttributePlace {
  readonly extension: string | undefined;
  readonly name: string;
}

/** The attribute's value; undefined where it is unassigned. */
export function readAttribute(attributes: JsonObject, { extension, name }: AttributePlace): JsonValue | undefined {
  if (extension === undefined) return member(attributes, name);
  const data = member(attributes, extension);
  return isJsonObject(data) ? member(data, name) : undefined;
}

/** The attributes with this value; an extension comes with its first attribute and goes with its last. */
export function writeAttribute(
  attributes: JsonObject,
  { extension, name }: AttributePlace,
  value: JsonValue | undefined,
): JsonObject {
  if (extension === undefined) return withMember(attributes, name, value);
  const data = member(attributes, extension);
  const changed = withMember(isJsonObject(data) ? data : {}, name, value);
  return withMember(attributes, extension, Object.keys(changed).length === 0 ? undefined : changed);
}

/** The object with that member, or without it where the value is undefined; the very same where that is no change. */
export function withMember(object: JsonObject, name: string, value: JsonValue | undefined): JsonObject {
  if (isSameJson(member(object, name), value)) return object;
  if (value === undefined) return withoutMember(object, name);
  // Many times as fast as a spread and a computed name where objects differ in their members, as users do.
  const changed: Record<string, JsonValue> = Object.assign({}, object);
  changed[name] = value;
  return changed;
}

function withoutMember(object: JsonObject, name: string): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const [other, value] of Object.entries(object)) if (other !== name) kept[other] = value;
  return kept;
}
