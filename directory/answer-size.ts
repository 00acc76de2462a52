import { type ScimError, tooMany } from '../scim/errors.ts';
import type { ResourceTypeName } from '../scim/schema/types.ts';

/** 400 `tooMany` for a resource that no answer can hold: only its memberships can make it so large. */
export function largerThanAnswer(type: ResourceTypeName): ScimError {
  const attribute = type === 'Group' ? 'members' : 'groups';
  return tooMany(`The ${type} is larger than an answer may be: ask again with excludedAttributes=${attribute}`);
}
