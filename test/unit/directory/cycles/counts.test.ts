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

describe('countsOf a bulk request', () => {
  it('is one request that did and failed what its operations did and failed', () => {
    const operation = { method: 'POST', status: 201, scimType: undefined };
    const created = { kind: 'created', membersAdded: 2, membersRemoved: 0 } as const;
    const operations = [
      { ...operation, done: created },
      { ...operation, done: created },
      { ...operation, status: 409, scimType: 'uniqueness', done: undefined },
      // Created, but not linked.
      { ...operation, status: 409, done: created },
      { ...operation, method: 'DELETE', status: 404, done: undefined },
    ];
    expect(countsOf(request({ operations })).added).toMatchObject({
      ...{ requests: 1, creates: 3, membersAdded: 6, failures: 2 },
      ...{ 'failed.409.uniqueness': 1, 'failed.409': 1 },
    });
    expect(countsOf(request({ operations })).added).not.toHaveProperty('membersRemoved');
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
