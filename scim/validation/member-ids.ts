import { invalidValue } from '../errors.ts';
import { isJsonArray, type JsonValue } from '../json.ts';
import type { AttributeDefinition } from '../schema/types.ts';
import { isBlank, readSubAttributes } from './attribute-value.ts';
import { wrongType } from './json-type.ts';
import { MAX_MEMBER_ID_LENGTH } from './limits.ts';
import { isStorable, parseText } from './simple-value.ts';

/**
 * The ids in a list of members, each once, in the order given. What else a member says (`$ref`, which Entra sends as
 * null, `type`, `display`) follows from its id and is not read.
 *
 * @returns None for null, which is the same as `[]` (RFC 7643 §2.5).
 * @throws {@link ScimError} 400 `invalidValue` unless every member is an object whose `value` can be an id.
 */
export function parseMemberIds(members: AttributeDefinition, value: JsonValue): readonly string[] {
  if (value === null) return [];
  if (!isJsonArray(value)) throw wrongType(members.name, 'a list', value);
  return [...new Set(value.map((given) => parseMemberId(members, given)))];
}

/** Whether a member can have this id; any other names nobody. */
export function isMemberId(text: string): boolean {
  return text !== '' && text.length <= MAX_MEMBER_ID_LENGTH && isStorable(text);
}

function parseMemberId(members: AttributeDefinition, given: JsonValue): string {
  const entry = readSubAttributes(members, given, members.name).find(([{ name }]) => name === 'value');
  const path = `${members.name}.value`;
  const id = entry?.[1];
  if (isBlank(id) || id === undefined) throw invalidValue(`${path}: expected the id of a member, got none`);
  const text = parseText(id, path, 'the id of a member as a string');
  if (!isMemberId(text)) {
    throw invalidValue(`${path} has ${text.length} characters; an id has at most ${MAX_MEMBER_ID_LENGTH}`);
  }
  return text;
}
