import { invalidSyntax, invalidValue, type ScimError } from '../errors.ts';
import { isJsonArray, isJsonObject, isSameJson, type JsonObject, type JsonValue } from '../json.ts';
import { remember } from '../remember.ts';
import { findSubAttribute } from '../schema/resource-schema.ts';
import type { AttributeDefinition } from '../schema/types.ts';
import { wrongType } from './json-type.ts';
import { MAX_VALUES } from './limits.ts';
import { parseSimpleValue } from './simple-value.ts';

/** Up to so many values are compared one by one, which is faster than to write each as text. */
const FEW_VALUES = 16;

/**
 * Checks an attribute's value against its definition and brings it into stored form: names in the schema's spelling,
 * booleans as booleans; unknown, read-only and write-only sub-attributes left out; no null, `""`, `[]` or `{}` anywhere;
 * no value of a list twice. Whether required sub-attributes are there is for {@link assertComplete} to say, because a
 * PATCH may add them one by one.
 *
 * @param path - Names the attribute in an error, in canonical spelling.
 * @returns undefined where the attribute is unassigned: null and `[]` by RFC 7643 §2.5, and `""`, which Entra sends to
 * clear an attribute.
 * @throws {@link ScimError} 400 `invalidValue`, naming path, expectation and the JSON type got, never the value;
 * `invalidSyntax` where a sub-attribute is there twice.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7643.html#section-2.3 RFC 7643 §2.3}
 */
export function parseAttributeValue(
  attribute: AttributeDefinition,
  value: JsonValue,
  path: string,
): JsonValue | undefined {
  if (!attribute.multiValued) return parseSingleValue(attribute, value, path);
  if (isBlank(value)) return undefined;
  if (!isJsonArray(value)) throw wrongType(path, 'a list', value);
  if (value.length > MAX_VALUES) throw tooManyValues(path, value.length);
  return parseList(attribute, value, path);
}

/** Whether the value says by itself that its attribute is unassigned. */
export function isBlank(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === '';
}

/** 400 `invalidValue`: a multi-valued attribute would have more values than one may. */
export function tooManyValues(path: string, count: number): ScimError {
  return invalidValue(`${path} would have ${count} values; at most ${MAX_VALUES} are possible`);
}

/** A member of an object, with the attribute that its name means. */
export type DefinedMember = readonly [AttributeDefinition, JsonValue];

/**
 * The object's members that the attributes define, by definition; unknown names are left out.
 *
 * @param path - Stands before the name of an attribute in an error: empty, or with a separator at its end.
 * @throws {@link ScimError} 400 `invalidSyntax` where two names differ in nothing but case.
 */
export function readDefined(
  object: JsonObject,
  find: (name: string) => AttributeDefinition | undefined,
  path: string,
): readonly DefinedMember[] {
  const found: DefinedMember[] = [];
  for (const name of Object.keys(object)) {
    const attribute = find(name);
    const value = object[name];
    if (attribute === undefined || value === undefined) continue;
    for (const [other] of found) {
      if (other !== attribute) continue;
      throw invalidSyntax(`${path}${attribute.name} is there twice: names of attributes are case-insensitive`);
    }
    found.push([attribute, value]);
  }
  return found;
}

/** {@link readDefined} for the sub-attributes that a client may set. */
export function readSubAttributes(
  attribute: AttributeDefinition,
  value: JsonValue,
  path: string,
): readonly DefinedMember[] {
  if (!isJsonObject(value)) throw wrongType(path, 'an object', value);
  const defined = readDefined(value, (name) => findSubAttribute(attribute, name), `${path}.`);
  return defined.filter(([{ mutability }]) => mutability !== 'readOnly');
}

function parseSingleValue(attribute: AttributeDefinition, value: JsonValue, path: string): JsonValue | undefined {
  if (isBlank(value)) return undefined;
  if (attribute.type !== 'complex') return parseSimpleValue(attribute.type, value, path);
  const parsed: Record<string, JsonValue> = {};
  let isAssigned = false;
  for (const [subAttribute, given] of readSubAttributes(attribute, value, path)) {
    const kept = parseAttributeValue(subAttribute, given, `${path}.${subAttribute.name}`);
    if (kept === undefined || subAttribute.mutability === 'writeOnly') continue;
    parsed[subAttribute.name] = kept;
    isAssigned = true;
  }
  return isAssigned ? parsed : undefined;
}

function parseList(
  attribute: AttributeDefinition,
  list: readonly JsonValue[],
  path: string,
): readonly JsonValue[] | undefined {
  const parsed: JsonValue[] = [];
  for (const given of list) {
    const value = parseSingleValue(attribute, given, path);
    if (value !== undefined) parsed.push(value);
  }
  const values = toDistinctValues(parsed);
  if (values.filter(isPrimary).length > 1) throw severalPrimaries(path);
  return values.length === 0 ? undefined : values;
}

/** 400 `invalidValue`: RFC 7643 §2.4 lets one value at most have `primary` true. */
export function severalPrimaries(path: string): ScimError {
  return invalidValue(`${path}: more than one value has primary true; at most one may`);
}

/** The values of a list, each once: two are the same where they differ in nothing but the order of their members. */
export function toDistinctValues(values: readonly JsonValue[]): readonly JsonValue[] {
  if (values.length <= FEW_VALUES) {
    const isFirst = (value: JsonValue, i: number) => values.findIndex((other) => isSameJson(other, value)) === i;
    return values.every(isFirst) ? values : values.filter(isFirst);
  }
  return [...new Map(values.map((value) => [toComparableText(value), value])).values()];
}

/** Whether the value of a multi-valued attribute is the preferred one. */
export function isPrimary(value: JsonValue | undefined): boolean {
  return isJsonObject(value) && value['primary'] === true;
}

/** The same text for values that differ in nothing but the order of their members. */
const toComparableText = remember((value) =>
  JSON.stringify(isJsonObject(value) ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : value),
);
