import { discoverySchemas } from './discovery-schemas.ts';
import { isBuiltInUrn } from './resource-types.ts';
import type { Schema } from './types.ts';

/** Where the standards put schemas of the core and messages of the protocol. */
const RESERVED_PREFIXES = ['urn:ietf:params:scim:schemas:core:', 'urn:ietf:params:scim:api:'];

/**
 * Whether the text is a URN that can stand before an attribute in a path, in a URL and in a comma-separated list: of
 * RFC 8141's characters the letters, digits and `. _ -`, in parts that colons divide.
 */
export function isUrn(text: string): boolean {
  return /^urn:[a-z0-9][a-z0-9-]{1,31}(?::[\w.-]+)+$/i.test(text);
}

/** Whether the URN is that of a schema that every tenant has, or one that only a standard may give. */
export function isReservedUrn(urn: string): boolean {
  const folded = urn.toLowerCase();
  return (
    RESERVED_PREFIXES.some((prefix) => folded.startsWith(prefix)) ||
    isBuiltInUrn(urn) ||
    discoverySchemas.some(({ id }) => id.toLowerCase() === folded)
  );
}

/**
 * Tells of two schemas of a tenant why they cannot be beside each other: a path such as `urn:a:b` would mean the schema
 * of that URN as well as the attribute `b` of `urn:a`. Undefined where they can.
 */
export function findUrnConflict(schema: Schema, other: Schema): string | undefined {
  for (const [outer, inner] of [
    [schema, other],
    [other, schema],
  ] as const) {
    const prefix = `${outer.id.toLowerCase()}:`;
    const id = inner.id.toLowerCase();
    const rest = id.startsWith(prefix) ? id.slice(prefix.length) : '';
    const isAttribute = outer.attributes.some(({ name }) => name.toLowerCase() === rest);
    if (isAttribute) return `${inner.id} is also the path of an attribute of ${outer.id}: choose another URN or name`;
  }
  return undefined;
}
