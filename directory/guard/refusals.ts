import { ScimError } from '../../scim/errors.ts';
import type { DirectoryContext } from '../context.ts';
import type { Trip } from './guard-items.ts';

/** An operator has to decide first; and each try is kept, so that there is no hurry. */
const HELD_RETRY_SECONDS = 900;

/** 503: never a status for which an identity provider would stop everything (`docs/protocol.md`). */
export function heldBack({ tenant, application }: DirectoryContext, trip: Trip, isKept: boolean): ScimError {
  const { what, counted, limit, windowMinutes } = trip;
  const much = what === 'users' ? 'deactivations and deletions of users' : 'removals of members';
  const fate = isKept
    ? 'It is kept, and done once an operator releases it'
    : 'It is too large to be kept: send it again once an operator has released the others';
  const detail = `Held back, nothing of it is done: ${application} asked for ${counted} ${much} within ${windowMinutes} minutes, and no more than ${limit} are done without an operator. ${fate} (scim-stack guard list ${tenant.name})`;
  return new ScimError(503, detail, { retryAfterSeconds: HELD_RETRY_SECONDS });
}

/** 400: this object fails, and the others go on. */
export function rejected({ tenant, application }: DirectoryContext, since: string): ScimError {
  const detail = `Rejected by an operator at ${since}: what ${application} takes away is refused until that is cleared (scim-stack guard clear ${tenant.name})`;
  return new ScimError(400, detail);
}
