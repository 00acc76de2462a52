import { invalidValue, ScimError, uniquenessError } from '../scim/errors.ts';
import type { Knowledge } from './change.ts';
import type { TenantSettings } from './context.ts';
import type { NetChanges } from './member-changes.ts';
import type { ReasonedAction } from './resource-writes.ts';
import { ClaimItemSchema, parseOptionalItem } from './store/items.ts';
import type { WriteRefusedError } from './store/table-errors.ts';

const UNDER_WAY_RETRY_SECONDS = 5;

/**
 * What a refused transaction teaches: which members are left to change, and what is known now.
 *
 * @throws ScimError where the request itself is at fault.
 */
export function learn(
  error: WriteRefusedError,
  actions: readonly ReasonedAction[],
  members: NetChanges,
  knowledge: Knowledge,
): NetChanges | 'stale' {
  const done = new Set<string>();
  const unknown = new Set<string>();
  for (const { index, item } of error.refusals) {
    const reason = actions[index]?.reason;
    switch (reason?.kind) {
      case 'resource':
        return 'stale';
      case 'claim': {
        const claim = parseOptionalItem(ClaimItemSchema, item);
        // Gone again meanwhile, or owned by a tombstone: the next attempt may have it.
        if (claim === undefined) knowledge.takeovers.delete(reason.claim.value);
        else if (claim.tombstone === true) knowledge.takeovers.set(reason.claim.value, claim.resourceId);
        else throw uniquenessError(reason.claim.attribute, error);
        break;
      }
      case 'member':
        done.add(reason.id);
        break;
      case 'memberExists':
        if (knowledge.memberGroups.has(reason.id)) throw memberNotFound([reason.id]);
        knowledge.memberGroups.add(reason.id);
        unknown.add(reason.id);
        break;
      default:
        throw error;
    }
  }
  return {
    // Of one that is deleted a membership may be left: whether it is in already says nothing until its type is known.
    add: members.add.filter((id) => !done.has(id) || unknown.has(id)),
    remove: members.remove.filter((id) => !done.has(id)),
  };
}

/** 400 `invalidValue`: members that are neither users nor groups of the tenant. */
export function memberNotFound(ids: readonly string[]): ScimError {
  const named = ids.slice(0, 5).map((id) => JSON.stringify(id.slice(0, 64)));
  const more = ids.length > named.length ? ` and ${ids.length - named.length} more` : '';
  return invalidValue(`members: ${named.join(', ')}${more} is no user or group of this tenant; create it first`);
}

/** 400 `invalidValue`. @param wanted - How many changes the request makes, in words or figures. */
export function tooManyMemberChanges(wanted: string, { maxMemberChanges }: TenantSettings): ScimError {
  return invalidValue(
    `the request changes ${wanted} members; at most ${maxMemberChanges} a request are possible: send it in parts`,
  );
}

/** 503 for a change of members that is binding, but that the time of the request was too short for. */
export function stillUnderWay({ add, remove }: NetChanges): ScimError {
  const detail = `The change of ${add.length + remove.length} members has begun and is carried on; send the request again to learn that it is done`;
  return new ScimError(503, detail, { retryAfterSeconds: UNDER_WAY_RETRY_SECONDS });
}
