import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { ResourceSchema } from '../schema/resource-schema.ts';
import type { ClientOperation } from './client-operation.ts';

/**
 * What Entra sends with the flag `aadOptscim062020`: its single-valued attributes folded into one operation without a
 * path, whose keys are paths (`name.familyName`, `urn:…:User:department`). Each such key becomes an operation with that
 * path, in the order of the keys (`test/fixtures/entra/flagged-user-update.json`); what the RFC allows as a key, the name
 * of an attribute or the URN of a schema, stays where it is.
 */
export function splitKeyPaths(schema: ResourceSchema, operation: ClientOperation): readonly ClientOperation[] {
  const { op, path, value } = operation;
  if (path !== undefined || !isJsonObject(value) || !Object.keys(value).some((key) => isPath(schema, key))) {
    return [operation];
  }
  const operations: ClientOperation[] = [];
  let plain: [string, JsonValue][] = [];
  const flush = () => {
    if (plain.length > 0)
      operations.push({ op, path: undefined, value: Object.fromEntries(plain) satisfies JsonObject });
    plain = [];
  };
  for (const [key, keyValue] of Object.entries(value)) {
    if (isPath(schema, key)) {
      flush();
      operations.push({ op, path: key, value: keyValue });
    } else {
      plain.push([key, keyValue]);
    }
  }
  flush();
  return operations;
}

function isPath(schema: ResourceSchema, key: string): boolean {
  return /[.:[]/.test(key) && !schema.isCoreSchema(key) && schema.findExtension(key) === undefined;
}
