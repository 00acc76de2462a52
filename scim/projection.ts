import { invalidValue } from './errors.ts';
import type { AttributePath } from './filter/ast.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { findSubAttribute, type ResourceSchema } from './schema/resource-schema.ts';
import type { AttributeDefinition } from './schema/types.ts';

/** What a response returns of a resource. Made by {@link parseSelection}. */
export interface Selection {
  /** The query parameter that decides; undefined where the client gave none. */
  readonly parameter: 'attributes' | 'excludedAttributes' | undefined;
  /** The canonical path of every attribute and sub-attribute that is returned if the resource has it. */
  readonly returned: ReadonlySet<string>;
}

/**
 * Reads `attributes` and `excludedAttributes`: attribute names separated by commas, with or without the schema's URN, in
 * any case; the URN of an extension alone stands for all of its attributes. An extension's attribute is also found
 * without the URN where no other attribute has its name. Names that mean nothing are ignored, and so is a parameter
 * without any name in it.
 *
 * @throws {@link ScimError} 400 `invalidValue` when both are given: they exclude each other.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.9 RFC 7644 §3.9}
 */
export function parseSelection(
  schema: ResourceSchema,
  query: { readonly attributes?: string | undefined; readonly excludedAttributes?: string | undefined },
): Selection {
  const attributes = splitNames(query.attributes);
  const excludedAttributes = splitNames(query.excludedAttributes);
  if (attributes.length > 0 && excludedAttributes.length > 0) {
    throw invalidValue('The query has both attributes and excludedAttributes; give only one of them');
  }
  const named = new Set([...attributes, ...excludedAttributes].flatMap((name) => findCanonical(schema, name) ?? []));
  const isInclusion = attributes.length > 0;
  const returned = locateAttributes(schema).flatMap((located) =>
    isInclusion ? includedPaths(located, named) : remainingPaths(located, named),
  );
  return {
    parameter: isInclusion ? 'attributes' : excludedAttributes.length > 0 ? 'excludedAttributes' : undefined,
    returned: new Set(returned),
  };
}

/**
 * Tells whether the attribute or sub-attribute is returned if the resource has it: to be asked before anything costly is
 * fetched, such as `members`, `groups` or `urn:…:User:manager.displayName`.
 *
 * @param canonical - The path in the schema's own spelling, as `ResolvedAttribute.canonical` gives it.
 */
export function isSelected(selection: Selection, canonical: string): boolean {
  return selection.returned.has(canonical);
}

/**
 * The part of a representation that the selection returns. What no schema of the resource type describes is left out,
 * and so is a complex value of which nothing is left. `schemas` stays as it is, even where an extension is left out.
 *
 * @param resource - As `toRepresentation` makes it.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-7 RFC 7643 §7}, on `returned`
 */
export function project(schema: ResourceSchema, resource: JsonObject, selection: Selection): JsonObject {
  const { returned } = selection;
  return keepMembers(resource, (name, value) => {
    const attribute = schema.findCoreAttribute(name);
    if (attribute !== undefined) return keepValue(attribute, attribute.name, value, returned);
    const extension = schema.findExtension(name);
    if (extension === undefined || !isJsonObject(value)) return undefined;
    const kept = keepMembers(value, (innerName, innerValue) => {
      const inner = schema.findExtensionAttribute(extension.id, innerName);
      return inner && keepValue(inner, `${extension.id}:${inner.name}`, innerValue, returned);
    });
    return isEmpty(kept) ? undefined : kept;
  });
}

function keepValue(
  attribute: AttributeDefinition,
  path: string,
  value: JsonValue,
  returned: ReadonlySet<string>,
): JsonValue | undefined {
  if (!returned.has(path)) return undefined;
  if (attribute.subAttributes === undefined) return value;
  const isReturned = (name: string): boolean => {
    const subAttribute = findSubAttribute(attribute, name);
    return subAttribute !== undefined && returned.has(`${path}.${subAttribute.name}`);
  };
  const keepSubAttributes = (complex: JsonValue): JsonValue | undefined => {
    if (!isJsonObject(complex)) return complex;
    // Most are kept as they are, and of a group's members there may be very many: no copy of these.
    if (Object.keys(complex).every(isReturned)) return isEmpty(complex) ? undefined : complex;
    const kept = keepMembers(complex, (name, subValue) => (isReturned(name) ? subValue : undefined));
    return isEmpty(kept) ? undefined : kept;
  };
  if (!isJsonArray(value)) return keepSubAttributes(value);
  const kept = value.flatMap((element) => keepSubAttributes(element) ?? []);
  return kept.length === 0 && value.length > 0 ? undefined : kept;
}

