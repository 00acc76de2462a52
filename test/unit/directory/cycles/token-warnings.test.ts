import { describe, expect, it } from 'vitest';
import { findTokenWarnings } from '../../../../directory/cycles/token-warnings.ts';

const NOW = Date.parse('2026-11-02T08:00:00.000Z');
const DAY = 86_400_000;
const inDays = (days: number) => new Date(NOW + days * DAY).toISOString();

const token = (daysLeft: number, more = {}) => ({
  credentialId: 'bbbbbbbbbbbb',
  versionId: 'v2',
  issuedAt: inDays(-1),
  expiresAt: inDays(daysLeft),
  ...more,
});
const previous = (daysLeft: number, more = {}) => ({
  ...token(100),
  credentialId: 'aaaaaaaaaaaa',
  until: inDays(daysLeft),
  ...more,
});

describe('findTokenWarnings', () => {
  it.each([
    [31, []],
    [30, ['token-expires-within-30-days']],
    [7.1, ['token-expires-within-30-days']],
    [7, ['token-expires-within-7-days']],
    [0, ['token-expired']],
    [-100, ['token-expired']],
  ])('warns %d days before the expiry of %j', (days, reasons) => {
    expect([...findTokenWarnings({ token: token(days) }, {}, NOW).keys()]).toEqual(reasons);
  });

  it('says nothing of no token and of a revoked one', () => {
    expect(findTokenWarnings({}, {}, NOW).size).toBe(0);
    expect(findTokenWarnings({ token: token(1, { revokedAt: inDays(-1) }) }, {}, NOW).size).toBe(0);
  });

  it.each([
    { name: 'is used last, near its end', left: 7, uses: { aaaaaaaaaaaa: 2, bbbbbbbbbbbb: 1 }, warns: true },
    { name: 'is the only one used', left: 1, uses: { aaaaaaaaaaaa: 2 }, warns: true },
    { name: 'is used long before its end', left: 8, uses: { aaaaaaaaaaaa: 2 }, warns: false },
    { name: 'has ended', left: -1, uses: { aaaaaaaaaaaa: 2 }, warns: false },
    { name: 'was followed by the new one', left: 1, uses: { aaaaaaaaaaaa: 1, bbbbbbbbbbbb: 2 }, warns: false },
    { name: 'was never used', left: 1, uses: {}, warns: false },
  ])('warns of a previous token that $name: $warns', ({ left, uses, warns }) => {
    const tokens = { token: token(300), previousToken: previous(left) };
    expect(findTokenWarnings(tokens, uses, NOW).has('previous-token-in-use')).toBe(warns);
    const revoked = { token: token(300), previousToken: previous(left, { revokedAt: inDays(-1) }) };
    expect(findTokenWarnings(revoked, uses, NOW).size).toBe(0);
  });

  it('names no token, only its id', () => {
    expect(findTokenWarnings({ token: token(3) }, {}, NOW).get('token-expires-within-7-days')).toBe(
      `the secret token bbbbbbbbbbbb expires on ${inDays(3)}`,
    );
  });
});
