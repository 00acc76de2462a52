import { describe, expect, it } from 'vitest';
import type { Cycle } from '../../../../directory/cycles/cycle.ts';
import { findFailureShare } from '../../../../directory/cycles/failure-share.ts';
import { createCycle } from '../../../helpers/cycles.ts';

const NOW = Date.parse('2026-11-02T08:00:00.000Z');
const HOUR = 3_600_000;

const cycle = (more: Partial<Cycle>) => createCycle({ start: NOW - HOUR, last: NOW - HOUR, ...more });
const isFound = (cycles: readonly Cycle[], isOpen = false) => findFailureShare(cycles, NOW, isOpen) !== undefined;

describe('findFailureShare', () => {
  it.each([
    { name: 'every fifth object failed', cycles: [{ requests: 100, updates: 80, failed: 20 }], found: true },
    { name: 'fewer did', cycles: [{ requests: 100, updates: 81, failed: 19 }], found: false },
    { name: 'nearly all of a few did', cycles: [{ requests: 19, failed: 19 }], found: false },
    // Each object takes a query and a POST: half of the requests fail where all of the objects do.
    {
      name: 'every fifth object failed after its query',
      cycles: [{ requests: 200, creates: 80, failed: 20 }],
      found: true,
    },
    {
      name: 'a few of many objects that did not change failed',
      cycles: [{ requests: 5_000, failed: 25 }],
      found: false,
    },
    {
      name: 'a day of small cycles failed',
      cycles: Array.from({ length: 4 }, () => ({ requests: 10, failed: 5 })),
      found: true,
    },
    { name: 'ten thousand failed, whatever the share', cycles: [{ requests: 400_000, failed: 10_000 }], found: true },
    { name: 'nothing was sent', cycles: [], found: false },
  ])('finds where $name: $found', ({ cycles, found }) => {
    expect(isFound(cycles.map(cycle))).toBe(found);
  });

  it('forgets what is older than a day, unless it is the last that is known', () => {
    const old = cycle({ last: NOW - 25 * HOUR, requests: 100, failed: 100 });
    expect(isFound([cycle({ requests: 10 }), old])).toBe(false);
    expect(isFound([old])).toBe(true);
  });

  it('keeps an incident open until the share is well below where it was opened', () => {
    const [middling, low] = [
      cycle({ requests: 100, updates: 85, failed: 15 }),
      cycle({ requests: 200, updates: 181, failed: 19 }),
    ];
    expect(isFound([middling])).toBe(false);
    expect(isFound([middling], true)).toBe(true);
    expect(isFound([low], true)).toBe(false);
  });

  it('names figures and the most frequent kind', () => {
    const failures = { '400 invalidValue': 10, '409 uniqueness': 20 };
    expect(findFailureShare([cycle({ requests: 60, failed: 30, failures })], NOW, false)).toBe(
      '30 of about 30 objects (100 %) failed in the last cycle, 20 of them with 409 uniqueness',
    );
  });
});
