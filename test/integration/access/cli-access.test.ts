import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policy } from '../../helpers/access.ts';
import { LocalCli } from '../../helpers/local-cli.ts';

let local: LocalCli;
let file: string;
let ada: string;
let admins: string;
const cli = (...argv: readonly string[]) => local.run(...argv);
const cliJson = (...argv: readonly string[]) => local.json(...argv);

beforeAll(async () => {
  local = await LocalCli.start();
  await local.createTenant();
  file = join(local.folder, 'policy.json');
  ada = (await create('/Users', { userName: 'ada@example.com', externalId: 'ada', active: true })).id;
  await create('/Users', { userName: 'bob@example.com', externalId: 'bob', active: false });
  admins = (await create('/Groups', { displayName: 'Admins', members: [{ value: ada }] })).id;
});

afterAll(async () => {
  await local.stop();
});

async function create(path: string, body: object) {
  return (await local.scim('POST', path, body)).body;
}

describe('access roles by the command line', () => {
  it('begin with a policy that names none', async () => {
    expect((await cli('roles', 'list', 'acme')).stdout).toContain('names no access role yet');
    expect((await cli('roles', 'show', 'acme', 'ada@example.com')).stdout).toMatch(/access role +\(none\)/);
    const { stdout } = await cli('policy', 'show', 'acme');
    expect(JSON.parse(stdout)).toMatchObject({ roles: [], signIn: { matchBy: 'externalId' } });
  });

  it('are told what a policy would change, before it is applied', async () => {
    await writeFile(file, JSON.stringify(policy));
    const { exitCode, stdout } = await cli('policy', 'apply', 'acme', file, '--dry-run');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('+ role admin\n');
    expect(stdout).toContain('+ mapping of the group with displayName "Admins": admin\n');
    expect(stdout).toContain('~ defaultRole: null → viewer\n');
    expect(stdout).toContain('! no group has the displayName "Editors" yet\n');
    expect(stdout).not.toContain('"Admins" yet');
    expect(stdout).toMatch(/\(none\) +admin +1\n/);
    // Bob is deactivated, and has none either way.
    expect(stdout).not.toMatch(/\(none\) +viewer/);
    expect(stdout).toContain('1 of 2 users of acme would have another access role. Nothing was changed.');
    expect(await cliJson('policy', 'apply', 'acme', file, '--dry-run')).toMatchObject({ version: 0, users: 2 });
    expect(await cliJson('policy', 'show', 'acme')).toMatchObject({ version: 0 });
  });

  it('hold from the moment that it is applied', async () => {
    const { stdout } = await cli('policy', 'apply', 'acme', file);
    expect(stdout).toContain('The policy of acme is at version 1');
    expect((await cli('roles', 'show', 'acme', 'ada@example.com')).stdout).toContain(`by a group: ${admins}`);
    expect(await cliJson('roles', 'show', 'acme', ada)).toMatchObject({ accessRole: { role: 'admin' } });
    expect((await cli('policy', 'apply', 'acme', file)).stdout).toContain('says so already (version 1)');
  });

  it('are listed by rank, with groups and, if asked, users', async () => {
    const { stdout } = await cli('roles', 'list', 'acme');
    expect(stdout).toMatch(/1 +admin +- +displayName "Admins"\n/);
    expect(stdout).toMatch(/3 +viewer +yes +-\n/);
    const counted = await cliJson('roles', 'list', 'acme', '--count');
    expect(counted).toMatchObject({ roles: [{ users: 1 }, { users: 0 }, { users: 0 }], usersWithoutRole: 1 });
    expect((await cli('roles', 'list', 'acme', '--count')).stdout).toContain('1 of 2 users have none.');
  });

  it('are exported, edited and applied again, and single values are set', async () => {
    await writeFile(file, (await cli('policy', 'show', 'acme')).stdout);
    expect(await cliJson('policy', 'apply', 'acme', file)).toMatchObject({ version: 1, differences: [] });
    const set = await cli('policy', 'set', 'acme', '--default-role', 'editor', '--match-by', 'userName');
    expect(set.stdout).toContain('~ defaultRole: viewer → editor\n~ signIn.matchBy: externalId → userName\n');
    expect(await cliJson('policy', 'set', 'acme', '--no-default-role')).toMatchObject({
      version: 3,
      policy: { defaultRole: null, signIn: { matchBy: 'userName' } },
    });
    await cliJson('policy', 'set', 'acme', '--default-role', 'viewer', '--match-by', 'externalId');
    expect((await cli('policy', 'set', 'acme')).exitCode).toBe(2);
    const refused = await cli('policy', 'set', 'acme', '--default-role', 'owner');
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('"owner" is none of the roles')]);
  });

  it('are refused with every fault of the file', async () => {
    await writeFile(file, JSON.stringify({ roles: ['a', 'A'], defaultRole: 'b', more: 1 }));
    const { exitCode, stderr } = await cli('policy', 'apply', 'acme', file);
    expect(exitCode).toBe(1);
    for (const fault of ['Unrecognized key: "more"', 'roles.1: the same name', '"b" is none of the roles']) {
      expect(stderr).toContain(fault);
    }
    const missing = await cli('policy', 'apply', 'acme', join(local.folder, 'nothing.json'));
    expect([missing.exitCode, missing.stderr]).toEqual([1, expect.stringContaining('cannot read')]);
  });

  it('are locked and unlocked', async () => {
    expect((await cli('roles', 'lock', 'acme', 'ada@example.com')).stdout).toMatch(
      /access role +admin\n.*it is locked/,
    );
    expect(await cliJson('roles', 'lock', 'acme', ada, '--role', 'editor')).toMatchObject({ lock: { role: 'editor' } });
    const refused = await cli('roles', 'lock', 'acme', ada, '--role', 'owner');
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('it names admin, editor, viewer')]);
    const unlocked = await cliJson('roles', 'unlock', 'acme', 'ada@example.com');
    expect(unlocked).toEqual({ userId: ada, accessRole: { role: 'admin', source: 'mapping', groupId: admins } });
    const nobody = await cli('roles', 'show', 'acme', 'nobody@example.com');
    expect([nobody.exitCode, nobody.stderr]).toEqual([1, expect.stringContaining('has no user')]);
  });
});

