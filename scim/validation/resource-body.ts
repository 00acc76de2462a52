import { toReferenceValue } from '../dialects/entra-unflagged.ts';
import { invalidSyntax } from '../errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { ResourceSchema } from '../schema/resource-schema.ts';
import { type DefinedMember, isBlank, parseAttributeValue, readDefined } from './attribute-value.ts';
import { assertComplete } from './completeness.ts';
import { describeJsonType, wrongType } from './json-type.ts';
import { parseMemberIds } from './member-ids.ts';

export interface ResourceBody {
  /** In stored form: see {@link parseResourceBody}. */
  readonly attributes: JsonObject;
  /** Ids, each once; undefined where the body has no `members`, which leaves them as they are. */
  readonly members: readonly string[] | undefined;
}

/**
 * Reads the resource in the body of a POST or PUT.
 *
 * The attributes come in stored form: spelled as the schema does, core attributes at the top, each extension under its
 * own URN; nothing that is read-only, write-only or kept apart; nothing unassigned. Ignored are attributes and schema
 * URIs that are unknown, and attributes that are read-only; a password is checked and dropped. An extension's data
 * counts although `schemas` does not list its URN (Entra never lists that of a custom extension).
 *
 * `schemas` may be missing (RFC 7643 §3 requires it, but the path says the type already); one that is there must name
 * the core schema, so that a group sent to `/Users` is refused rather than misread.
 *
 * @throws {@link ScimError} 400 `invalidSyntax` where the body has not the form of a resource; 400 `invalidValue` where
 * a value is not of its attribute's type, a limit is exceeded or a required attribute is missing.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.3 RFC 7644 §3.3 and §3.5.1}
 */
export function parseResourceBody(schema: ResourceSchema, body: JsonValue): ResourceBody {
  const parsed = parsePartialBody(schema, body);
  assertComplete(schema, parsed.attributes);
  return parsed;
}

/** As {@link parseResourceBody}, of a part of a resource: required attributes may be missing. */
export function parsePartialBody(schema: ResourceSchema, body: JsonValue): ResourceBody {
  if (!isJsonObject(body)) throw invalidSyntax(`expected a resource as an object, got ${describeJsonType(body)}`);
  const core = readDefined(body, (name) => schema.findCoreAttribute(name), '');
  let members: readonly string[] | undefined;
  const own: DefinedMember[] = [];
  for (const [attribute, value] of core) {
    if (attribute.name === 'schemas') assertSchemas(schema, value);
    else if (attribute.keptApart === undefined) own.push([attribute, value]);
    else if (attribute.mutability !== 'readOnly') members = parseMemberIds(attribute, value);
  }
  const attributes = Object.fromEntries([...parseAttributes(own, ''), ...parseExtensions(schema, body)]);
  return { attributes, members };
}

function assertSchemas(schema: ResourceSchema, value: JsonValue): void {
  if (value === null || (isJsonArray(value) && value.length === 0)) return;
  if (!isJsonArray(value) || !value.every((urn) => typeof urn === 'string')) {
    throw invalidSyntax('schemas: expected a list of URNs, each a string');
  }
  if (!value.some((urn) => schema.isCoreSchema(urn))) {
    throw invalidSyntax(`schemas: expected ${schema.type.schema.id} among the URNs, for a ${schema.type.name}`);
  }
}

function parseExtensions(schema: ResourceSchema, body: JsonObject): readonly (readonly [string, JsonObject])[] {
  const parsed = new Map<string, JsonObject>();
  for (const [urn, data] of Object.entries(body)) {
    const extension = schema.findExtension(urn);
    if (extension === undefined) continue;
    if (parsed.has(extension.id)) throw invalidSyntax(`${extension.id} is there twice: URNs are case-insensitive`);
    parsed.set(extension.id, parseExtension(schema, extension.id, data));
  }
  return [...parsed].filter(([, data]) => Object.keys(data).length > 0);
}

function parseExtension(schema: ResourceSchema, urn: string, data: JsonValue): JsonObject {
  if (isBlank(data)) return {};
  if (!isJsonObject(data)) throw wrongType(urn, 'an object', data);
  const defined = readDefined(data, (name) => schema.findExtensionAttribute(urn, name), `${urn}:`);
  return Object.fromEntries(parseAttributes(defined, `${urn}:`));
}

function parseAttributes(defined: readonly DefinedMember[], prefix: string): readonly (readonly [string, JsonValue])[] {
  const parsed: [string, JsonValue][] = [];
  for (const [attribute, given] of defined) {
    if (attribute.mutability === 'readOnly') continue;
    const value = parseAttributeValue(attribute, toReferenceValue(attribute, given), `${prefix}${attribute.name}`);
    if (value !== undefined && attribute.mutability !== 'writeOnly') parsed.push([attribute.name, value]);
  }
  return parsed;
}
