import type { ApplicationItem } from '../store/tenant-items.ts';

const DAY_MILLIS = 86_400_000;
const FIRST_NOTICE_DAYS = 30;
const LAST_NOTICE_DAYS = 7;

export type TokenReason =
  | 'token-expires-within-30-days'
  | 'token-expires-within-7-days'
  | 'token-expired'
  | 'previous-token-in-use';

/** Whether the reason is that a token ends or has ended: at most one such at a time, whose words name the token. */
export function isTokenExpiry(reason: string): boolean {
  return reason.startsWith('token-expire');
}

/**
 * What is wrong with an application's tokens, in words by reason.
 *
 * @param uses - When each token was used last, by credential id, in milliseconds since 1970.
 */
export function findTokenWarnings(
  { token, previousToken }: Pick<ApplicationItem, 'token' | 'previousToken'>,
  uses: Readonly<Record<string, number>>,
  now: number,
): ReadonlyMap<TokenReason, string> {
  const warnings = new Map<TokenReason, string>();
  if (token !== undefined && token.revokedAt === undefined) {
    const reason = expiryOf(Date.parse(token.expiresAt), now);
    const verb = reason === 'token-expired' ? 'expired' : 'expires';
    if (reason !== undefined)
      warnings.set(reason, `the secret token ${token.credentialId} ${verb} on ${token.expiresAt}`);
  }
  if (previousToken?.until !== undefined && previousToken.revokedAt === undefined) {
    const { credentialId, until } = previousToken;
    const daysLeft = (Date.parse(until) - now) / DAY_MILLIS;
    const lastUse = uses[credentialId];
    const isLastUsed = lastUse !== undefined && lastUse > (uses[token?.credentialId ?? ''] ?? 0);
    if (daysLeft > 0 && daysLeft <= LAST_NOTICE_DAYS && isLastUsed) {
      const used = new Date(lastUse).toISOString();
      warnings.set(
        'previous-token-in-use',
        `the previous secret token ${credentialId} was still used at ${used}; it ends on ${until}`,
      );
    }
  }
  return warnings;
}

function expiryOf(expiresAt: number, now: number): TokenReason | undefined {
  const daysLeft = (expiresAt - now) / DAY_MILLIS;
  if (daysLeft <= 0) return 'token-expired';
  if (daysLeft <= LAST_NOTICE_DAYS) return 'token-expires-within-7-days';
  return daysLeft <= FIRST_NOTICE_DAYS ? 'token-expires-within-30-days' : undefined;
}
