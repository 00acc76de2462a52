import { compileValueFilter } from './filter/compile.ts';
import { printFilter } from './filter/printer.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, member } from './json.ts';
import { readAttribute } from './patch/stored-attributes.ts';
import { type PatchTarget, parsePath, resolveTarget } from './patch/target.ts';
import type { ResourceSchema } from './schema/resource-schema.ts';

/**
 * What a path such as `name.givenName` or `emails[type eq "work"].value` means; that of a PATCH, of RFC 7644 §3.5.2.
 *
 * @throws {@link ScimError} 400 `invalidPath` or `invalidFilter`.
 */
export function resolvePathText(schema: ResourceSchema, text: string): PatchTarget {
  return resolveTarget(schema, parsePath(schema, text));
}

/** The path in the schema's own spelling. */
export function toPathText({ attributePath, subAttribute, valueFilter, canonical }: PatchTarget): string {
  if (valueFilter === undefined) return canonical;
  return `${attributePath}[${printFilter(valueFilter)}]${subAttribute === undefined ? '' : `.${subAttribute.name}`}`;
}

/**
 * Makes the test of whether attributes in stored form have a value there: of a multi-valued attribute any. A string of
 * nothing but blanks is none.
 *
 * @throws {@link ScimError} 400 `invalidFilter` where the value filter names what the attribute does not have.
 */
export function compilePresence(target: PatchTarget): (attributes: JsonObject) => boolean {
  const { extension, attribute, subAttribute, valueFilter } = target;
  const isSelected = valueFilter === undefined ? () => true : compileValueFilter(valueFilter, attribute);
  const holds = (value: JsonValue): boolean => {
    if (!isSelected(value)) return false;
    if (subAttribute === undefined) return isThere(value);
    return isJsonObject(value) && isThere(member(value, subAttribute.name));
  };
  return (attributes) => {
    const held = readAttribute(attributes, { extension, name: attribute.name });
    if (held === undefined) return false;
    return isJsonArray(held) ? held.some(holds) : holds(held);
  };
}

function isThere(value: JsonValue | undefined): boolean {
  return value !== undefined && (typeof value !== 'string' || value.trim() !== '');
}
