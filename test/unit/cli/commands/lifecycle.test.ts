import { describe, expect, it } from 'vitest';
import { acme, application } from '../../../helpers/admin-answers.ts';
import { ENDPOINT, runCli } from '../../../helpers/cli.ts';

const ID = '2819c223-7f76-453a-919d-413861904646';
const OTHER = '2819c223-7f76-453a-919d-413861904647';
const deleted = {
  id: ID,
  userName: 'Ada@example.com',
  deletedAt: '2026-11-20T10:00:00Z',
  deletedBy: 'default',
  restorableUntil: '2026-12-20T10:00:00Z',
};

describe('scim-stack users delete', () => {
  it('finds the user by userName, and asks before it deletes', async () => {
    const answers = { listUsers: () => ({ totalResults: 1, Resources: [{ id: ID }] }), deleteUser: () => ({ id: ID }) };
    const argv = ['users', 'delete', 'acme', 'ada@example.com', ...ENDPOINT];
    const unconfirmed = await runCli(argv, { answers });
    expect(unconfirmed.exitCode).toBe(4);
    expect(unconfirmed.api.calls.map(({ operation }) => operation)).toEqual(['listUsers']);
    const { exitCode, api, stdout } = await runCli(argv, { answers, typed: ['acme'] });
    expect(exitCode).toBe(0);
    expect(api.calls.at(-1)).toMatchObject({ operation: 'deleteUser', path: { tenant: 'acme', id: ID } });
    expect(stdout).toContain(`scim-stack users restore acme ${ID}`);
  });

  it('says that there is nobody of that name', async () => {
    const answers = { listUsers: () => ({ totalResults: 0 }) };
    const { exitCode, stderr } = await runCli(['users', 'delete', 'acme', 'eve', '--yes', ...ENDPOINT], { answers });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('acme has no user whose userName is "eve"');
  });
});

describe('scim-stack users deleted', () => {
  it('lists every page of them', async () => {
    const { stdout } = await runCli(['users', 'deleted', 'acme', ...ENDPOINT], {
      answers: {
        listDeletedUsers: ({ query }) =>
          query['after'] === undefined ? { users: [deleted], next: ID } : { users: [{ ...deleted, id: OTHER }] },
      },
    });
    expect(stdout).toMatch(/^ID +USERNAME +EXTERNALID +DELETED +BY +RESTORABLE UNTIL$/m);
    expect(stdout).toMatch(new RegExp(`^${ID} +Ada@example.com +- +2026-11-20T10:00:00Z +default +2026-12-20`, 'm'));
    expect(stdout).toContain(OTHER);
  });
});

