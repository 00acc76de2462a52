import { describe, expect, it } from 'vitest';
import { isTransient, toWaitMs } from '../../../../replay/http/retry.ts';

const now = new Date('2026-11-22T12:00:00Z');

describe('isTransient', () => {
  it('holds for 429 and 5xx, but not for 501', () => {
    expect([200, 400, 404, 409, 429, 500, 501, 503].filter(isTransient)).toEqual([429, 500, 503]);
  });
});

describe('toWaitMs', () => {
  it('honours seconds and HTTP dates, up to a minute', () => {
    expect(toWaitMs('7', 1, now)).toBe(7000);
    expect(toWaitMs('Sun, 22 Nov 2026 12:00:03 GMT', 1, now)).toBe(3000);
    expect(toWaitMs('Sun, 22 Nov 2026 11:00:00 GMT', 1, now)).toBe(0);
    expect(toWaitMs('3600', 1, now)).toBe(60_000);
  });

  it('doubles where nothing is asked for, up to five seconds', () => {
    expect([1, 2, 3, 9].map((attempt) => toWaitMs(null, attempt, now))).toEqual([250, 500, 1000, 5000]);
    expect(toWaitMs('soon', 1, now)).toBe(250);
  });
});
