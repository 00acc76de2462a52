import { describe, expect, it } from 'vitest';
import type { Cycle } from '../../../../directory/cycles/cycle.ts';
import { findSilence, learnRhythm } from '../../../../directory/cycles/rhythm.ts';
import { createCycle } from '../../../helpers/cycles.ts';

const START = Date.parse('2026-11-02T08:00:00.000Z');
const MINUTE = 60_000;

/** Cycles of five minutes with these pauses between them, newest first as they are read. */
function cyclesWith(pauses: readonly number[], requests = 30): readonly Cycle[] {
  let at = START;
  const cycles = [0, ...pauses].map((pause) => {
    const start = at + pause * MINUTE;
    at = start + 5 * MINUTE;
    return createCycle({ start, last: at, requests });
  });
  return cycles.toReversed();
}

/** After how many silent minutes the silence is found. */
function foundAfter(cycles: readonly Cycle[]): number {
  const last = cycles[0]?.last ?? START;
  for (let minutes = 0; minutes < 10_000; minutes += 5) {
    if (findSilence(cycles, last + minutes * MINUTE) !== undefined) return minutes;
  }
  return Number.POSITIVE_INFINITY;
}

const six = (pause: number) => Array.from({ length: 6 }, () => pause);

describe('learnRhythm', () => {
  it('is the median of the last pauses, which one outage does not move', () => {
    expect(learnRhythm(cyclesWith([40, 40, 41, 600, 39, 40]))?.medianMillis).toBe(40 * MINUTE);
  });

  it('goes by the last twenty', () => {
    const cycles = cyclesWith([...Array.from({ length: 30 }, () => 300), ...Array.from({ length: 20 }, () => 40)]);
    expect(learnRhythm(cycles)).toMatchObject({ medianMillis: 40 * MINUTE, usualMillis: 40 * MINUTE });
  });

  it('has none where cycles are few, or too small to be cycles', () => {
    expect(learnRhythm([])).toBeUndefined();
    expect(learnRhythm(cyclesWith([40, 40, 40, 40]))).toBeUndefined();
    expect(learnRhythm(cyclesWith(six(40), 2))).toBeUndefined();
  });
});

describe('findSilence', () => {
  it.each([
    { name: 'three times the median', pauses: six(40), minutes: 125 },
    { name: 'ninety minutes at least', pauses: six(20), minutes: 95 },
    { name: 'longer than nights usually are', pauses: [40, 40, 40, 600, 40, 40, 40, 610, 40, 40], minutes: 605 },
  ])('waits for $name', ({ pauses, minutes }) => {
    expect(foundAfter(cyclesWith(pauses))).toBe(minutes);
  });

  it('is not ended by a single request', () => {
    const cycles = cyclesWith(six(40));
    const last = cycles[0]?.last ?? 0;
    const now = last + 130 * MINUTE;
    const onDemand = createCycle({ start: now - MINUTE, last: now - MINUTE, requests: 1, open: true });
    expect(findSilence([onDemand, ...cycles], now)).toBe(
      `no sync cycle since ${new Date(last).toISOString()}, though they were about 40 minutes apart`,
    );
    const cycle = createCycle({ start: now - MINUTE, last: now, requests: 30, open: true });
    expect(findSilence([cycle, ...cycles], now)).toBeUndefined();
  });
});
