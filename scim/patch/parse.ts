import type { ClientOperation } from '../dialects/client-operation.ts';
import { toOperationName } from '../dialects/entra-unflagged.ts';
import { normaliseOperation } from '../dialects/normalise.ts';
import { invalidPath, invalidSyntax } from '../errors.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../json.ts';
import { assertMessage, readMember } from '../message.ts';
import type { ResourceSchema } from '../schema/resource-schema.ts';
import { quoteExcerpt } from '../text.ts';
import { describeJsonType } from '../validation/json-type.ts';
import { MAX_PATCH_OPERATIONS } from '../validation/limits.ts';
import type { PatchOperation } from './types.ts';

export const PATCH_OP_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/**
 * Reads the body of a PATCH: checks the message, then turns each operation from its client's dialect into operations of
 * the RFC whose paths are known to mean something. Names of the message's members are read in any case.
 *
 * @throws {@link ScimError} 400 `invalidSyntax` where the message has not the form of a PatchOp or has too many
 * operations; `invalidPath`, `invalidFilter`, `invalidValue` or `noTarget` where one operation is at fault.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.5.2 RFC 7644 §3.5.2}
 */
export function parsePatchBody(schema: ResourceSchema, body: JsonValue): readonly PatchOperation[] {
  if (!isJsonObject(body))
    throw invalidSyntax(`expected a PatchOp message as an object, got ${describeJsonType(body)}`);
  assertMessage(body, PATCH_OP_SCHEMA);
  const operations = readMember(body, 'Operations');
  if (!isJsonArray(operations) || operations.length === 0) {
    throw invalidSyntax(`Operations: expected a list of at least one operation, got ${describeJsonType(operations)}`);
  }
  if (operations.length > MAX_PATCH_OPERATIONS) {
    throw invalidSyntax(`Operations has ${operations.length} operations; at most ${MAX_PATCH_OPERATIONS} are possible`);
  }
  return operations.flatMap((operation) => normaliseOperation(schema, toClientOperation(operation)));
}

function toClientOperation(operation: JsonValue): ClientOperation {
  if (!isJsonObject(operation)) {
    throw invalidSyntax(`Operations: expected each operation as an object, got ${describeJsonType(operation)}`);
  }
  const given = readMember(operation, 'op');
  const op = typeof given === 'string' ? toOperationName(given) : undefined;
  if (op === undefined) {
    const got = typeof given === 'string' ? quoteExcerpt(given) : describeJsonType(given);
    throw invalidSyntax(`op: expected "add", "replace" or "remove", got ${got}`);
  }
  const path = readMember(operation, 'path') ?? undefined; // null is the same as none
  if (path !== undefined && typeof path !== 'string') {
    throw invalidPath(`path: expected a string, got ${describeJsonType(path)}`);
  }
  return { op, path, value: readMember(operation, 'value') };
}
