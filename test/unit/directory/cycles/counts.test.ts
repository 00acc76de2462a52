import { describe, expect, it } from 'vitest';
import { type CountedRequest, countsOf, mergeCounts } from '../../../../directory/cycles/counts.ts';

const request = (more: Partial<CountedRequest> = {}): CountedRequest => ({
  ...{ at: 1_000, method: 'GET', status: 200, scimType: undefined, durationMs: 12.4, done: undefined },
  credentialId: undefined,
  ...more,
});

describe('countsOf', () => {
  it('counts a request, its time and the bucket of its time', () => {
    expect(countsOf(request())).toEqual({
      at: 1_000,
      added: { requests: 1, latencyMs: 12, 'latency.25': 1 },
      uses: {},
    });
    expect(countsOf(request({ durationMs: 25.6 })).added).toMatchObject({ 'latency.50': 1 });
    expect(countsOf(request({ durationMs: 90_000 })).added).toMatchObject({ 'latency.30000': 1 });
    // A clock that was set back.
    expect(countsOf(request({ durationMs: -5 })).added).toEqual({ requests: 1, 'latency.25': 1 });
  });

  it.each([
    { method: 'POST', status: 409, scimType: 'uniqueness', kind: 'failed.409.uniqueness' },
    { method: 'PATCH', status: 404, scimType: undefined, kind: 'failed.404' },
    { method: 'GET', status: 503, scimType: undefined, kind: 'failed.503' },
    { method: 'GET', status: 404, scimType: undefined, kind: undefined },
    { method: 'DELETE', status: 404, scimType: undefined, kind: undefined },
    { method: 'GET', status: 304, scimType: undefined, kind: undefined },
  ])('takes $status on $method for the failure $kind', ({ kind, ...answer }) => {
    const { added } = countsOf(request(answer));
    expect(added['failures']).toBe(kind === undefined ? undefined : 1);
    expect(Object.keys(added).filter((name) => name.startsWith('failed.'))).toEqual(kind === undefined ? [] : [kind]);
  });

  it('adds integers only, and never 0', () => {
    const { added } = countsOf(request({ done: { kind: 'updated', membersAdded: 0, membersRemoved: 2 } }));
    expect(added).toMatchObject({ updates: 1, membersRemoved: 2 });
    expect(Object.values(added).every((count) => Number.isSafeInteger(count) && count > 0)).toBe(true);
  });
});

describe('mergeCounts', () => {
  it('adds up what was counted and keeps the latest use', () => {
    const early = countsOf(request({ at: 1, credentialId: 'a' }));
    const late = countsOf(request({ at: 2, credentialId: 'a', status: 500 }));
    for (const merged of [mergeCounts(early, late), mergeCounts(late, early)]) {
      expect(merged).toMatchObject({ at: 2, added: { requests: 2, failures: 1, latencyMs: 24 }, uses: { a: 2 } });
    }
  });
});
