import { findTokenWarnings } from '../../directory/cycles/token-warnings.ts';
import type { ApplicationItem, StoredCredential } from '../../directory/store/tenant-items.ts';
import type { Credential, TokenStatus } from '../contract/admin-messages.ts';
import { isInForce } from './token-changes.ts';

/** When a token was last used, by its credential id, in milliseconds since 1970. */
export type LastUses = Readonly<Record<string, number>>;

/** What may be known of an application's tokens, with what wants attention. */
export function toTokenStatus(
  { token, previousToken }: Pick<ApplicationItem, 'token' | 'previousToken'>,
  now: Date,
  lastUses: LastUses,
): TokenStatus {
  return {
    state: stateOf(token, now),
    ...(token === undefined ? {} : { current: toCredential(token, lastUses) }),
    ...(previousToken === undefined ? {} : { previous: toCredential(previousToken, lastUses) }),
    warnings: [...findTokenWarnings({ token, previousToken }, lastUses, now.getTime()).values()],
  };
}

function stateOf(token: StoredCredential | undefined, now: Date): TokenStatus['state'] {
  if (token === undefined) return 'none';
  if (token.revokedAt !== undefined) return 'revoked';
  return isInForce(token, now) ? 'valid' : 'expired';
}

function toCredential(
  { credentialId, issuedAt, expiresAt, until, revokedAt }: StoredCredential,
  lastUses: LastUses,
): Credential {
  const lastUse = lastUses[credentialId];
  return {
    credentialId,
    issuedAt,
    expiresAt: until !== undefined && until < expiresAt ? until : expiresAt,
    ...(revokedAt === undefined ? {} : { revokedAt }),
    ...(lastUse === undefined ? {} : { lastUsedAt: new Date(lastUse).toISOString() }),
  };
}
