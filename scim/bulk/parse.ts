import { invalidSyntax, invalidValue, ScimError } from '../errors.ts';
import { parseIfMatch, type VersionCondition } from '../etag.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { assertMessage, readMember } from '../message.ts';
import type { ResourceType } from '../schema/types.ts';
import { quoteExcerpt } from '../text.ts';
import { describeJsonType } from '../validation/json-type.ts';
import { MAX_BULK_ID_LENGTH } from '../validation/limits.ts';
import { parseBulkPath } from './path.ts';
import type { BulkMethod, BulkOperation, BulkPath, BulkRequest } from './types.ts';

export const BULK_REQUEST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

const METHODS: readonly BulkMethod[] = ['POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Reads the body of a bulk request. Names of the message's members are read in any case, and so are methods. An operation
 * that is not what it must be is no fault of the request: it comes as a faulty one, and the others are performed.
 *
 * @param types - The resource types whose endpoints operations may go to.
 * @throws {@link ScimError} 400 `invalidSyntax` where the message has not the form of a BulkRequest; 413 where it has
 * more operations than `maxOperations`.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.7 RFC 7644 §3.7}
 */
export function parseBulkRequest(body: JsonValue, types: readonly ResourceType[], maxOperations: number): BulkRequest {
  if (!isJsonObject(body)) throw invalidSyntax(`expected a BulkRequest as an object, got ${describeJsonType(body)}`);
  assertMessage(body, BULK_REQUEST_SCHEMA);
  const failOnErrors = parseFailOnErrors(readMember(body, 'failOnErrors'));
  const operations = readMember(body, 'Operations');
  if (!isJsonArray(operations) || operations.length === 0) {
    throw invalidSyntax(`Operations: expected a list of at least one operation, got ${describeJsonType(operations)}`);
  }
  if (operations.length > maxOperations) {
    throw new ScimError(
      413,
      `The request has ${operations.length} operations, more than maxOperations of ${maxOperations}: send it in parts`,
    );
  }
  return { failOnErrors, operations: refuseAmbiguous(operations.map((operation) => parseOperation(operation, types))) };
}

function parseFailOnErrors(value: JsonValue | undefined): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  const got = typeof value === 'number' ? String(value) : describeJsonType(value);
  throw invalidSyntax(`failOnErrors: expected a number of errors, an integer of at least 1, got ${got}`);
}

/** What could be read of an operation before the fault was found. */
interface Read {
  method?: BulkMethod;
  bulkId?: string;
  path?: BulkPath;
}

function parseOperation(operation: JsonValue, types: readonly ResourceType[]): BulkOperation {
  const read: Read = {};
  try {
    return readOperation(operation, types, read);
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    return { kind: 'faulty', method: read.method, bulkId: read.bulkId, path: read.path, error };
  }
}

function readOperation(operation: JsonValue, types: readonly ResourceType[], read: Read): BulkOperation {
  if (!isJsonObject(operation)) {
    throw invalidSyntax(`expected an operation as an object, got ${describeJsonType(operation)}`);
  }
  const bulkId = parseBulkId(readMember(operation, 'bulkId'));
  if (bulkId !== undefined) read.bulkId = bulkId;
  const method = parseMethod(readMember(operation, 'method'));
  read.method = method;
  const path = parseBulkPath(readPath(operation), types);
  read.path = path;
  const { type, target } = path;
  if (method === 'POST') {
    if (target !== undefined) throw wrongPath(method, 'the endpoint of a resource type, such as /Users');
    if (bulkId === undefined)
      throw invalidValue('bulkId: a POST needs one, so that its answer can be told from others');
    return { kind: 'creation', method, bulkId, type, data: readData(operation, method) };
  }
  if (target === undefined) throw wrongPath(method, 'a resource, such as /Users/{id}');
  const ifMatch = parseVersion(readMember(operation, 'version'));
  const data = method === 'DELETE' ? null : readData(operation, method);
  return { kind: 'change', method, bulkId, type, target, ifMatch, data };
}

function parseMethod(value: JsonValue | undefined): BulkMethod {
  const method = METHODS.find((known) => typeof value === 'string' && value.toUpperCase() === known);
  if (method !== undefined) return method;
  const got = typeof value === 'string' ? quoteExcerpt(value) : describeJsonType(value);
  throw invalidSyntax(`method: expected "POST", "PUT", "PATCH" or "DELETE", got ${got}`);
}

function parseBulkId(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value === '') {
    throw invalidSyntax(`bulkId: expected a text, got ${value === '' ? 'an empty one' : describeJsonType(value)}`);
  }
  if (value.length > MAX_BULK_ID_LENGTH) {
    throw invalidValue(`bulkId has ${value.length} characters; at most ${MAX_BULK_ID_LENGTH} are possible`);
  }
  return value;
}

function readPath(operation: JsonObject): string {
  const path = readMember(operation, 'path');
  if (typeof path !== 'string') throw invalidSyntax(`path: expected a text, got ${describeJsonType(path)}`);
  return path;
}

function readData(operation: JsonObject, method: BulkMethod): JsonValue {
  const data = readMember(operation, 'data');
  if (data === undefined) throw invalidSyntax(`data: a ${method} needs it, as the body of a ${method} of its own`);
  return data;
}

function parseVersion(value: JsonValue | undefined): VersionCondition | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return parseIfMatch(value);
  throw invalidSyntax(`version: expected an ETag as a text, such as W/"1", got ${describeJsonType(value)}`);
}

/** What a request of its own with this method and path is answered. */
function wrongPath(method: BulkMethod, expected: string): ScimError {
  return new ScimError(405, `path: a ${method} expects ${expected}`);
}

/** Of two creations with one bulkId nobody can tell which one a reference means: neither is performed. */
function refuseAmbiguous(operations: readonly BulkOperation[]): readonly BulkOperation[] {
  const counts = new Map<string, number>();
  for (const { method, bulkId } of operations) {
    if (method === 'POST' && bulkId !== undefined) counts.set(bulkId, (counts.get(bulkId) ?? 0) + 1);
  }
  return operations.map((operation) => {
    if (operation.kind !== 'creation' || counts.get(operation.bulkId) === 1) return operation;
    const { method, bulkId, type } = operation;
    const error = invalidValue(`bulkId ${quoteExcerpt(bulkId)} is that of more than one POST; each must have its own`);
    return { kind: 'faulty', method, bulkId, path: { type, target: undefined }, error };
  });
}
