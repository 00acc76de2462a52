import { expandOperation } from '../patch/expand.ts';
import { parsePath, resolveTarget } from '../patch/target.ts';
import type { PatchOperation } from '../patch/types.ts';
import type { ResourceSchema } from '../schema/resource-schema.ts';
import type { ClientOperation } from './client-operation.ts';
import { splitKeyPaths } from './entra-flagged.ts';
import { toReferenceValue, toSelectiveRemoval } from './entra-unflagged.ts';
import { dropEchoedAttributes } from './okta.ts';

/**
 * An operation as a client sends it, as operations of the RFC. A dialect is known by its shape, not by who sends it: one
 * tenant may be sent several, for Entra's provision on demand pays no heed to the flag. What is RFC already passes
 * through.
 *
 * @throws {@link ScimError} 400 `invalidPath` where a path or key names no attribute; `invalidValue` or `noTarget` where
 * the operation lacks what its kind must have.
 */
export function normaliseOperation(schema: ResourceSchema, operation: ClientOperation): readonly PatchOperation[] {
  const normalised: PatchOperation[] = [];
  for (const remaining of dropEchoedAttributes(operation)) {
    for (const part of splitKeyPaths(schema, remaining)) {
      for (const single of expandOperation(schema, toPatchOperation(schema, part))) {
        const rfcOperation = normaliseValue(schema, single);
        if (rfcOperation !== undefined) normalised.push(rfcOperation);
      }
    }
  }
  return normalised;
}

function toPatchOperation(schema: ResourceSchema, { op, path, value }: ClientOperation): PatchOperation {
  const operation: { -readonly [Name in keyof PatchOperation]: PatchOperation[Name] } = { op };
  if (path !== undefined) operation.path = parsePath(schema, path);
  if (value !== undefined) operation.value = value;
  return operation;
}

function normaliseValue(schema: ResourceSchema, operation: PatchOperation): PatchOperation | undefined {
  if (operation.path === undefined || operation.value === undefined) return operation;
  const target = resolveTarget(schema, operation.path);
  if (operation.op === 'remove') return toSelectiveRemoval(operation, target);
  if (target.subAttribute !== undefined) return operation;
  const value = toReferenceValue(target.attribute, operation.value);
  return value === operation.value ? operation : { ...operation, value };
}
