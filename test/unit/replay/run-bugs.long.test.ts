import { describe, expect, it } from 'vitest';
import type { Report } from '../../../replay/report/report.ts';
import { playSmall } from '../../helpers/small-replay.ts';
import { type Bug, TinyScimServer } from '../../helpers/tiny-scim-server.ts';

const TIMEOUT_MS = 60_000;
const unflagged = ['--dialect', 'unflagged'];

describe('runReplay against a directory with a bug', { timeout: TIMEOUT_MS }, () => {
  it.each([
    ['answers 404 to queries', 'unusable', 'status'],
    ['answers JSON as application/json', 'failed', 'content type'],
    ['bumps the version for nothing', 'failed', 'version'],
    ['gives status as a number', 'failed', 'error body'],
    ['ignores department', 'failed', 'echo'],
    ['lists a user twice', 'failed', 'list'],
    ['omits Location', 'failed', 'location'],
    ['returns excluded members', 'failed', 'excluded attribute'],
  ] satisfies [Bug, Report['outcome'], string][])('catches a directory that %s', async (bug, outcome, check) => {
    await using server = await TinyScimServer.start(bug);
    const report = await playSmall(server.url, unflagged);
    expect(report.outcome).toBe(outcome);
    expect(report.errors.map((error) => error.check)).toContain(check);
  });

  it.each(['loses a member', 'keeps members of deleted users'] satisfies Bug[])(
    'catches a directory that %s in its final state',
    async (bug) => {
      await using server = await TinyScimServer.start(bug);
      const { outcome, finalState } = await playSmall(server.url, unflagged);
      expect(outcome).toBe('failed');
      expect(finalState?.differences.join('\n')).toMatch(/members of group .*: \d+ (missing|too many)/);
    },
  );

  it('catches a directory that answers with the password', async () => {
    await using server = await TinyScimServer.start('answers with the password');
    const report = await playSmall(server.url, ['--client', 'okta', '--passwords']);
    expect(report.errors.map((error) => error.check)).toContain('password');
  });

  it.each(['refuses for a moment', 'loses the answer to a POST'] satisfies Bug[])(
    'gets over a directory that %s, and tells of it',
    async (bug) => {
      await using server = await TinyScimServer.start(bug);
      const report = await playSmall(server.url, unflagged);
      expect(report).toMatchObject({ outcome: 'passed', errors: [] });
      expect(report.retries).toHaveLength(1);
    },
  );
});
