import { mutabilityError } from '../errors.ts';
import { isJsonArray, isJsonObject, isSameJson, type JsonObject, type JsonValue, member } from '../json.ts';
import type { AttributeDefinition } from '../schema/types.ts';
import { type DefinedMember, isBlank, parseAttributeValue, readSubAttributes } from '../validation/attribute-value.ts';
import { addValues, finishList, toValues } from './list-values.ts';
import { withMember } from './stored-attributes.ts';

/** What `add` and `replace` do differently: to a multi-valued attribute the one adds, the other replaces its values. */
type Assignment = 'add' | 'replace';

/** Sub-attributes that only label a value; by themselves they are worth nothing. */
const labels: ReadonlySet<string> = new Set(['type', 'primary', '$ref']);

/**
 * An attribute's value after an `add` or `replace`. A multi-valued attribute takes a single value as a list of one. A
 * complex value is merged: sub-attributes that are not named stay. null and `""` unassign what is single-valued, and by
 * `replace` what is multi-valued, so that a removal is the replacement by null.
 *
 * @param current - The value before, undefined where the attribute is unassigned.
 * @param path - Names the attribute in an error.
 * @returns undefined where the attribute becomes, or stays, unassigned.
 * @throws {@link ScimError} 400 `invalidValue` where the value is not of the attribute's type; 400 `mutability` where a
 * required attribute would be unassigned or an immutable one changed.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.5.2.1 RFC 7644 §3.5.2.1 and §3.5.2.3}
 */
export function changeValue(
  op: Assignment,
  attribute: AttributeDefinition,
  current: JsonValue | undefined,
  value: JsonValue,
  path: string,
): JsonValue | undefined {
  const next = toNext(op, attribute, current, value, path);
  assertChangeable(attribute, current, next, path);
  return next;
}

/** As {@link changeValue} with a value that has that sub-attribute alone: the others of a complex value stay. */
export function changeSubAttribute(
  op: Assignment,
  attribute: AttributeDefinition,
  current: JsonValue | undefined,
  subAttribute: AttributeDefinition,
  value: JsonValue,
  path: string,
): JsonValue | undefined {
  const next = merge(op, isJsonObject(current) ? current : {}, [[subAttribute, value]], path);
  assertChangeable(attribute, current, next, path);
  return next;
}

/** @throws {@link ScimError} 400 `mutability` where the attribute, or its being required, forbids the change. */
export function assertChangeable(
  attribute: AttributeDefinition,
  current: JsonValue | undefined,
  next: JsonValue | undefined,
  path: string,
): void {
  if (current === undefined) return;
  if (attribute.mutability === 'immutable' && !isSameJson(current, next)) {
    throw mutabilityError(`${path} is immutable and has a value already`);
  }
  if (attribute.required && next === undefined) throw mutabilityError(`${path} is required and cannot be removed`);
}

function toNext(
  op: Assignment,
  attribute: AttributeDefinition,
  current: JsonValue | undefined,
  value: JsonValue,
  path: string,
): JsonValue | undefined {
  if (attribute.multiValued) return changeList(op, attribute, current, value, path);
  if (attribute.type !== 'complex') return parseAttributeValue(attribute, value, path);
  if (isBlank(value)) return undefined;
  const given = readSubAttributes(attribute, value, path);
  return merge(op, isJsonObject(current) ? current : {}, given, path);
}

function changeList(
  op: Assignment,
  attribute: AttributeDefinition,
  current: JsonValue | undefined,
  value: JsonValue,
  path: string,
): JsonValue | undefined {
  const list = isJsonArray(value) || isBlank(value) ? value : [value];
  const given = parseAttributeValue(attribute, list, path);
  if (op === 'replace') return given;
  if (given === undefined) return current;
  const before = toValues(current);
  return finishList(before, addValues(attribute, before, toValues(given)), path);
}

function merge(
  op: Assignment,
  current: JsonObject,
  given: readonly DefinedMember[],
  path: string,
): JsonObject | undefined {
  let merged = current;
  let hasLost = false;
  for (const [subAttribute, subValue] of given) {
    const { name, mutability } = subAttribute;
    const before = member(merged, name);
    const after = changeValue(op, subAttribute, before, subValue, `${path}.${name}`);
    if (mutability === 'writeOnly') continue;
    hasLost ||= before !== undefined && after === undefined;
    merged = withMember(merged, name, after);
  }
  merged = withoutStaleReference(current, merged, given);
  const names = Object.keys(merged);
  return names.length === 0 || (hasLost && names.every((name) => labels.has(name))) ? undefined : merged;
}

/** `$ref` is the URL of what `value` names (RFC 7643 §2.4): with another `value` an old one would name the wrong resource. */
function withoutStaleReference(before: JsonObject, after: JsonObject, given: readonly DefinedMember[]): JsonObject {
  const isNamed = given.some(([{ name }]) => name === '$ref');
  return isNamed || isSameJson(member(before, 'value'), member(after, 'value'))
    ? after
    : withMember(after, '$ref', undefined);
}
