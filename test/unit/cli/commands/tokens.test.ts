import { describe, expect, it } from 'vitest';
import { application, issued, validToken } from '../../../helpers/admin-answers.ts';
import { ENDPOINT, runCli } from '../../../helpers/cli.ts';
import { type FakeAnswers, FakeRefusal } from '../../../helpers/fake-admin-api.ts';

const oneApplication: FakeAnswers = { listApplications: () => ({ applications: [application] }) };
const twoApplications: FakeAnswers = {
  listApplications: () => ({ applications: [application, { ...application, name: 'okta' }] }),
};

describe('scim-stack tokens issue', () => {
  it("issues a token of the tenant's only application, and shows it once", async () => {
    const { stdout, stderr, api } = await runCli(['tokens', 'issue', 'acme', ...ENDPOINT], {
      answers: { ...oneApplication, issueToken: () => issued },
    });
    expect(api.calls[1]?.path).toEqual({ tenant: 'acme', application: 'default' });
    expect(stdout).toContain(`Secret token  ${issued.token}\n`);
    expect(`${stdout}${stderr}`.split(issued.token)).toHaveLength(2);
    expect(stdout).toContain('in 365 days');
  });

  it('wants to know which of several applications', async () => {
    const { exitCode, stderr } = await runCli(['tokens', 'issue', 'acme', ...ENDPOINT], { answers: twoApplications });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('default, okta');
  });

  it('says how to make an application where there is none', async () => {
    const { exitCode, stderr } = await runCli(['tokens', 'issue', 'acme', ...ENDPOINT], {
      answers: { listApplications: () => ({ applications: [] }) },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('scim-stack applications create acme <name>');
  });

  it('tells what the server says of a token that is there', async () => {
    const issueToken = () => {
      throw new FakeRefusal(409, 'conflict', 'the application okta has a token in force: rotate it');
    };
    const { exitCode, stderr } = await runCli(['tokens', 'issue', 'acme', 'okta', ...ENDPOINT], {
      answers: { issueToken },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('rotate it');
  });
});

describe('scim-stack tokens rotate', () => {
  it('says until when the token before is accepted', async () => {
    const { stdout, api } = await runCli(['tokens', 'rotate', 'acme', 'okta', '--overlap-days', '7', ...ENDPOINT], {
      answers: { rotateToken: () => ({ ...issued, previousUntil: '2026-11-29T10:00:00Z' }) },
    });
    expect(api.calls[0]).toMatchObject({
      path: { tenant: 'acme', application: 'okta' },
      body: { overlapDays: 7, expiresInDays: 365 },
    });
    expect(stdout).toContain('accepted until 2026-11-29T10:00:00Z (in 7 days)');
  });

  it('leaves the overlap of 30 days to the contract', async () => {
    const { api } = await runCli(['tokens', 'rotate', 'acme', 'okta', ...ENDPOINT], {
      answers: { rotateToken: () => issued },
    });
    expect(api.calls[0]?.body).toEqual({ overlapDays: 30, expiresInDays: 365 });
  });

  it.each(['-1', '1.5', 'x', '3651'])('refuses an overlap of %j days', async (days) => {
    const { exitCode, api } = await runCli(['tokens', 'rotate', 'acme', 'okta', `--overlap-days=${days}`, ...ENDPOINT]);
    expect(exitCode).toBe(2);
    expect(api.calls).toEqual([]);
  });
});

describe('scim-stack tokens revoke', () => {
  const revoke = ['tokens', 'revoke', 'acme', 'okta', ...ENDPOINT];
  const answers: FakeAnswers = {
    revokeToken: () => ({
      ...validToken,
      state: 'revoked',
      current: { ...current, revokedAt: '2026-11-22T09:58:00Z' },
    }),
  };

  it('asks first, and tells how the tokens stand then', async () => {
    const { stdout, stderr, api } = await runCli([...revoke, '--which', 'all'], { answers, typed: ['acme'] });
    expect(stderr).toContain('every token of acme/okta will be refused with 401');
    expect(api.calls[0]?.body).toEqual({ which: 'all' });
    expect(stdout).toContain('revoked 2 minutes ago');
  });

  it('revokes nothing without the name', async () => {
    const { exitCode, api } = await runCli([...revoke, '--which', 'current'], { answers, typed: ['no'] });
    expect(exitCode).toBe(4);
    expect(api.calls).toEqual([]);
  });

  it.each([[[]], [['--which', 'both']]])('wants to be told which: %j', async (options) => {
    const { exitCode, stderr } = await runCli([...revoke, ...options, '--yes'], { answers });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--which');
  });
});

const current = { credentialId: '0123456789ab', issuedAt: '2026-11-01T00:00:00Z', expiresAt: '2027-11-01T00:00:00Z' };

describe('scim-stack tokens status', () => {
  it('tells of both tokens what may be known, and what wants attention', async () => {
    const previous = { ...current, credentialId: 'ba9876543210', expiresAt: '2026-11-20T00:00:00Z' };
    const status = { ...validToken, previous, warnings: ['The previous token is still in use.'] };
    const { stdout } = await runCli(['tokens', 'status', 'acme', 'default', ...ENDPOINT], {
      answers: { showToken: () => status },
    });
    expect(stdout).toMatch(/^current +0123456789ab .*2026-11-22T09:50:00Z +valid, ends in 344 days$/m);
    expect(stdout).toMatch(/^previous +ba9876543210 .*- +expired$/m);
    expect(stdout).toContain('! The previous token is still in use.');
  });

  it('says that there is none', async () => {
    const { stdout } = await runCli(['tokens', 'status', 'acme', 'default', ...ENDPOINT], {
      answers: { showToken: () => ({ state: 'none', warnings: [] }) },
    });
    expect(stdout).toContain('no token');
  });
});

describe('scim-stack applications', () => {
  it('lists them with their tokens', async () => {
    const { stdout } = await runCli(['applications', 'list', 'acme', ...ENDPOINT], { answers: twoApplications });
    expect(stdout).toMatch(/^NAME +CREATED +TOKEN +EXPIRES +LAST USED +WATCHED +SWITCHED OFF$/m);
    expect(stdout).toMatch(/^okta .* valid .* yes +-$/m);
  });

  it('makes one, and says how it gets a token', async () => {
    const { stdout, api } = await runCli(['applications', 'create', 'acme', 'okta', ...ENDPOINT], {
      answers: { createApplication: () => ({ ...application, name: 'okta' }) },
    });
    expect(api.calls[0]).toMatchObject({ path: { tenant: 'acme' }, body: { name: 'okta' } });
    expect(stdout).toContain('scim-stack tokens issue acme okta');
  });
});
