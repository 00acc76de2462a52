import { isJsonObject, isSameJson, type JsonObject, member } from './json.ts';
import { readAttribute, withMember, writeAttribute } from './patch/stored-attributes.ts';
import type { ResolvedAttribute } from './schema/resource-schema.ts';

/**
 * The attributes, but with what `source` has in these places: nothing where it has nothing. A place is an attribute, or a
 * sub-attribute of one that has a single value. Both are in stored form; the very object that was given where nothing
 * changes.
 */
export function withValuesOf(
  places: readonly ResolvedAttribute[],
  attributes: JsonObject,
  source: JsonObject,
): JsonObject {
  return places.reduce((kept, { extension, attribute, subAttribute }) => {
    const place = { extension, name: attribute.name };
    const wanted = readAttribute(source, place);
    if (subAttribute === undefined) return writeAttribute(kept, place, wanted);
    const held = readAttribute(kept, place);
    const value = isJsonObject(wanted) ? member(wanted, subAttribute.name) : undefined;
    const changed = withMember(isJsonObject(held) ? held : {}, subAttribute.name, value);
    return writeAttribute(kept, place, Object.keys(changed).length === 0 ? undefined : changed);
  }, attributes);
}

/**
 * What the attributes have, and where they have nothing what the others have: an attribute as a whole, in an extension each
 * of its attributes. Both are in stored form.
 */
export function withDefaults(
  attributes: JsonObject,
  defaults: JsonObject,
  isExtension: (name: string) => boolean,
): JsonObject {
  let merged = attributes;
  for (const [name, value] of Object.entries(defaults)) {
    const held = member(merged, name);
    if (held === undefined) merged = withMember(merged, name, value);
    else if (isExtension(name) && isJsonObject(held) && isJsonObject(value)) {
      merged = withMember(merged, name, { ...value, ...held });
    }
  }
  return merged;
}

/** Paths of the attributes in which two resources in stored form differ, each as a whole. */
export function differingAttributes(
  left: JsonObject,
  right: JsonObject,
  isExtension: (name: string) => boolean,
  prefix = '',
): readonly string[] {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].flatMap((name) => {
    const [mine, theirs] = [member(left, name), member(right, name)];
    if (isSameJson(mine, theirs)) return [];
    if (!isExtension(name)) return [`${prefix}${name}`];
    const [own, other] = [isJsonObject(mine) ? mine : {}, isJsonObject(theirs) ? theirs : {}];
    return differingAttributes(own, other, () => false, `${name}:`);
  });
}
