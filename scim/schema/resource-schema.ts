import type { AttributePath } from '../filter/ast.ts';
import { commonAttributes } from './common.ts';
import type { AttributeDefinition, ResourceType, Schema } from './types.ts';

/** What an attribute path means for a resource type. */
export interface ResolvedAttribute {
  /** The URN under which the resource holds the attribute; undefined for core and common attributes. */
  readonly extension: string | undefined;
  readonly attribute: AttributeDefinition;
  readonly subAttribute: AttributeDefinition | undefined;
  /** The path in the schema's own spelling, such as `emails.value` or `urn:…:User:manager.value`. */
  readonly canonical: string;
}

/**
 * A resource type made ready for look-ups: attribute names and URNs are case-insensitive (RFC 7643 §2.1, RFC 7644 §3.10).
 * Immutable; make one for each resource type and tenant.
 */
export class ResourceSchema {
  readonly type: ResourceType;
  readonly #core: ReadonlyMap<string, AttributeDefinition>;
  readonly #extensions: ReadonlyMap<string, { schema: Schema; attributes: ReadonlyMap<string, AttributeDefinition> }>;

  constructor(type: ResourceType) {
    this.type = type;
    this.#core = byLowerCaseName([...commonAttributes, ...type.schema.attributes]);
    this.#extensions = new Map(
      type.extensions.map(({ schema }) => [
        schema.id.toLowerCase(),
        { schema, attributes: byLowerCaseName(schema.attributes) },
      ]),
    );
  }

  /** The core attributes, the common ones (`id`, `schemas`, `meta`) first, in the schema's order. */
  get coreAttributes(): Iterable<AttributeDefinition> {
    return this.#core.values();
  }

  /** The core or common attribute of that name. */
  findCoreAttribute(name: string): AttributeDefinition | undefined {
    return this.#core.get(name.toLowerCase());
  }

  /** The schema extension of that URN. */
  findExtension(urn: string): Schema | undefined {
    return this.#extensions.get(urn.toLowerCase())?.schema;
  }

  /** The attribute of that name in the extension of that URN. */
  findExtensionAttribute(urn: string, name: string): AttributeDefinition | undefined {
    return this.#extensions.get(urn.toLowerCase())?.attributes.get(name.toLowerCase());
  }

  /** Whether the URN is that of the core schema. */
  isCoreSchema(urn: string): boolean {
    return urn.toLowerCase() === this.type.schema.id.toLowerCase();
  }

  /** What the path means here; undefined where no schema of the resource type has such an attribute. */
  resolve(path: AttributePath): ResolvedAttribute | undefined {
    const extension =
      path.schema === undefined || this.isCoreSchema(path.schema) ? undefined : this.findExtension(path.schema)?.id;
    if (path.schema !== undefined && extension === undefined && !this.isCoreSchema(path.schema)) return undefined;
    const attribute =
      extension === undefined ? this.findCoreAttribute(path.name) : this.findExtensionAttribute(extension, path.name);
    if (attribute === undefined) return undefined;
    const subAttribute = path.subAttribute === undefined ? undefined : findSubAttribute(attribute, path.subAttribute);
    if (path.subAttribute !== undefined && subAttribute === undefined) return undefined;
    const name = extension === undefined ? attribute.name : `${extension}:${attribute.name}`;
    const canonical = subAttribute === undefined ? name : `${name}.${subAttribute.name}`;
    return { extension, attribute, subAttribute, canonical };
  }

  /**
   * As `resolve`, but finds an extension's attribute without its URN, too, where no core attribute and no other
   * extension has that name: RFC 7644 §3.10 only recommends the URN, and Entra filters by a plain `manager`.
   */
  resolveLenient(path: AttributePath): ResolvedAttribute | undefined {
    const resolved = this.resolve(path);
    if (resolved !== undefined || path.schema !== undefined || this.findCoreAttribute(path.name) !== undefined) {
      return resolved;
    }
    const owners = this.type.extensions.filter(
      ({ schema }) => this.findExtensionAttribute(schema.id, path.name) !== undefined,
    );
    const [owner] = owners;
    return owner === undefined || owners.length > 1 ? undefined : this.resolve({ ...path, schema: owner.schema.id });
  }
}

/** The sub-attribute of that name, which is case-insensitive. */
export function findSubAttribute(attribute: AttributeDefinition, name: string): AttributeDefinition | undefined {
  const wanted = name.toLowerCase();
  return attribute.subAttributes?.find((subAttribute) => subAttribute.name.toLowerCase() === wanted);
}

function byLowerCaseName(attributes: readonly AttributeDefinition[]): ReadonlyMap<string, AttributeDefinition> {
  return new Map(attributes.map((attribute) => [attribute.name.toLowerCase(), attribute]));
}
