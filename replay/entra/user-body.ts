import { CORE_USER } from '../answer/messages.ts';
import { toText } from '../dialect/user-patch.ts';
import { isJsonArray, isJsonObject, type JsonDraft, type JsonObject } from '../json.ts';
import type { Mapping, Values } from '../mapping/mapping.ts';
import { ENTERPRISE_USER, MANAGER, parseTarget, writeTarget } from '../mapping/target.ts';

const managerTarget = parseTarget(MANAGER);

/**
 * The body with which Entra creates a user: what has no value comes as null or as an empty list, read-only `meta` comes
 * along, and the manager, where it is known so early, as a bare id.
 */
export function toUserBody(mapping: Mapping, values: Values, managerId?: string): JsonObject {
  const draft: JsonDraft = {
    schemas: [CORE_USER, ENTERPRISE_USER],
    meta: { resourceType: 'User' },
    roles: [],
    phoneNumbers: null,
    addresses: [],
  };
  for (const { target } of mapping.attributes) {
    const value = values.get(target.path);
    if (value !== undefined) writeTarget(draft, target, mapping.stringBooleans ? toText(value) : value);
    else if (target.kind === 'plain') writeTarget(draft, target, null);
  }
  if (isJsonArray(draft['emails'])) {
    draft['emails'] = draft['emails'].map((email) => (isJsonObject(email) ? { primary: true, ...email } : email));
  }
  if (managerId !== undefined) writeTarget(draft, managerTarget, managerId);
  return draft;
}
