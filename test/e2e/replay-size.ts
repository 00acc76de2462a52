import { expect } from 'vitest';
import type { ReplayResult, ReplaySize } from '../helpers/replays.ts';

/** What is synced into the deployed API. */
export const REPLAY: ReplaySize = { users: 200, groups: 5, cycles: 1 };

/** Expects a replay to have met no error, and to have left the state that it sent. */
export function expectPassed({ status, report, stderr }: ReplayResult): void {
  expect(report.errors, stderr).toEqual([]);
  expect(report.finalState.differences).toEqual([]);
  expect({ status, outcome: report.outcome, errors: report.errorCount }).toEqual({
    status: 0,
    outcome: 'passed',
    errors: 0,
  });
  expect(report.finalState.differenceCount).toBe(0);
  // A replay that played nothing would pass all of the above.
  expect(report.finalState.users).toBeGreaterThan(REPLAY.users * 0.9);
  expect(report.finalState.groups).toBeGreaterThan(REPLAY.groups * 0.5);
}
