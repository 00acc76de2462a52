import { toETag } from './etag.ts';
import { isJsonObject, type JsonObject, type JsonValue, member } from './json.ts';
import type { ResourceSchema } from './schema/resource-schema.ts';
import type { ResourceType } from './schema/types.ts';

/** A resource as the directory keeps it. */
export interface RepresentedResource {
  readonly id: string;
  readonly version: number;
  /** RFC 3339, as `lastModified`. */
  readonly created: string;
  readonly lastModified: string;
  /** By name, those of an extension in an object under its URN; names and URNs in the schema's spelling. */
  readonly attributes: JsonObject;
}

/**
 * The whole representation of a resource, before projection: `schemas`, `id`, the attributes in the order of their
 * schemas, `meta`. `schemas` names the core schema and each extension that the resource has data of. What no schema
 * describes is left out.
 *
 * @param tenantUrl - Without a trailing slash.
 * @param derived - Attributes that are not stored with the resource (`groups`, `members`, the sub-attributes of a manager
 *   that are looked up), shaped as `attributes` is; merged into them, objects member by member.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-3 RFC 7643 §3}
 */
export function toRepresentation(
  schema: ResourceSchema,
  resource: RepresentedResource,
  tenantUrl: string,
  derived: JsonObject = {},
): JsonObject {
  const { type } = schema;
  const attributes = merge(resource.attributes, derived);
  const core = pick(
    attributes,
    type.schema.attributes.map(({ name }) => name),
  );
  const extensions = type.extensions.flatMap(({ schema: { id, attributes: described } }): [string, JsonObject][] => {
    const data = member(attributes, id);
    if (!isJsonObject(data)) return [];
    const picked = pick(
      data,
      described.map(({ name }) => name),
    );
    return Object.keys(picked).length === 0 ? [] : [[id, picked]];
  });
  return {
    schemas: [type.schema.id, ...extensions.map(([urn]) => urn)],
    id: resource.id,
    ...core,
    ...Object.fromEntries(extensions),
    meta: {
      resourceType: type.name,
      created: resource.created,
      lastModified: resource.lastModified,
      location: toLocation(tenantUrl, type, resource.id),
      version: toETag(resource.version),
    },
  };
}

/**
 * The URL of a resource: `meta.location`, and what a `$ref` to it holds. Whatever the id, it stays one path segment.
 *
 * @param tenantUrl - Without a trailing slash.
 */
export function toLocation(tenantUrl: string, type: Pick<ResourceType, 'endpoint'>, id: string): string {
  // A lone surrogate cannot be encoded, and an id that a client refers to may hold one.
  return `${tenantUrl}${type.endpoint}/${encodeURIComponent(id.toWellFormed())}`;
}

/** The object's members of these names, in this order. */
function pick(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name): [string, JsonValue][] => {
      const value = member(object, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function merge(base: JsonObject, added: JsonObject): JsonObject {
  const merged = Object.entries(added).map(([name, value]): [string, JsonValue] => {
    const existing = member(base, name);
    return [name, isJsonObject(existing) && isJsonObject(value) ? merge(existing, value) : value];
  });
  return { ...base, ...Object.fromEntries(merged) };
}