describe('scim-stack sign-in check', () => {
  it('tells what the application would be told', async () => {
    const { exitCode, stdout } = await cli('sign-in', 'check', 'acme', '--subject', 'ada');
    expect(exitCode).toBe(0);
    for (const line of [
      /decision +allow/,
      /userName +ada@example.com/,
      /access role +admin/,
      /groups +Admins \(direct\)/,
    ]) {
      expect(stdout).toMatch(line);
    }
    const by = ['--subject', 'ADA@example.com', '--by', 'userName'];
    expect(await cliJson('sign-in', 'check', 'acme', ...by)).toMatchObject({ decision: 'allow', user: { id: ada } });
  });

  it('ends with 1 where the answer is deny, and says why and what to do', async () => {
    const bob = await cli('sign-in', 'check', 'acme', '--subject', 'bob');
    expect([bob.exitCode, bob.stdout]).toEqual([1, expect.stringMatching(/reason +deactivated/)]);
    expect(bob.stderr).toContain('denied: the user is deactivated');
    const nobody = await cli('sign-in', 'check', 'acme', '--subject', 'nobody', '--json');
    expect([nobody.exitCode, JSON.parse(nobody.stdout)]).toEqual([1, { decision: 'deny', reason: 'unknown' }]);
    expect(nobody.stderr).toContain('Is the user assigned');
    expect((await cli('sign-in', 'check', 'nowhere', '--subject', 'x')).exitCode).toBe(1);
    expect((await cli('sign-in', 'check', 'acme', '--subject', 'x', '--by', 'phone')).exitCode).toBe(2);
  });
});
