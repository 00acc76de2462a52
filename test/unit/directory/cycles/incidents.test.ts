import { describe, expect, it } from 'vitest';
import type { UnhealthyReason } from '../../../../directory/cycles/health.ts';
import { incidentsAfter } from '../../../../directory/cycles/incidents.ts';

const then = '2026-11-01T00:00:00.000Z';
const now = new Date('2026-11-22T00:00:00.000Z');

/** What becomes of an incident that was found, and announced, with one cause and is found again with another. */
function foundAgain(reason: UnhealthyReason, before: string, after: string) {
  const known = { [reason]: { since: then, cause: before, announced: true } };
  return incidentsAfter(known, new Map([[reason, after]]), now)[reason];
}

describe('incidentsAfter', () => {
  it('keeps since when, whatever the figures are by now', () => {
    expect(foundAgain('failures', '12 %', '14 %')).toEqual({ since: then, cause: '14 %', announced: true });
  });

  it('tells again of held requests, whenever the days that are left change', () => {
    expect(foundAgain('guard-tripped', '27 days', '26 days')).toEqual({
      since: then,
      cause: '26 days',
      announced: false,
    });
  });

  it.each(['token-expires-within-30-days', 'token-expires-within-7-days', 'token-expired'] as const)(
    'takes %s of another token for another incident',
    (reason) => {
      const [one, other] = ['the secret token a expires on …', 'the secret token b expires on …'];
      expect(foundAgain(reason, one, one)).toEqual({ since: then, cause: one, announced: true });
      expect(foundAgain(reason, one, other)).toEqual({ since: now.toISOString(), cause: other, announced: false });
    },
  );

  it('goes on with the previous token that is still in use', () => {
    expect(foundAgain('previous-token-in-use', 'used at 1', 'used at 2')).toMatchObject({ since: then });
  });
});
