import { isJsonArray, type JsonValue } from '../json.ts';
import { quoteExcerpt } from '../text.ts';
import { SCHEMA_SCHEMA } from './discovery-schemas.ts';
import { DocumentReader } from './document-reader.ts';
import { parseAttributes } from './parse-attribute.ts';
import { isReservedUrn, isUrn } from './schema-urn.ts';
import type { AttributeDefinition, Schema } from './types.ts';

/** Attributes and sub-attributes of a schema that a tenant registers. */
export const MAX_SCHEMA_ATTRIBUTES = 100;
/** Characters of its document: each process reads it again every 30 s. */
export const MAX_SCHEMA_LENGTH = 32_768;

const LONGEST_NAME = 100;
const LONGEST_DESCRIPTION = 1_000;

/** A schema, or everything that is wrong with its document. */
export type ParsedSchema =
  | { readonly schema: Schema; readonly faults: readonly [] }
  | { readonly schema?: undefined; readonly faults: readonly string[] };

/**
 * Reads the document of a schema extension, in the form in which `/Schemas` shows one, and checks that the service can
 * keep what it promises. `schemas` and `meta` may be there and say nothing.
 *
 * @returns The schema with every characteristic written out; otherwise all faults, in words, never only the first.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-7 RFC 7643 §7}
 */
export function parseSchema(document: JsonValue): ParsedSchema {
  const length = JSON.stringify(document).length;
  if (length > MAX_SCHEMA_LENGTH) {
    return { faults: [`the document has ${length} characters; at most ${MAX_SCHEMA_LENGTH} are possible`] };
  }
  const faults: string[] = [];
  const reader = new DocumentReader(document, '', faults);
  if (faults.length > 0) return { faults };
  reader.refuseOthers(['schemas', 'id', 'name', 'description', 'attributes', 'meta']);
  checkKind(reader);
  const schema = {
    id: parseUrn(reader),
    name: reader.text('name', LONGEST_NAME),
    description: reader.text('description', LONGEST_DESCRIPTION),
    attributes: parseAttributes(reader, 'attributes', faults),
  };
  const count = countAttributes(schema.attributes);
  if (count > MAX_SCHEMA_ATTRIBUTES) {
    reader.fault('attributes', `${count} with their sub-attributes; at most ${MAX_SCHEMA_ATTRIBUTES} are possible`);
  }
  return faults.length === 0 ? { schema, faults: [] } : { faults };
}

/** `schemas` may be missing; one that is there must not be of something else. */
function checkKind(reader: DocumentReader): void {
  const schemas = reader.get('schemas');
  if (schemas === undefined) return;
  const isSchema = isJsonArray(schemas) && schemas.some((urn) => urn === SCHEMA_SCHEMA);
  if (!isSchema) reader.fault('schemas', `expected ${SCHEMA_SCHEMA} in it, or no such member`);
}

function parseUrn(reader: DocumentReader): string {
  const urn = reader.text('id', 200);
  if (urn === '') return urn;
  if (!isUrn(urn)) {
    const example = 'urn:ietf:params:scim:schemas:extension:acme:2.0:User';
    reader.fault('id', `expected a URN of letters, digits and . _ -, such as ${example}, got ${quoteExcerpt(urn)}`);
  } else if (isReservedUrn(urn)) {
    reader.fault('id', `${quoteExcerpt(urn)} is the URN of a schema or message of SCIM itself: choose one of your own`);
  }
  return urn;
}

function countAttributes(attributes: readonly AttributeDefinition[]): number {
  return attributes.reduce((sum, { subAttributes = [] }) => sum + 1 + countAttributes(subAttributes), 0);
}
