import { invalidValue } from './errors.ts';
import type { AttributePath } from './filter/ast.ts';
import { toEpochMilliseconds } from './filter/date-time.ts';
import { printAttributePath } from './filter/printer.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, member } from './json.ts';
import type { ResolvedAttribute, ResourceSchema } from './schema/resource-schema.ts';
import type { AttributeDefinition } from './schema/types.ts';
import { compareByCodePoint, quoteExcerpt } from './text.ts';

/** What resources are ordered by: a text in the form in which texts are compared, or a number. */
export type SortKey = string | number;

/** The key of a whole representation; undefined where it has no data for the attribute. */
export type SortKeyOf = (resource: JsonObject) => SortKey | undefined;

/** The form in which texts are ordered. */
export type ToOrderedText = (value: string, caseExact: boolean) => string;

/**
 * What `sortBy` means for a resource type; undefined where the type has no such attribute. A complex attribute without
 * sub-attribute stands for its `value`.
 *
 * @throws {@link ScimError} 400 `invalidValue` where the attribute has no order: it is complex, never returned, or kept
 * apart from the resource.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2.3 RFC 7644 §3.4.2.3}
 */
export function resolveSortBy(schema: ResourceSchema, path: AttributePath): ResolvedAttribute | undefined {
  const resolved = schema.resolveLenient(path);
  if (resolved === undefined) return undefined;
  const name = quoteExcerpt(printAttributePath(path));
  const { attribute, subAttribute } = resolved;
  if (attribute.keptApart) {
    throw invalidValue(`Nothing can be sorted by ${name}: it is not kept with the resource`);
  }
  const isHidden = [attribute, subAttribute].some((definition) => definition?.returned === 'never');
  if (isHidden) throw invalidValue(`Nothing can be sorted by ${name}: it is never returned`);
  if (subAttribute !== undefined || attribute.type !== 'complex') return resolved;
  const value = schema.resolveLenient({ ...path, subAttribute: 'value' });
  if (value !== undefined) return value;
  const example = attribute.subAttributes?.[0];
  const hint = example === undefined ? '' : `, such as ${attribute.name}.${example.name}`;
  throw invalidValue(`${name} is complex and has no order of its own; name a sub-attribute${hint}`);
}

/**
 * Makes the function that reads what a resource is ordered by: of a multi-valued attribute the primary value, or else the
 * first. What is empty, or not of the attribute's type, is no data.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2.3 RFC 7644 §3.4.2.3}
 */
export function createSortKey(
  { extension, attribute, subAttribute }: ResolvedAttribute,
  toOrderedText: ToOrderedText,
): SortKeyOf {
  const toKey = keyReader(subAttribute ?? attribute, toOrderedText);
  return (resource) => {
    const holder = extension === undefined ? resource : member(resource, extension);
    const value = chosenOf(isJsonObject(holder) ? member(holder, attribute.name) : undefined);
    if (subAttribute === undefined) return toKey(value);
    return toKey(isJsonObject(value) ? member(value, subAttribute.name) : undefined);
  };
}

/** Orders keys ascending: numbers before texts, which no attribute mixes, and whatever has none last. */
export function compareSortKeys(left: SortKey | undefined, right: SortKey | undefined): number {
  if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
  if (typeof left === 'string') return typeof right === 'string' ? compareByCodePoint(left, right) : 1;
  return typeof right === 'string' ? -1 : left - right;
}

/** The value that stands for a list. */
function chosenOf(value: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonArray(value)) return value;
  return value.find((element) => isJsonObject(element) && member(element, 'primary') === true) ?? value[0];
}

function keyReader(
  { type, caseExact }: AttributeDefinition,
  toOrderedText: ToOrderedText,
): (value: JsonValue | undefined) => SortKey | undefined {
  switch (type) {
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? Number(value) : undefined);
    case 'integer':
    case 'decimal':
      return (value) => (typeof value === 'number' ? value : undefined);
    case 'dateTime':
      return (value) => (typeof value === 'string' ? toEpochMilliseconds(value) : undefined);
    case 'string':
    case 'reference':
    case 'binary':
    case 'complex':
      return (value) => (typeof value === 'string' && value !== '' ? toOrderedText(value, caseExact) : undefined);
  }
}
