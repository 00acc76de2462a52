import type { IssuedToken } from '../../lambda/contract/admin-messages.ts';
import { toFields } from '../text/table.ts';
import { toDistance, toTime } from '../text/times.ts';

/** The two strings to paste, and what to know about them. The token is shown here and nowhere else. */
export function toTokenCard(issued: IssuedToken, now: Date): string {
  const { tenantUrl, token, expiresAt, previousUntil } = issued;
  const overlap =
    previousUntil === undefined
      ? ''
      : `The token before is accepted until ${toTime(previousUntil)} (${toDistance(previousUntil, now)}): ` +
        'paste this one into the identity provider before that.\n';
  return [
    toFields([
      ['Tenant URL', tenantUrl],
      ['Secret token', token],
      ['Expires', `${toTime(expiresAt)} (${toDistance(expiresAt, now)})`],
    ]),
    'The token is shown this once: nobody can look it up again, only make another.\n',
    overlap,
  ].join('');
}
