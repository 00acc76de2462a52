import { describe, expect, it } from 'vitest';
import type { AuditRecord, Cycle } from '../../../../lambda/contract/admin-messages.ts';
import { acme, application } from '../../../helpers/admin-answers.ts';
import { ENDPOINT, runCli } from '../../../helpers/cli.ts';
import type { FakeAnswers } from '../../../helpers/fake-admin-api.ts';

const cycle: Cycle = {
  tenant: 'acme',
  application: 'default',
  start: '2026-11-22T09:00:00Z',
  last: '2026-11-22T09:04:00Z',
  open: true,
  requests: 240,
  creates: 10,
  updates: 20,
  deactivations: 1,
  reactivations: 0,
  unchanged: 200,
  failed: 4,
  deletes: 0,
  membersAdded: 5,
  membersRemoved: 2,
  failures: { '409 uniqueness': 3, '400 invalidValue': 1, '500': 0 },
  latencyMs: { average: 41.6, p50: 38.4, p95: 120, p99: 240, max: 300 },
};

describe('scim-stack cycles', () => {
  it("lists a tenant's cycles", async () => {
    const { stdout, api } = await runCli(['cycles', 'acme', '--from', '24h', ...ENDPOINT], {
      answers: { listCycles: () => ({ cycles: [cycle] }) },
    });
    expect(api.calls[0]?.query).toEqual({ from: '2026-11-21T10:00:00.000Z' });
    expect(stdout).toMatch(
      /09:04:00Z \(open\) +240 +10 +20 +1 +0 +0 +\+5 -2 +38 +120 +4 \(409 uniqueness: 3, 400 invalidValue: 1\)$/m,
    );
  });

  it('names tenant, application, cause and article of what is not well', async () => {
    const unhealthy = {
      tenant: 'acme',
      application: 'default',
      reason: 'silent',
      cause: 'no cycle for 3 h; one came every 40 min',
      since: '2026-11-22T07:00:00Z',
      article: 'docs/runbook.md#silent',
    };
    const { stdout } = await runCli(['cycles', '--unhealthy', ...ENDPOINT], {
      answers: { listUnhealthy: () => ({ unhealthy: [unhealthy] }) },
    });
    for (const text of ['acme', 'default', unhealthy.cause, unhealthy.article]) expect(stdout).toContain(text);
  });

  it('says that all is well', async () => {
    const { stdout } = await runCli(['cycles', '--unhealthy', ...ENDPOINT], {
      answers: { listUnhealthy: () => ({ unhealthy: [] }) },
    });
    expect(stdout).toBe('Every sync is healthy.\n');
  });

  it.each([[['cycles']], [['cycles', 'acme', '--unhealthy']], [['cycles', 'acme', '--from', 'yesterday']]])(
    'refuses %j',
    async (argv) => {
      expect((await runCli([...argv, ...ENDPOINT])).exitCode).toBe(2);
    },
  );

  it.each([
    ['mute', true, 'muted'],
    ['unmute', false, 'watched'],
  ])('%ss an application', async (name, muted, state) => {
    const answers: FakeAnswers = {
      listApplications: () => ({ applications: [application] }),
      muteApplication: ({ body }) => ({ ...application, muted: body['muted'] === true }),
    };
    const { stdout, api } = await runCli(['cycles', name, 'acme', ...ENDPOINT], { answers });
    expect(api.calls[1]?.body).toEqual({ muted });
    expect(stdout).toBe(`acme/default is ${state}.\n`);
  });
});

describe('scim-stack check', () => {
  const finding = (repaired: boolean) => ({
    key: { pk: 'T#acme#INDEX#User.externalId', sk: 'x' },
    problem: 'points to a user that is not there',
    repaired,
  });

  it('checks every tenant but those that are being deleted, page by page', async () => {
    const answers: FakeAnswers = {
      listTenants: () => ({ tenants: [acme, { ...acme, name: 'gone', state: 'deleting' }] }),
      checkTenant: ({ body }) =>
        body['after'] === undefined ? { checked: 100, findings: [], next: 'x' } : { checked: 23, findings: [] },
    };
    const { exitCode, stdout, api } = await runCli(['check', ...ENDPOINT], { answers });
    expect(exitCode).toBe(0);
    expect(stdout).toBe('1 tenant, 123 items checked, no findings\n');
    expect(api.calls.slice(1).map(({ path, body }) => [path['tenant'], body])).toEqual([
      ['acme', { repair: false }],
      ['acme', { repair: false, after: 'x' }],
    ]);
  });

  it('fails where something is not right, and says how to mend it', async () => {
    const { exitCode, stdout, stderr } = await runCli(['check', 'acme', ...ENDPOINT], {
      answers: { checkTenant: () => ({ checked: 1, findings: [finding(false)] }) },
    });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('points to a user that is not there');
    expect(stderr).toContain('--repair');
  });

  it('succeeds where all was mended', async () => {
    const { exitCode, stdout, api } = await runCli(['check', 'acme', '--repair', ...ENDPOINT], {
      answers: { checkTenant: () => ({ checked: 1, findings: [finding(true)] }) },
    });
    expect(exitCode).toBe(0);
    expect(api.calls[0]?.body).toEqual({ repair: true });
    expect(stdout).toContain('1 finding, 1 repaired');
  });
});

describe('scim-stack audit', () => {
  const record = (n: number): AuditRecord => ({
    time: `2026-11-22T09:00:0${n}Z`,
    id: String(n),
    principal: 'arn:aws:iam::123456789012:user/jo',
    action: 'tenants.pause',
    tenant: 'acme',
    requestId: `r${n}`,
    before: { state: 'active', same: 1 },
    after: { state: 'paused', same: 1 },
  });

  it('tells who changed what, before and after', async () => {
    const { stdout, api } = await runCli(
      ['audit', '--from', '2026-11-01', '--actor', 'jo', '--tenant', 'acme', ...ENDPOINT],
      { answers: { listAudit: () => ({ records: [record(1)] }) } },
    );
    expect(api.calls[0]?.query).toEqual({ from: '2026-11-01T00:00:00.000Z', actor: 'jo', tenant: 'acme' });
    expect(stdout).toMatch(/user\/jo +tenants\.pause +acme +- +state: active -> paused$/m);
  });

  it('reads pages until it has as many as were asked for, and says that there are more', async () => {
    const answers: FakeAnswers = { listAudit: () => ({ records: [record(3), record(2)], next: 'x' }) };
    const { stdout, api } = await runCli(['audit', '--limit', '3', '--json', ...ENDPOINT], { answers });
    expect(api.calls).toHaveLength(2);
    expect(JSON.parse(stdout)).toMatchObject({ records: [{}, {}, {}], isMore: true });
  });
});
