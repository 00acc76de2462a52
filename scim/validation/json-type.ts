import { invalidValue, type ScimError } from '../errors.ts';
import { isJsonArray, type JsonValue } from '../json.ts';

/** The JSON type of a value, for an error's detail: never the value itself, which may be personal. */
export function describeJsonType(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (isJsonArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** 400 `invalidValue`: the value at the path is not of its attribute's type. */
export function wrongType(path: string, expected: string, value: JsonValue | undefined): ScimError {
  return invalidValue(`${path}: expected ${expected}, got ${describeJsonType(value)}`);
}
