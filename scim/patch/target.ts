import { invalidPath, mutabilityError } from '../errors.ts';
import type { Filter } from '../filter/ast.ts';
import { parseAttributePath, parsePatchPath } from '../filter/parser.ts';
import type { ResolvedAttribute, ResourceSchema } from '../schema/resource-schema.ts';
import type { PatchPath } from './types.ts';

const LONGEST_QUOTED_PATH = 200;

/** What a PATCH path means for a resource type. */
export interface PatchTarget extends ResolvedAttribute {
  readonly valueFilter: Filter | undefined;
  /** The path of the attribute, without sub-attribute, in the schema's own spelling. */
  readonly attributePath: string;
}

/**
 * Parses a PATCH path. Where the path is a schema's whole URN, its last part is taken for the attribute's name
 * ({@link findWholeSchema} puts the two together again).
 *
 * @throws {@link ScimError} 400 `invalidPath`; `invalidFilter` where its value filter is malformed.
 */
export function parsePath(schema: ResourceSchema, text: string): PatchPath {
  const colon = text.lastIndexOf(':');
  if (colon === -1) return parsePatchPath(text);
  const attribute = parseAttributePath(text);
  if (attribute !== undefined && schema.resolve(attribute) !== undefined) return { attribute };
  if (!schema.isCoreSchema(text) && schema.findExtension(text) === undefined) return parsePatchPath(text);
  return { attribute: { schema: text.slice(0, colon), name: text.slice(colon + 1) } };
}

/** The URN of the schema whose attributes the path means all together, as in RFC 7644 §3.5.2 a complex attribute's. */
export function findWholeSchema(schema: ResourceSchema, path: PatchPath): string | undefined {
  const { attribute, valueFilter } = path;
  if (attribute.schema === undefined || attribute.subAttribute !== undefined || valueFilter !== undefined) {
    return undefined;
  }
  if (schema.resolve(attribute) !== undefined) return undefined;
  const urn = `${attribute.schema}:${attribute.name}`;
  return schema.isCoreSchema(urn) ? schema.type.schema.id : schema.findExtension(urn)?.id;
}

/**
 * What the path means. An extension's attribute is found without its URN too: clients send `manager`.
 *
 * @throws {@link ScimError} 400 `invalidPath` where no schema of the resource type has the attribute, or where a value
 * filter stands behind an attribute that has no list of values.
 */
export function resolveTarget(schema: ResourceSchema, path: PatchPath): PatchTarget {
  const resolved = schema.resolveLenient(path.attribute);
  if (resolved === undefined) {
    throw invalidPath(`path ${quotePath(path)} names no attribute of a ${schema.type.name}`);
  }
  if (path.valueFilter !== undefined && !resolved.attribute.multiValued) {
    throw invalidPath(`path ${quotePath(path)} has a value filter, but ${resolved.attribute.name} has a single value`);
  }
  const { extension, attribute, subAttribute, canonical } = resolved;
  const attributePath = extension === undefined ? attribute.name : `${extension}:${attribute.name}`;
  return { extension, attribute, subAttribute, canonical, valueFilter: path.valueFilter, attributePath };
}

/** @throws {@link ScimError} 400 `mutability` where the target is read-only. */
export function assertWritable({ attribute, subAttribute, canonical }: PatchTarget): void {
  if (attribute.mutability === 'readOnly' || subAttribute?.mutability === 'readOnly') {
    throw mutabilityError(`${canonical} is read-only`);
  }
}

function quotePath({ attribute: { schema, name, subAttribute } }: PatchPath): string {
  const text = `${schema === undefined ? '' : `${schema}:`}${name}${subAttribute === undefined ? '' : `.${subAttribute}`}`;
  return JSON.stringify(text.slice(0, LONGEST_QUOTED_PATH).toWellFormed());
}