describe('scim-stack users restore', () => {
  it('finds the deleted user by the former userName, and names the groups that are gone', async () => {
    const { stdout, api } = await runCli(['users', 'restore', 'acme', 'ADA@example.com', ...ENDPOINT], {
      answers: {
        listDeletedUsers: () => ({ users: [deleted] }),
        restoreUser: () => ({ id: ID, done: false, groups: ['1', '2'], skipped: ['3'] }),
      },
    });
    expect(api.calls.at(-1)?.path).toEqual({ tenant: 'acme', id: ID });
    expect(stdout).toContain('in 2 groups as before');
    expect(stdout).toContain('skipped: 3');
    expect(stdout).toContain('follow within minutes');
  });

  it('asks for the id where several were called so', async () => {
    const { exitCode, stderr } = await runCli(['users', 'restore', 'acme', 'ada@example.com', ...ENDPOINT], {
      answers: { listDeletedUsers: () => ({ users: [deleted, { ...deleted, id: OTHER }] }) },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(ID);
    expect(stderr).toContain(OTHER);
  });
});

describe('scim-stack users purge', () => {
  it('asks for the id, and calls until all is done', async () => {
    let calls = 0;
    const purgeUser = () => {
      calls += 1;
      return { id: ID, done: calls === 3 };
    };
    const argv = ['users', 'purge', 'acme', ID, ...ENDPOINT];
    expect((await runCli(argv, { answers: { purgeUser }, typed: ['acme'] })).exitCode).toBe(4);
    const { stdout, api } = await runCli(argv, { answers: { purgeUser }, typed: [ID] });
    expect(api.calls.map(({ body }) => body)).toEqual([{ confirm: ID }, { confirm: ID }, { confirm: ID }]);
    expect(stdout).toMatch(new RegExp(`^${ID} is purged\\. For a day `));
  });
});

describe('scim-stack lifecycle due', () => {
  it('lists what comes due in the time asked for', async () => {
    const due = { action: 'delete', id: ID, since: '2026-08-01T00:00:00Z', from: '2026-11-29T00:00:00Z' } as const;
    const { stdout, api } = await runCli(['lifecycle', 'due', 'acme', '--within', '7', ...ENDPOINT], {
      answers: {
        listDue: ({ query }) =>
          query['after'] === undefined ? { due: [], unreadable: 0, next: 'x' } : { due: [due], unreadable: 0 },
      },
    });
    expect(api.calls.map(({ query }) => query)).toEqual([{ days: 7 }, { days: 7, after: 'x' }]);
    expect(stdout).toMatch(new RegExp(`^delete +${ID} +- +2026-08-01T00:00:00Z +2026-11-29T00:00:00Z$`, 'm'));
  });

  it('asks as if a setting were switched on', async () => {
    const argv = ['lifecycle', 'due', 'acme', '--delete-after-deactivated-days', '90', ...ENDPOINT];
    const { api } = await runCli(argv, { answers: { listDue: () => ({ due: [], unreadable: 0 }) } });
    expect(api.calls[0]?.query).toEqual({ days: 0, deleteAfterDeactivatedDays: 90 });
  });

  it('says how many could not be read, and how they are found', async () => {
    const answers = {
      listDue: ({ query }: { query: Readonly<Record<string, unknown>> }) =>
        query['after'] === undefined ? { due: [], unreadable: 1, next: 'x' } : { due: [], unreadable: 2 },
    };
    const { stdout } = await runCli(['lifecycle', 'due', 'acme', ...ENDPOINT], { answers });
    expect(stdout).toBe('Nobody is due.\nLeft out, for they could not be read: 3 users. See: scim-stack check acme\n');
    const { stdout: json } = await runCli(['lifecycle', 'due', 'acme', '--json', ...ENDPOINT], { answers });
    expect(JSON.parse(json)).toEqual({ due: [], unreadable: 3 });
  });

  it('says that nobody is due', async () => {
    const { stdout } = await runCli(['lifecycle', 'due', 'acme', ...ENDPOINT], {
      answers: { listDue: () => ({ due: [], unreadable: 0 }) },
    });
    expect(stdout).toBe('Nobody is due.\n');
  });
});

describe('scim-stack applications features', () => {
  it('sends what is switched and nothing else, and shows all', async () => {
    const features = { ...application.features, delete: false };
    const { stdout, api } = await runCli(
      [
        'applications',
        'features',
        'acme',
        'default',
        '--no-delete',
        '--groups',
        '--immutable-external-id',
        ...ENDPOINT,
      ],
      { answers: { configureApplication: () => ({ ...application, features, immutableExternalId: true }) } },
    );
    expect(api.calls[0]).toMatchObject({
      path: { tenant: 'acme', application: 'default' },
      body: { features: { delete: false, groups: true }, immutableExternalId: true },
    });
    expect(stdout).toMatch(/^delete +off$/m);
    expect(stdout).toMatch(/^create +on$/m);
    expect(stdout).toMatch(/^externalId +immutable$/m);
  });

  it('changes nothing where nothing is switched', async () => {
    const { api } = await runCli(['applications', 'features', 'acme', 'default', ...ENDPOINT], {
      answers: { configureApplication: () => application },
    });
    expect(api.calls[0]?.body).toEqual({ features: {} });
  });
});

describe('scim-stack tenants configure', () => {
  const answers = { changeTenant: () => acme };

  it('passes on the settings about users', async () => {
    const options = [
      ...['--required-attributes', 'standard', '--locally-owned', 'title, emails[type eq "a,b"].value'],
      ...['--create-defaults', '{"locale":"en-GB"}', '--delete-after-deactivated-days', '90', '--retention-days', '7'],
      ...['--returning-users', 'relink', '--inactive-on-create', 'refuse', '--event-attributes', 'none'],
    ];
    const { api } = await runCli(['tenants', 'configure', 'acme', ...options, '--yes', ...ENDPOINT], { answers });
    expect(api.calls[0]?.body).toEqual({
      settings: {
        requiredAttributes: [
          'userName',
          'name.givenName',
          'name.familyName',
          'emails[type eq "work"].value',
          'displayName',
          'active',
        ],
        locallyOwned: ['title', 'emails[type eq "a,b"].value'],
        createDefaults: { locale: 'en-GB' },
        deleteAfterDeactivatedDays: 90,
        retentionDays: 7,
        returningUsers: 'relink',
        inactiveOnCreate: 'refuse',
        eventAttributes: [],
      },
    });
  });

  it('switches the deletion of deactivated users off again', async () => {
    const { api } = await runCli(
      ['tenants', 'configure', 'acme', '--delete-after-deactivated-days', 'never', ...ENDPOINT],
      { answers },
    );
    expect(api.calls[0]?.body).toEqual({ settings: { deleteAfterDeactivatedDays: null } });
  });

  it.each([
    ['--delete-after-deactivated-days', '0', 'Expected a whole number'],
    ['--returning-users', 'perhaps', 'Expected create or relink'],
    ['--create-defaults', '[]', 'Expected an object of attributes'],
    ['--create-defaults', '{', 'Expected an object of attributes'],
  ])('refuses %s %s before anything is asked', async (option, value, message) => {
    const { exitCode, stderr, api } = await runCli(['tenants', 'configure', 'acme', option, value, ...ENDPOINT], {
      answers,
    });
    expect([exitCode, api.calls]).toEqual([2, []]);
    expect(stderr).toContain(message);
  });
});
