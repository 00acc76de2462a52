import { describe, expect, it } from 'vitest';
import { Recorder } from '../../../../replay/report/recorder.ts';
import { createReport, type RunEnd, toExitStatus } from '../../../../replay/report/report.ts';
import { toText } from '../../../../replay/report/report-text.ts';

const end: RunEnd = {
  tenantUrl: 'https://x.example/scim/v2',
  client: 'entra',
  variant: 'mapping default, dialect both',
  seed: 'a',
  stopped: undefined,
  stoppedBecause: undefined,
  finalState: { users: 2, groups: 1, memberships: 2, differenceCount: 0, differences: [] },
  left: { users: 0, groups: 0 },
  milliseconds: 2000,
};

describe('Recorder', () => {
  it('gives percentiles by nearest rank', () => {
    const recorder = new Recorder();
    for (let ms = 100; ms >= 1; ms -= 1) recorder.answered('GET /Users', ms);
    expect(recorder.latencies()).toEqual([{ request: 'GET /Users', count: 100, p50: 50, p95: 95, p99: 99, max: 100 }]);
  });

  it('counts all faults and keeps the first few messages of a kind', () => {
    const recorder = new Recorder();
    for (let i = 0; i < 10; i += 1) recorder.fault({ check: 'status', request: 'POST /Users', message: `no. ${i}` });
    recorder.fault({ check: 'echo', request: 'POST /Users', message: 'x'.repeat(10_000) });
    const [most, least] = recorder.faults();
    expect(most).toMatchObject({ count: 10, samples: ['no. 0', 'no. 1', 'no. 2'] });
    expect(least?.samples[0]?.length).toBeLessThan(1000);
    expect(recorder.faultCount).toBe(11);
  });
});

describe('createReport', () => {
  it('passes only where both the answers and the final state were right', () => {
    const wrong = new Recorder();
    wrong.fault({ check: 'status', request: 'POST /Users', message: 'expected 201, got 400' });
    const different = { users: 2, groups: 1, memberships: 2, differenceCount: 1, differences: ['user 1 is missing'] };
    const reports = [
      createReport(new Recorder(), end),
      createReport(wrong, end),
      createReport(new Recorder(), { ...end, finalState: different }),
      createReport(new Recorder(), { ...end, stopped: 'interrupted' }),
      createReport(new Recorder(), { ...end, stopped: 'unreachable' }),
    ];
    expect(reports.map(({ outcome }) => outcome)).toEqual(['passed', 'failed', 'failed', 'interrupted', 'unreachable']);
    expect(reports.map(toExitStatus)).toEqual([0, 1, 1, 130, 1]);
  });
});

describe('toText', () => {
  it('tells errors, differences, retries and what was left', () => {
    const recorder = new Recorder();
    recorder.answered('POST /Users', 12);
    recorder.retried('503', 'POST /Users');
    recorder.fault({ check: 'status', request: 'POST /Users', message: 'expected 201, got 400' });
    const finalState = { users: 2, groups: 1, memberships: 2, differenceCount: 30, differences: ['user 1 is missing'] };
    const text = toText(createReport(recorder, { ...end, finalState, left: { users: 2, groups: 1 } }));
    for (const part of ['POST /Users: status', 'expected 201', 'user 1 is missing', 'and 29 more', '503', '--clean']) {
      expect(text).toContain(part);
    }
  });
});
