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

/** What a schema's attribute, and each of its sub-attributes, resolves to. */
interface Entry {
  readonly whole: ResolvedAttribute;
  readonly subAttributes: ByName<ResolvedAttribute>;
}

/** By name in lower case and as the schema spells it, which is how most clients write it; read it with {@link find}. */
type ByName<Value> = ReadonlyMap<string, Value>;

interface SchemaEntries {
  readonly schema: Schema;
  readonly attributes: ByName<Entry>;
}

/**
 * A resource type made ready for look-ups: attribute names and URNs are case-insensitive (RFC 7643 §2.1, RFC 7644 §3.10).
 * Immutable; make one for each resource type and tenant. Everything that a path can mean is worked out here and once:
 * paths are looked up with every filter, every operation of a PATCH and every attribute of a body.
 */
export class ResourceSchema {
  readonly type: ResourceType;
  /** The core attributes, the common ones (`id`, `schemas`, `meta`) first, in the schema's order. */
  readonly coreAttributes: readonly AttributeDefinition[];
  readonly #core: SchemaEntries;
  /** The core schema and the extensions, by URN. */
  readonly #schemas: ByName<SchemaEntries>;

  constructor(type: ResourceType) {
    this.type = type;
    this.coreAttributes = [...commonAttributes, ...type.schema.attributes];
    this.#core = { schema: type.schema, attributes: toEntries(this.coreAttributes, undefined) };
    const extensions = type.extensions.map(
      ({ schema }) => [schema.id, { schema, attributes: toEntries(schema.attributes, schema.id) }] as const,
    );
    this.#schemas = byName([...extensions, [type.schema.id, this.#core]]);
  }

  /** The core or common attribute of that name. */
  findCoreAttribute(name: string): AttributeDefinition | undefined {
    return find(this.#core.attributes, name)?.whole.attribute;
  }

  /** The schema extension of that URN. */
  findExtension(urn: string): Schema | undefined {
    return this.#findExtension(urn)?.schema;
  }

  /** The attribute of that name in the extension of that URN. */
  findExtensionAttribute(urn: string, name: string): AttributeDefinition | undefined {
    const extension = this.#findExtension(urn);
    return extension === undefined ? undefined : find(extension.attributes, name)?.whole.attribute;
  }

  /** Whether the URN is that of the core schema. */
  isCoreSchema(urn: string): boolean {
    return find(this.#schemas, urn) === this.#core;
  }

  #findExtension(urn: string): SchemaEntries | undefined {
    const found = find(this.#schemas, urn);
    return found === this.#core ? undefined : found;
  }

  /** What the path means here; undefined where no schema of the resource type has such an attribute. */
  resolve({ schema, name, subAttribute }: AttributePath): ResolvedAttribute | undefined {
    const owner = schema === undefined ? this.#core : find(this.#schemas, schema);
    const entry = owner === undefined ? undefined : find(owner.attributes, name);
    if (entry === undefined || subAttribute === undefined) return entry?.whole;
    return find(entry.subAttributes, subAttribute);
  }

  /**
   * As `resolve`, but finds an extension's attribute without its URN, too, where no core attribute and no other
   * extension has that name: RFC 7644 §3.10 only recommends the URN, and Entra filters by a plain `manager`. An extension
   * that a tenant has registered takes no name from those that every tenant has.
   */
  resolveLenient(path: AttributePath): ResolvedAttribute | undefined {
    const resolved = this.resolve(path);
    if (resolved !== undefined || path.schema !== undefined || this.findCoreAttribute(path.name) !== undefined) {
      return resolved;
    }
    const owners = this.type.extensions.filter(
      ({ schema }) => this.findExtensionAttribute(schema.id, path.name) !== undefined,
    );
    const builtIn = owners.filter(({ registered }) => registered !== true);
    const [owner, ...others] = builtIn.length > 0 ? builtIn : owners;
    return owner === undefined || others.length > 0 ? undefined : this.resolve({ ...path, schema: owner.schema.id });
  }
}

/** The sub-attribute of that name, which is case-insensitive. */
export function findSubAttribute(attribute: AttributeDefinition, name: string): AttributeDefinition | undefined {
  const { subAttributes } = attribute;
  const spelled = subAttributes?.find((subAttribute) => subAttribute.name === name);
  if (spelled !== undefined) return spelled;
  const wanted = name.toLowerCase();
  return subAttributes?.find((subAttribute) => subAttribute.name.toLowerCase() === wanted);
}

function toEntries(attributes: readonly AttributeDefinition[], extension: string | undefined): ByName<Entry> {
  return byName(
    attributes.map((attribute) => {
      const canonical = extension === undefined ? attribute.name : `${extension}:${attribute.name}`;
      const whole = { extension, attribute, subAttribute: undefined, canonical };
      const subAttributes = byName(
        (attribute.subAttributes ?? []).map((subAttribute) => [
          subAttribute.name,
          { extension, attribute, subAttribute, canonical: `${canonical}.${subAttribute.name}` },
        ]),
      );
      return [attribute.name, { whole, subAttributes }];
    }),
  );
}

function byName<Value>(entries: readonly (readonly [string, Value])[]): ByName<Value> {
  return new Map([...entries.map(([name, value]) => [name.toLowerCase(), value] as const), ...entries]);
}

function find<Value>(values: ByName<Value>, name: string): Value | undefined {
  return values.get(name) ?? values.get(name.toLowerCase());
}
