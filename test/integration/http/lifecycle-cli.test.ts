import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalCli } from '../../helpers/local-cli.ts';

let local: LocalCli;
const cli = (...argv: readonly string[]) => local.run(...argv);
const cliJson = (...argv: readonly string[]) => local.json(...argv);
const scim = (method: string, path: string, body?: object) => local.scim(method, path, body);

beforeAll(async () => {
  local = await LocalCli.start();
  await local.createTenant();
});

afterAll(async () => {
  await local.stop();
});

async function createUser(userName: string, more: object = {}): Promise<string> {
  const { status, body } = await scim('POST', '/Users', { userName, ...more });
  expect(status).toBe(201);
  return body.id;
}

describe('scim-stack and the lives of users', () => {
  it('lists who is deactivated as such', async () => {
    await createUser('left@example.com', { active: false });
    const { stdout } = await cli('users', 'list', 'acme');
    expect(stdout).toMatch(/left@example\.com .*deactivated$/m);
  });

  it('deletes after a confirmation, lists the deleted, and brings back with groups', async () => {
    const id = await createUser('ada@example.com', { displayName: 'Ada' });
    const group = (await scim('POST', '/Groups', { displayName: 'Sales', members: [{ value: id }] })).body.id;
    expect((await cli('users', 'delete', 'acme', 'ada@example.com')).exitCode).toBe(4);
    await cliJson('users', 'delete', 'acme', 'ada@example.com', '--yes');
    expect((await scim('GET', `/Users/${id}`)).status).toBe(404);
    expect((await cliJson('users', 'deleted', 'acme')).users).toMatchObject([{ id, deletedBy: '@operator' }]);
    expect(await cliJson('users', 'restore', 'acme', 'ada@example.com')).toMatchObject({ id, groups: [group] });
    expect((await scim('GET', `/Users/${id}`)).body).toMatchObject({ displayName: 'Ada', groups: [{ value: group }] });
  });

  it('says why it cannot bring back whose userName is taken', async () => {
    const id = await createUser('eve@example.com');
    await cliJson('users', 'delete', 'acme', id, '--yes');
    await createUser('eve@example.com');
    const { exitCode, stderr } = await cli('users', 'restore', 'acme', id);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('userName is already in use');
  });

  it('purges for good', async () => {
    const id = await createUser('gone@example.com');
    await cliJson('users', 'delete', 'acme', id, '--yes');
    expect((await cli('users', 'purge', 'acme', id)).exitCode).toBe(4);
    expect(await cliJson('users', 'purge', 'acme', id, '--yes')).toEqual({ id, done: true });
    expect((await cli('users', 'restore', 'acme', id)).stderr).toContain('purged');
  });

  it('tells beforehand whom a setting would delete', async () => {
    const id = await createUser('former@example.com', { active: false });
    expect((await cliJson('lifecycle', 'due', 'acme')).due).toEqual([]);
    const setting = ['--delete-after-deactivated-days', '30'];
    const { due: before } = await cliJson('lifecycle', 'due', 'acme', '--within', '31', ...setting);
    expect(before).toContainEqual(expect.objectContaining({ action: 'delete', id, userName: 'former@example.com' }));
    expect((await cliJson('lifecycle', 'due', 'acme', ...setting)).due).toEqual([]);
    const unconfirmed = await cli('tenants', 'configure', 'acme', ...setting);
    expect([unconfirmed.exitCode, unconfirmed.stderr]).toEqual([4, expect.stringContaining('lifecycle due acme')]);
    await cliJson('tenants', 'configure', 'acme', ...setting, '--yes');
    const { due } = await cliJson('lifecycle', 'due', 'acme', '--within', '31');
    expect(due).toContainEqual(expect.objectContaining({ action: 'delete', id, userName: 'former@example.com' }));
  });

  it('configures what new users must have, and what an application may do', async () => {
    await cliJson('tenants', 'configure', 'acme', '--required-attributes', 'standard', '--locally-owned', 'title');
    await cliJson('applications', 'features', 'acme', 'default', '--no-groups');
    local.passCaches();
    const { status, body } = await scim('POST', '/Users', { userName: 'new@example.com', active: true });
    expect([status, body.detail]).toEqual([400, expect.stringContaining('name.givenName, name.familyName')]);
    expect((await scim('GET', '/ResourceTypes')).body.totalResults).toBe(1);
    const refused = await cli('tenants', 'configure', 'acme', '--locally-owned', 'displayName');
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('one of the two')]);
    const { stdout } = await cli('tenants', 'show', 'acme');
    expect(stdout).toMatch(/^Locally owned attributes +title$/m);
    expect(stdout).toMatch(/^Required attributes +userName, name\.givenName/m);
  });
});