function keepMembers(object: JsonObject, keep: (name: string, value: JsonValue) => JsonValue | undefined): JsonObject {
  const kept: [string, JsonValue][] = [];
  for (const [name, value] of Object.entries(object)) {
    const keptValue = keep(name, value);
    if (keptValue !== undefined) kept.push([name, keptValue]);
  }
  return Object.fromEntries(kept);
}

function isEmpty(object: JsonObject): boolean {
  return Object.keys(object).length === 0;
}

interface LocatedAttribute {
  readonly attribute: AttributeDefinition;
  /** Canonical. */
  readonly path: string;
  /** URN of the extension that has the attribute. */
  readonly extension: string | undefined;
}

function locateAttributes(schema: ResourceSchema): readonly LocatedAttribute[] {
  const core = [...schema.coreAttributes].map((attribute) => ({
    attribute,
    path: attribute.name,
    extension: undefined,
  }));
  const extended = schema.type.extensions.flatMap(({ schema: { id, attributes } }) =>
    attributes.map((attribute) => ({ attribute, path: `${id}:${attribute.name}`, extension: id })),
  );
  return [...core, ...extended].filter(({ attribute }) => attribute.returned !== 'never');
}

/** With `attributes`: what is named, and what is always returned. `request` is returned where it is named itself. */
function includedPaths(located: LocatedAttribute, named: ReadonlySet<string>): readonly string[] {
  const { attribute, path, extension } = located;
  const isExtensionNamed = extension !== undefined && named.has(extension);
  const isWhole =
    attribute.returned === 'always' || named.has(path) || (attribute.returned === 'default' && isExtensionNamed);
  const isPart = attribute.subAttributes?.some(
    (subAttribute) => subAttribute.returned !== 'never' && named.has(`${path}.${subAttribute.name}`),
  );
  if (!isWhole && isPart !== true) return [];
  return withSubAttributes(
    located,
    (subAttribute, subPath) => named.has(subPath) || (isWhole && subAttribute.returned === 'default'),
  );
}

/** Without `attributes`: what is returned by default and not excluded, and what is always returned. */
function remainingPaths(located: LocatedAttribute, excluded: ReadonlySet<string>): readonly string[] {
  const { attribute, path, extension } = located;
  const isExcluded = excluded.has(path) || (extension !== undefined && excluded.has(extension));
  if (attribute.returned !== 'always' && (attribute.returned !== 'default' || isExcluded)) return [];
  return withSubAttributes(
    located,
    (subAttribute, subPath) => subAttribute.returned === 'default' && !excluded.has(subPath),
  );
}

/** The path of the attribute, and of each sub-attribute that is chosen or always returned; none where none of these is. */
function withSubAttributes(
  { attribute, path }: LocatedAttribute,
  isChosen: (subAttribute: AttributeDefinition, subPath: string) => boolean,
): readonly string[] {
  if (attribute.subAttributes === undefined) return [path];
  const subPaths = attribute.subAttributes.flatMap((subAttribute) => {
    const subPath = `${path}.${subAttribute.name}`;
    if (subAttribute.returned === 'never') return [];
    return subAttribute.returned === 'always' || isChosen(subAttribute, subPath) ? [subPath] : [];
  });
  return subPaths.length === 0 ? [] : [path, ...subPaths];
}

function splitNames(parameter: string | undefined): readonly string[] {
  return (parameter ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** The canonical path that the name stands for, or the URN where it is an extension's. */
function findCanonical(schema: ResourceSchema, name: string): string | undefined {
  const extension = schema.findExtension(name);
  if (extension !== undefined) return extension.id;
  const path = splitPath(name);
  return path && schema.resolveLenient(path)?.canonical;
}

/** Takes `[URN:]name[.subAttribute]` apart; the URN itself may hold colons and dots. */
function splitPath(text: string): AttributePath | undefined {
  const colon = text.lastIndexOf(':');
  const [name, subAttribute, ...rest] = text.slice(colon + 1).split('.');
  if (name === undefined || rest.length > 0) return undefined;
  return {
    name,
    ...(colon === -1 ? {} : { schema: text.slice(0, colon) }),
    ...(subAttribute === undefined ? {} : { subAttribute }),
  };
}
