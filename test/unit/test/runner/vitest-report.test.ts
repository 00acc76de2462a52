import { describe, expect, it } from 'vitest';
import { tallyVitest } from '../../../runner/vitest-report.ts';

/** A JSON report with one file for each list of test statuses. */
function report(...files: readonly (readonly [status: 'passed' | 'failed', ...tests: readonly string[]])[]): string {
  return JSON.stringify({
    testResults: files.map(([status, ...tests], file) => ({
      name: `file-${file}`,
      status,
      assertionResults: tests.map((test, index) => ({ status: test, fullName: `test ${index}` })),
    })),
  });
}

describe('tallyVitest', () => {
  it('counts tests over all files', () => {
    const text = report(['passed', 'passed', 'passed'], ['failed', 'passed', 'failed']);
    expect(tallyVitest(text, 1)).toEqual({ passed: 3, failed: 1, remarks: [] });
  });

  it('counts a file that could not be loaded as a failure', () => {
    const text = report(['passed', 'passed'], ['failed']);
    expect(tallyVitest(text, 1)).toEqual({ passed: 1, failed: 1, remarks: ['failed outside of its tests: file-1'] });
  });

  it.each(['skipped', 'pending', 'todo', 'disabled'])('counts a test that is %s as a failure', (status) => {
    expect(tallyVitest(report(['passed', 'passed', status]), 0)).toEqual({
      passed: 1,
      failed: 1,
      remarks: ['did not run, which counts as failed: test 1'],
    });
  });

  it('counts a run that found no test as a failure', () => {
    expect(tallyVitest(report(), 1)).toEqual({ passed: 0, failed: 1, remarks: ['found no test'] });
  });

  it('counts an error outside of every test as a failure', () => {
    expect(tallyVitest(report(['passed', 'passed']), 1)).toEqual({
      passed: 1,
      failed: 1,
      remarks: ['vitest ended with 1, though no test failed'],
    });
    expect(tallyVitest(report(['passed', 'passed']), undefined).failed).toBe(1);
  });

  it.each([undefined, '{}', '', '{"testRes'])('counts a missing or broken report as a failure: %s', (text) => {
    expect(tallyVitest(text, 0)).toEqual({ passed: 0, failed: 1, remarks: ['vitest wrote no report'] });
  });
});
