import { describe, expect, it } from 'vitest';
import { acme, application, issued } from '../../../helpers/admin-answers.ts';
import { ENDPOINT, runCli } from '../../../helpers/cli.ts';
import { type FakeAnswers, FakeRefusal } from '../../../helpers/fake-admin-api.ts';

const creating: FakeAnswers = {
  createTenant: () => ({ ...acme, applications: [] }),
  createApplication: () => application,
  issueToken: () => issued,
};

describe('scim-stack tenants create', () => {
  it('makes the tenant, its application and a token, and prints the two strings to paste', async () => {
    const { exitCode, stdout, api } = await runCli(['tenants', 'create', 'acme', ...ENDPOINT], { answers: creating });
    expect(exitCode).toBe(0);
    expect(api.calls.map(({ operation }) => operation)).toEqual(['createTenant', 'createApplication', 'issueToken']);
    expect(stdout).toContain(`Tenant URL    ${issued.tenantUrl}\n`);
    expect(stdout).toContain(`Secret token  ${issued.token}\n`);
    expect(stdout).toContain('Microsoft Entra ID');
    expect(stdout).toContain('objectId');
  });

  it('shows the token once', async () => {
    const { stdout, stderr } = await runCli(['tenants', 'create', 'acme', ...ENDPOINT], { answers: creating });
    expect(`${stdout}${stderr}`.split(issued.token)).toHaveLength(2);
  });

  it('prints one line of JSON for programs', async () => {
    const { stdout } = await runCli(['tenants', 'create', 'acme', '--json', ...ENDPOINT], { answers: creating });
    const { tenantUrl, token } = issued;
    expect(stdout.trimEnd()).not.toContain('\n');
    expect(JSON.parse(stdout)).toMatchObject({ tenant: 'acme', application: 'default', tenantUrl, token });
  });

  it('passes on what it is told of settings, application and expiry', async () => {
    const options = [
      '--application',
      'okta',
      '--expires-in-days',
      '90',
      '--no-unique-group-names',
      '--max-page-size',
      '50',
    ];
    const { api } = await runCli(['tenants', 'create', 'acme', ...options, ...ENDPOINT], { answers: creating });
    const settings = { uniqueGroupNames: false, maxPageSize: 50 };
    expect(api.calls.map(({ body }) => body)).toEqual([
      { name: 'acme', settings },
      { name: 'okta' },
      { expiresInDays: 90 },
    ]);
  });

  it('says how to go on where the tenant was made and its token was not', async () => {
    const issueToken = () => {
      throw new FakeRefusal(503, 'busy', 'the directory is busy');
    };
    const { exitCode, stderr } = await runCli(['tenants', 'create', 'acme', ...ENDPOINT], {
      answers: { ...creating, issueToken },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the tenant acme was made, but has no token yet: the directory is busy');
    expect(stderr).toContain('scim-stack tokens issue acme default');
  });

  it('tells what the server says of a tenant that is there already', async () => {
    const createTenant = () => {
      throw new FakeRefusal(409, 'conflict', 'the tenant acme is there already');
    };
    const { exitCode, stderr } = await runCli(['tenants', 'create', 'acme', ...ENDPOINT], {
      answers: { createTenant },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toBe('error: the tenant acme is there already');
  });

  it.each(['Acme', 'a_b', '', 'a'.repeat(41)])('refuses the name %j before anything is asked', async (name) => {
    const { exitCode, stderr, api } = await runCli(['tenants', 'create', name, ...ENDPOINT], { answers: creating });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Expected a name of 1-40 lower-case letters, digits and hyphens');
    expect(api.calls).toEqual([]);
  });
});

describe('scim-stack tenants list', () => {
  it('lists every page, aligned', async () => {
    const listTenants: FakeAnswers['listTenants'] = ({ query }) =>
      query['after'] === undefined
        ? { tenants: [acme], next: 'acme' }
        : { tenants: [{ ...acme, name: 'globex', state: 'paused', pausedUntil: '2026-11-22T11:00:00Z' }] };
    const { stdout } = await runCli(['tenants', 'list', ...ENDPOINT], { answers: { listTenants } });
    expect(stdout).toBe(
      'NAME    STATE                              CREATED\n' +
        'acme    active                             2026-11-01T00:00:00Z\n' +
        'globex  paused until 2026-11-22T11:00:00Z  2026-11-01T00:00:00Z\n',
    );
  });

  it('says what to do where there is none', async () => {
    const { stdout } = await runCli(['tenants', 'list', ...ENDPOINT], {
      answers: { listTenants: () => ({ tenants: [] }) },
    });
    expect(stdout).toContain('scim-stack tenants create <name>');
  });
});

describe('scim-stack tenants show', () => {
  it('shows state, counts, settings and applications', async () => {
    const { stdout } = await runCli(['tenants', 'show', 'acme', ...ENDPOINT], { answers: { showTenant: () => acme } });
    for (const text of [acme.tenantUrl, '1000', 'active', '5000', 'default', 'valid']) expect(stdout).toContain(text);
  });

  it('prints with --json what the API answered', async () => {
    const { stdout } = await runCli(['tenants', 'show', 'acme', '--json', ...ENDPOINT], {
      answers: { showTenant: () => acme },
    });
    expect(JSON.parse(stdout)).toEqual(acme);
  });
});

describe('scim-stack tenants configure', () => {
  it('changes what is named and nothing else', async () => {
    const { api } = await runCli(['tenants', 'configure', 'acme', '--max-member-changes', '10000', ...ENDPOINT], {
      answers: { changeTenant: () => acme },
    });
    expect(api.calls[0]?.body).toEqual({ settings: { maxMemberChanges: 10_000 } });
  });

  it('sets the limits of a bulk request', async () => {
    const limits = ['--max-bulk-operations', '200', '--max-bulk-bytes', '65536'];
    const { api } = await runCli(['tenants', 'configure', 'acme', ...limits, ...ENDPOINT], {
      answers: { changeTenant: () => acme },
    });
    expect(api.calls[0]?.body).toEqual({ settings: { maxBulkOperations: 200, maxBulkBytes: 65_536 } });
  });
});

describe('scim-stack tenants pause', () => {
  it('says until when, and how long an identity provider bears it', async () => {
    const paused = { ...acme, state: 'paused' as const, pausedUntil: '2026-11-22T11:30:00Z', advice: ['Entra waits.'] };
    const { stdout, api } = await runCli(['tenants', 'pause', 'acme', '--minutes', '90', ...ENDPOINT], {
      answers: { pauseTenant: () => paused },
    });
    expect(api.calls[0]?.body).toEqual({ minutes: 90 });
    expect(stdout).toContain('acme is paused until 2026-11-22T11:30:00Z (in 90 minutes)');
    expect(stdout).toContain('- Entra waits.');
  });
});

describe('scim-stack tenants resume', () => {
  it('says how the tenant stands', async () => {
    const { stdout } = await runCli(['tenants', 'resume', 'acme', ...ENDPOINT], {
      answers: { resumeTenant: () => acme },
    });
    expect(stdout).toBe('acme is active.\n');
  });
});

describe('scim-stack tenants suspend', () => {
  const suspend = ['tenants', 'suspend', 'acme', ...ENDPOINT];
  const answers: FakeAnswers = { suspendTenant: () => ({ ...acme, state: 'suspended' }) };

  it('wants the name typed', async () => {
    const { exitCode, stdout, stderr, api } = await runCli(suspend, { answers, typed: ['acme'] });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('403');
    expect(stdout).toContain('acme is suspended');
    expect(api.calls[0]?.body).toEqual({ confirm: 'acme' });
  });

  it('does nothing where another name is typed', async () => {
    const { exitCode, stderr, api } = await runCli(suspend, { answers, typed: ['amce'] });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('nothing was done');
    expect(api.calls).toEqual([]);
  });

  it('does nothing where nobody is at the terminal', async () => {
    const { exitCode, stderr, api } = await runCli(suspend, { answers });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('--yes');
    expect(api.calls).toEqual([]);
  });

  it('asks nobody with --yes', async () => {
    const { exitCode, api } = await runCli([...suspend, '--yes'], { answers });
    expect(exitCode).toBe(0);
    expect(api.calls[0]?.body).toEqual({ confirm: 'acme' });
  });
});
