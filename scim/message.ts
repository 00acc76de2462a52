import { invalidSyntax } from './errors.ts';
import { isJsonArray, type JsonObject, type JsonValue } from './json.ts';

/**
 * The member of a message (PatchOp, BulkRequest and the like) of that name, which is read in any case.
 *
 * @throws {@link ScimError} 400 `invalidSyntax` where it is there twice.
 */
export function readMember(message: JsonObject, name: string): JsonValue | undefined {
  const wanted = name.toLowerCase();
  let found: string | undefined;
  for (const key of Object.keys(message)) {
    if (key !== name && (key.length !== name.length || key.toLowerCase() !== wanted)) continue;
    if (found !== undefined) throw invalidSyntax(`${name} is there twice: names are read in any case`);
    found = key;
  }
  return found === undefined ? undefined : message[found];
}

/**
 * Assures that a message says by its `schemas` that it is what the endpoint expects.
 *
 * @throws {@link ScimError} 400 `invalidSyntax`
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.1 RFC 7644 §3.1}
 */
export function assertMessage(message: JsonObject, urn: string): void {
  const schemas = readMember(message, 'schemas');
  const isNamed = (schema: JsonValue) =>
    schema === urn || (typeof schema === 'string' && schema.toLowerCase() === urn.toLowerCase());
  if (!isJsonArray(schemas) || !schemas.some(isNamed)) {
    throw invalidSyntax(`schemas: expected a list with ${urn}`);
  }
}
