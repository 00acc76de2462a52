import { expect } from 'vitest';
import type { ReplayResult, ReplaySize } from './replays.ts';

/** Expects a replay of that size to have met no error, and to have left the state that it sent. */
export function expectPassed({ status, report, stderr }: ReplayResult, size: ReplaySize, hasGroups = true): void {
  expect(report.errors, stderr).toEqual([]);
  expect(report.finalState.differences).toEqual([]);
  expect({ status, outcome: report.outcome, errors: report.errorCount }).toEqual({
    status: 0,
    outcome: 'passed',
    errors: 0,
  });
  expect(report.finalState.differenceCount).toBe(0);
  // A replay that played nothing would pass all of the above.
  expect(report.requests).toBeGreaterThan(size.users * 2);
  expect(report.finalState.users).toBeGreaterThan(size.users * 0.9);
  expect(report.finalState.groups).toBeGreaterThanOrEqual(hasGroups ? size.groups / 2 : 0);
}
