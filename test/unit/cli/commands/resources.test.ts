import { describe, expect, it } from 'vitest';
import { ENDPOINT, runCli } from '../../../helpers/cli.ts';

const ID = '2819c223-7f76-453a-919d-413861904646';
const ada = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  id: ID,
  userName: 'ada@example.com',
  active: true,
  emails: [{ type: 'work', value: 'ada@example.com' }],
};

function listOf(...Resources: readonly Record<string, unknown>[]) {
  return { totalResults: Resources.length, startIndex: 1, itemsPerPage: Resources.length, Resources };
}

describe('scim-stack users list', () => {
  it('shows a page as a table, and how to go on', async () => {
    const { stdout, api } = await runCli(
      ['users', 'list', 'acme', '--count', '1', '--filter', 'active eq true', ...ENDPOINT],
      { answers: { listUsers: () => ({ ...listOf(ada), totalResults: 12 }) } },
    );
    expect(api.calls[0]?.query).toEqual({ filter: 'active eq true', count: '1' });
    expect(stdout).toMatch(/^ID +USERNAME +DISPLAYNAME +EXTERNALID +STATE$/m);
    expect(stdout).toMatch(new RegExp(`^${ID} +ada@example.com +- +- +active$`, 'm'));
    expect(stdout).toContain('1-1 of 12 users: go on with --start-index 2');
  });

  it('shows who is deactivated as such', async () => {
    const { stdout } = await runCli(['users', 'list', 'acme', ...ENDPOINT], {
      answers: { listUsers: () => listOf({ ...ada, active: false }) },
    });
    expect(stdout).toMatch(new RegExp(`^${ID} +ada@example.com +- +- +deactivated$`, 'm'));
  });

  it('says that there is none', async () => {
    const { stdout } = await runCli(['users', 'list', 'acme', ...ENDPOINT], { answers: { listUsers: () => listOf() } });
    expect(stdout).toBe('no users\n');
  });

  it('lets no value of an identity provider steer the terminal', async () => {
    const evil = { ...ada, displayName: '\u001b[2Jgone\r\nfake' };
    const { stdout } = await runCli(['users', 'list', 'acme', ...ENDPOINT], {
      answers: { listUsers: () => listOf(evil) },
    });
    expect(stdout).toContain('�[2Jgone��fake');
    expect(stdout).not.toContain('\u001b');
  });

  it('prints with --json what the API answered', async () => {
    const { stdout } = await runCli(['users', 'list', 'acme', '--json', ...ENDPOINT], {
      answers: { listUsers: () => listOf(ada) },
    });
    expect(JSON.parse(stdout)).toEqual(listOf(ada));
  });
});

describe('scim-stack users show', () => {
  it('finds a user by id', async () => {
    const { stdout, api } = await runCli(['users', 'show', 'acme', ID, ...ENDPOINT], {
      answers: { showUser: () => ada },
    });
    expect(api.calls[0]?.path).toEqual({ tenant: 'acme', id: ID });
    expect(stdout).toMatch(/^emails\[0\]\.value +ada@example\.com$/m);
  });

  it('finds a user by userName, whatever characters it has', async () => {
    const userName = 'o"neil\\ x@example.com';
    const { exitCode, api } = await runCli(['users', 'show', 'acme', userName, ...ENDPOINT], {
      answers: { listUsers: () => listOf(ada), showUser: () => ada },
    });
    expect(exitCode).toBe(0);
    expect(api.calls[0]?.query).toEqual({ filter: 'userName eq "o\\"neil\\\\ x@example.com"' });
    expect(api.calls[1]?.path).toEqual({ tenant: 'acme', id: ID });
  });

  it('says that there is no such user', async () => {
    const { exitCode, stderr } = await runCli(['users', 'show', 'acme', 'bob', ...ENDPOINT], {
      answers: { listUsers: () => listOf() },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('acme has no user whose userName is "bob"');
  });
});

describe('scim-stack groups', () => {
  it('lists them', async () => {
    const { stdout } = await runCli(['groups', 'list', 'acme', ...ENDPOINT], {
      answers: { listGroups: () => listOf({ id: ID, displayName: 'Sales' }) },
    });
    expect(stdout).toMatch(new RegExp(`^${ID} +Sales +-$`, 'm'));
  });

  it('names the ids where a displayName is that of several', async () => {
    const { exitCode, stderr } = await runCli(['groups', 'show', 'acme', 'Sales', ...ENDPOINT], {
      answers: { listGroups: () => listOf({ id: ID }, { id: 'other' }) },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${ID}, other`);
  });
});
