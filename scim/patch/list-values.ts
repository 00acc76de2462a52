import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, member } from '../json.ts';
import { remember } from '../remember.ts';
import type { AttributeDefinition } from '../schema/types.ts';
import { normaliseText } from '../text.ts';
import { isPrimary, severalPrimaries, toDistinctValues, tooManyValues } from '../validation/attribute-value.ts';
import { MAX_VALUES } from '../validation/limits.ts';

/** The values of a multi-valued attribute; none where it is unassigned. */
export function toValues(value: JsonValue | undefined): readonly JsonValue[] {
  return isJsonArray(value) ? value : [];
}

/**
 * The list with further values. One that is there already, by the schema's way of comparing, is not added again, but what
 * it says beyond its identity (`display`, `primary`) is taken over. A value is the same when `value` and `type` are
 * (RFC 7643 §2.4); without a `value`, when all but `primary` is.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.5.2.1 RFC 7644 §3.5.2.1}
 */
export function addValues(
  attribute: AttributeDefinition,
  current: readonly JsonValue[],
  added: readonly JsonValue[],
): readonly JsonValue[] {
  const toIdentity = identityOf(attribute);
  const values = [...current];
  const positions = new Map<string, number>();
  for (const [i, value] of current.entries()) {
    const identity = toIdentity(value);
    if (!positions.has(identity)) positions.set(identity, i);
  }
  for (const value of added) {
    const identity = toIdentity(value);
    const position = positions.get(identity);
    if (position === undefined) {
      positions.set(identity, values.push(value) - 1);
    } else {
      const existing = values[position];
      if (isJsonObject(existing) && isJsonObject(value)) values[position] = takeOver(existing, value);
    }
  }
  return values;
}

/**
 * Finishes a changed list: a value that became primary takes that from the others, equal values become one, a list of
 * none is unassigned.
 *
 * @param before - The list before the change.
 * @param after - The list after it, each value where it was before, undefined where it is gone.
 * @throws {@link ScimError} 400 `invalidValue` where several values became primary at once, or where there are too many.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.5.2 RFC 7644 §3.5.2}
 */
export function finishList(
  before: readonly JsonValue[],
  after: readonly (JsonValue | undefined)[],
  path: string,
): readonly JsonValue[] | undefined {
  const becamePrimary = after.filter((value, i) => isPrimary(value) && !isPrimary(before[i]));
  if (becamePrimary.length > 1) throw severalPrimaries(path);
  const settled =
    becamePrimary.length === 0
      ? after
      : after.map((value) =>
          isJsonObject(value) && isPrimary(value) && value !== becamePrimary[0] ? { ...value, primary: false } : value,
        );
  const distinct = toDistinctValues(settled.filter((value) => value !== undefined));
  if (distinct.length > MAX_VALUES) throw tooManyValues(path, distinct.length);
  return distinct.length === 0 ? undefined : distinct;
}

function takeOver(existing: JsonObject, value: JsonObject): JsonObject {
  return { ...existing, ...Object.fromEntries(Object.entries(value).filter(([name]) => !isTelling(name, value))) };
}

/** Whether the sub-attribute belongs to the value's identity. */
function isTelling(name: string, value: JsonObject): boolean {
  return member(value, 'value') === undefined ? name !== 'primary' : name === 'value' || name === 'type';
}

const identities = new WeakMap<AttributeDefinition, (value: JsonValue) => string>();

/** Makes the same text of the attribute's values that are the same. */
function identityOf(attribute: AttributeDefinition): (value: JsonValue) => string {
  const known = identities.get(attribute) ?? remember((value) => toIdentity(attribute, value));
  identities.set(attribute, known);
  return known;
}

/** U+0000, which no value may have, ends each part. */
function toIdentity(attribute: AttributeDefinition, value: JsonValue): string {
  if (!isJsonObject(value)) return toComparable(attribute, value);
  let identity = '';
  for (const subAttribute of attribute.subAttributes ?? []) {
    const { name } = subAttribute;
    const part = member(value, name);
    if (part === undefined || !isTelling(name, value)) continue;
    identity += `${name}\0${toComparable(subAttribute, part)}\0`;
  }
  return identity;
}

function toComparable({ caseExact }: AttributeDefinition, value: JsonValue): string {
  return typeof value === 'string' ? normaliseText(value, caseExact) : JSON.stringify(value);
}
