import { invalidPath, noTarget, type ScimError } from '../errors.ts';
import { compileValueFilter } from '../filter/compile.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { AttributeDefinition } from '../schema/types.ts';
import { isBlank, parseAttributeValue } from '../validation/attribute-value.ts';
import { assertChangeable, changeSubAttribute, changeValue } from './change-value.ts';
import { toDescribedValue } from './described-value.ts';
import { finishList, toValues } from './list-values.ts';
import type { PatchTarget } from './target.ts';
import type { PatchOperation } from './types.ts';

/**
 * The values of a multi-valued attribute after an operation on those that a value path selects, or on a sub-attribute of
 * them (`emails[type eq "work"]`, `emails[type eq "work"].value`).
 *
 * - `remove`, and `replace` by null or `""`, unassign what is selected; that nothing is, is success. A value left with
 *   no more than its labels (`type`, `primary`) goes altogether.
 * - `replace` replaces each selected value, or its sub-attribute. What the filter says of it by `eq` (`type` is `work`)
 *   stays true unless the value says otherwise. With nothing selected: 400 `noTarget`.
 * - `add` merges into each selected value. With nothing selected it makes a value of what the filter says by `eq` and of
 *   what is added. RFC 7644 does not define that; Entra depends on it.
 *
 * Without a filter, a sub-attribute means that of the only value; of several, only a removal can be meant.
 *
 * @throws {@link ScimError} 400 `invalidFilter` or `invalidPath` where it is not clear what is selected, `noTarget` where
 * nothing is, `invalidValue` or `mutability` where the values would not be those of the attribute.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.5.2.3 RFC 7644 §3.5.2.2 and §3.5.2.3}
 */
export function changeSelected(
  op: PatchOperation['op'],
  target: PatchTarget,
  current: JsonValue | undefined,
  value: JsonValue,
): JsonValue | undefined {
  const { attribute, subAttribute, valueFilter, canonical, attributePath } = target;
  const before = toValues(current);
  const isSelected = valueFilter === undefined ? () => true : compileValueFilter(valueFilter, attribute);
  const isClearing = op === 'remove' || isUnassigned(target, value);
  const hasSelected = before.some(isSelected);
  if (isClearing && (!hasSelected || (op === 'add' && subAttribute === undefined))) return current;
  if (valueFilter === undefined && !isClearing && before.length > 1) {
    throw invalidPath(`${canonical}: there are ${before.length} values; select with a filter which one is meant`);
  }
  const change = toChange(op, target, isClearing, value);
  const after = hasSelected
    ? before.map((entry) => (isSelected(entry) ? change(entry) : entry))
    : [...before, change(toNewValue(op, target, isSelected))];
  const next = finishList(before, after, attributePath);
  assertChangeable(attribute, current, next, attributePath);
  return next;
}

/** Whether the value given for what is selected says that it is unassigned. */
function isUnassigned({ attribute, subAttribute, canonical }: PatchTarget, value: JsonValue): boolean {
  if (subAttribute === undefined)
    return parseAttributeValue(toElement(attribute), toSingle(value), canonical) === undefined;
  const given = subAttribute.multiValued && !isJsonArray(value) && !isBlank(value) ? [value] : value;
  return parseAttributeValue(subAttribute, given, canonical) === undefined;
}

/** What the operation makes of one selected value. */
function toChange(
  op: PatchOperation['op'],
  target: PatchTarget,
  isClearing: boolean,
  value: JsonValue,
): (entry: JsonValue) => JsonValue | undefined {
  const { attribute, subAttribute, attributePath } = target;
  const element = toElement(attribute);
  if (subAttribute !== undefined) {
    const assignment = op === 'add' ? 'add' : 'replace';
    const assigned = op === 'remove' ? null : value;
    return (entry) => changeSubAttribute(assignment, element, entry, subAttribute, assigned, attributePath);
  }
  if (isClearing) return () => undefined;
  const single = toSingle(value);
  if (op === 'add') return (entry) => changeValue('add', element, entry, single, attributePath);
  const described = describe(target);
  return (entry) => {
    const kept = isJsonObject(entry) ? { ...described, ...immutablePart(attribute, entry) } : undefined;
    return changeValue('replace', element, kept, single, attributePath);
  };
}

/** What a new value has to start with, so that the path selects it from then on. */
function toNewValue(
  op: PatchOperation['op'],
  target: PatchTarget,
  isSelected: (entry: JsonValue) => boolean,
): JsonObject {
  const described = describe(target);
  const isPossible = op === 'add' || target.valueFilter === undefined;
  if (!isPossible || described === undefined || !isSelected(described)) throw nothingSelected(target);
  return described;
}

/** What the path says of the values that it selects; undefined where that is no plain description. */
function describe({ attribute, valueFilter }: PatchTarget): JsonObject | undefined {
  return valueFilter === undefined ? {} : toDescribedValue(valueFilter, attribute);
}

/** What of a value stays when it is replaced, and may not be replaced by anything else. */
function immutablePart(attribute: AttributeDefinition, entry: JsonObject): JsonObject {
  const immutable = new Set(
    attribute.subAttributes?.filter(({ mutability }) => mutability === 'immutable').map(({ name }) => name),
  );
  return Object.fromEntries(Object.entries(entry).filter(([name]) => immutable.has(name)));
}

const elements = new WeakMap<AttributeDefinition, AttributeDefinition>();

/** One value of the multi-valued attribute; that values may come and go is the attribute's matter. */
function toElement(attribute: AttributeDefinition): AttributeDefinition {
  const known = elements.get(attribute);
  if (known !== undefined) return known;
  const element: AttributeDefinition = { ...attribute, multiValued: false, required: false, mutability: 'readWrite' };
  elements.set(attribute, element);
  return element;
}

/** A value path selects values, each of which is given; a list of one is taken for what is in it. */
function toSingle(value: JsonValue): JsonValue {
  return isJsonArray(value) && value.length <= 1 ? (value[0] ?? null) : value;
}

function nothingSelected({ canonical }: PatchTarget): ScimError {
  return noTarget(`${canonical}: the path's filter selects none of the values`);
}
