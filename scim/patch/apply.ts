import { mutabilityError } from '../errors.ts';
import { isJsonObject, isSameJson, type JsonObject, type JsonValue, member } from '../json.ts';
import type { ResourceSchema } from '../schema/resource-schema.ts';
import { assertComplete } from '../validation/completeness.ts';
import { changeSelected } from './change-selected.ts';
import { changeSubAttribute, changeValue } from './change-value.ts';
import { expandOperation } from './expand.ts';
import { toMemberChanges } from './member-changes.ts';
import { readAttribute, writeAttribute } from './stored-attributes.ts';
import { assertWritable, type PatchTarget, resolveTarget } from './target.ts';
import type { MemberChange, PatchOperation, PatchResult } from './types.ts';

/**
 * Applies the operations in their order to a resource's attributes.
 *
 * Pure, and so atomic: what is given stays as it is, and an error leaves nothing behind. The result is in the stored form
 * of {@link parseResourceBody}; it is the very object that was given where nothing changed.
 *
 * @param attributes - In stored form.
 * @param id - The resource's own: an operation without path may repeat it.
 * @throws {@link ScimError} 400, with the `scimType` that RFC 7644 names for the case.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.5.2 RFC 7644 §3.5.2}
 */
export function applyPatch(
  schema: ResourceSchema,
  attributes: JsonObject,
  operations: readonly PatchOperation[],
  id: string,
): PatchResult {
  let patched = attributes;
  let changes = 0;
  const memberChanges: MemberChange[] = [];
  for (const operation of operations.flatMap((whole) => expandOperation(schema, whole))) {
    const { op, path, value = null } = operation;
    if (path === undefined) {
      assertOwnId(value, id);
      continue;
    }
    const target = resolveTarget(schema, path);
    assertWritable(target);
    if (target.attribute.keptApart === true) memberChanges.push(...toMemberChanges(op, target, value));
    else {
      const changed = applyToAttribute(patched, op, target, value);
      if (changed !== patched) changes += 1;
      patched = changed;
    }
  }
  // What one operation changed, only another can have changed back.
  if (changes === 0 || (changes > 1 && isSameJson(patched, attributes))) return { attributes, memberChanges };
  assertComplete(schema, patched);
  return { attributes: patched, memberChanges };
}

function applyToAttribute(
  attributes: JsonObject,
  op: PatchOperation['op'],
  target: PatchTarget,
  value: JsonValue,
): JsonObject {
  const { extension, attribute } = target;
  const place = { extension, name: attribute.name };
  const changed = changeAttribute(op, target, readAttribute(attributes, place), value);
  // What can only be written (a password) is checked like any other and then dropped.
  return attribute.mutability === 'writeOnly' ? attributes : writeAttribute(attributes, place, changed);
}

function changeAttribute(
  op: PatchOperation['op'],
  target: PatchTarget,
  current: JsonValue | undefined,
  value: JsonValue,
): JsonValue | undefined {
  const { attribute, subAttribute, valueFilter, attributePath } = target;
  if (valueFilter !== undefined || (attribute.multiValued && subAttribute !== undefined)) {
    return changeSelected(op, target, current, value);
  }
  const assignment = op === 'add' ? 'add' : 'replace';
  const assigned = op === 'remove' ? null : value;
  return subAttribute === undefined
    ? changeValue(assignment, attribute, current, assigned, attributePath)
    : changeSubAttribute(assignment, attribute, current, subAttribute, assigned, attributePath);
}

function assertOwnId(value: JsonValue, id: string): void {
  if (isJsonObject(value) && member(value, 'id') === id) return;
  throw mutabilityError('id is read-only, and the one given is not that of the resource');
}
