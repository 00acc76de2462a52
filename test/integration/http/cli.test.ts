import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getOrCreateAdminKey } from '../../../local/admin-key.ts';
import { runCli } from '../../helpers/cli.ts';
import { ACME_USER, readDocumentedSchema } from '../../helpers/custom-schema.ts';
import { LocalCli } from '../../helpers/local-cli.ts';
import { projectRoot, runProcess } from '../../helpers/processes.ts';

let local: LocalCli;
const cli = (...argv: readonly string[]) => local.run(...argv);
const cliJson = (...argv: readonly string[]) => local.json(...argv);

beforeAll(async () => {
  local = await LocalCli.start();
});

afterAll(async () => {
  await local.stop();
});

async function scim(token: string, path: string, body?: object) {
  return await local.scim(body === undefined ? 'GET' : 'POST', path, body, token);
}

describe('scim-stack against the local run', () => {
  let token: string;

  it('makes a tenant whose token works', async () => {
    const created = await cliJson('tenants', 'create', 'acme');
    token = created.token;
    expect(created.tenantUrl).toBe(local.tenantUrl('acme'));
    const ada = { userName: 'ada@example.com', externalId: 'ada', active: true };
    expect((await scim(token, '/Users', ada)).status).toBe(201);
    expect((await scim(token, '/Groups', { displayName: 'Sales' })).status).toBe(201);
    expect((await cliJson('tenants', 'list')).tenants).toMatchObject([{ name: 'acme', state: 'active' }]);
    expect(await cliJson('tenants', 'show', 'acme')).toMatchObject({ counts: { users: 1, groups: 1 } });
  });

  it('refuses a second tenant of the name', async () => {
    const { exitCode, stderr } = await cli('tenants', 'create', 'acme');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('is there already');
  });

  it('tests the connection, and warns of an externalId that is no GUID', async () => {
    const { exitCode, stdout } = await cli('test-connection', 'acme', '--token', token);
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('✗');
    expect(stdout).toContain('! 1 of 1 user');
  });

  it('lists and shows users and groups', async () => {
    expect((await cliJson('users', 'list', 'acme', '--filter', 'active eq true')).totalResults).toBe(1);
    expect(await cliJson('users', 'show', 'acme', 'ADA@example.com')).toMatchObject({ userName: 'ada@example.com' });
    expect(await cliJson('groups', 'show', 'acme', 'Sales')).toMatchObject({ displayName: 'Sales' });
    const { exitCode, stderr } = await cli('users', 'list', 'acme', '--filter', 'userName eq');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('filter');
  });

  it('shows its sync cycles, and mutes the watcher', async () => {
    expect((await cliJson('cycles', 'acme')).cycles).toMatchObject([{ application: 'default', creates: 2 }]);
    expect(await cliJson('cycles', 'mute', 'acme')).toMatchObject({ muted: true });
    expect(await cliJson('cycles', 'unmute', 'acme')).toMatchObject({ muted: false });
    expect((await cliJson('cycles', '--unhealthy')).unhealthy).toEqual([]);
  });

  it('pauses and resumes', async () => {
    const { stdout } = await cli('tenants', 'pause', 'acme', '--minutes', '10');
    expect(stdout).toContain('Entra');
    local.passCaches();
    const refused = await scim(token, '/Users');
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([503, expect.any(Number)]);
    await cli('tenants', 'resume', 'acme');
    local.passCaches();
    expect((await scim(token, '/Users')).status).toBe(200);
  });

  it('suspends after a confirmation only', async () => {
    expect((await cli('tenants', 'suspend', 'acme')).exitCode).toBe(4);
    expect(await cliJson('tenants', 'suspend', 'acme', '--yes')).toMatchObject({ state: 'suspended' });
    local.passCaches();
    expect((await scim(token, '/Users')).status).toBe(403);
    await cli('tenants', 'resume', 'acme');
    local.passCaches();
  });

  it('rotates a token with an overlap, and revokes the one before', async () => {
    const rotated = await cliJson('tokens', 'rotate', 'acme', '--overlap-days', '7');
    local.passCaches();
    expect((await scim(token, '/Users')).status).toBe(200);
    expect((await scim(rotated.token, '/Users')).status).toBe(200);
    const again = await cli('tokens', 'rotate', 'acme');
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toContain('revoke the previous token first');
    await cliJson('tokens', 'revoke', 'acme', '--which', 'previous', '--yes');
    local.passCaches();
    expect((await scim(token, '/Users')).status).toBe(401);
    expect((await scim(rotated.token, '/Users')).status).toBe(200);
    expect((await cli('tokens', 'status', 'acme')).stdout).toMatch(/^previous .*revoked/m);
    token = rotated.token;
  });

  it('makes another application, with a token of its own', async () => {
    await cliJson('applications', 'create', 'acme', 'okta');
    const issued = await cliJson('tokens', 'issue', 'acme', 'okta', '--expires-in-days', '90');
    expect((await scim(issued.token, '/Users')).status).toBe(200);
    expect((await cliJson('applications', 'list', 'acme')).applications).toHaveLength(2);
    expect((await cli('tokens', 'status', 'acme')).exitCode).toBe(2);
  });

  it('registers a schema with an index, shows it, and takes it out of use again', async () => {
    const file = join(local.folder, 'badge.json');
    await writeFile(file, JSON.stringify(readDocumentedSchema()));
    const added = await cliJson('schemas', 'add', '--tenant', 'acme', file, '--index', 'costCode');
    const attribute = `${ACME_USER}:costCode`;
    expect(added).toMatchObject({ id: ACME_USER, attributes: 4, indexes: [{ attribute, phase: 'read' }] });
    local.passCaches();
    const user = { userName: 'bob@example.com', [ACME_USER]: { costCode: 'K-1' } };
    expect((await scim(token, '/Users', user)).body).toMatchObject(user);
    const filter = encodeURIComponent(`${attribute} eq "k-1"`);
    expect((await scim(token, `/Users?filter=${filter}`)).body).toMatchObject({ totalResults: 1 });
    expect((await cli('schemas', 'list', '--tenant', 'acme')).stdout).toMatch(/costCode +User +read/);

    const shown = join(local.folder, 'shown.json');
    await writeFile(shown, (await cli('schemas', 'show', ACME_USER, '--tenant', 'acme')).stdout);
    expect(await cliJson('schemas', 'add', '--tenant', 'acme', shown)).toMatchObject({ attributes: 4, indexes: [] });

    const refused = await cli('schemas', 'remove', ACME_USER, '--tenant', 'acme', '--yes');
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining(attribute)]);
    expect((await cli('schemas', 'unindex', '--tenant', 'acme', '--attribute', attribute)).exitCode).toBe(4);
    await cliJson('schemas', 'unindex', '--tenant', 'acme', '--attribute', attribute, '--yes');
    await cliJson('schemas', 'remove', ACME_USER, '--tenant', 'acme', '--yes');
    local.passCaches();
    expect(JSON.stringify((await scim(token, '/Schemas')).body)).not.toContain(ACME_USER);
    expect((await scim(token, `/Users?filter=${filter}`)).status).toBe(400);
  });

  it('tells every fault of a schema', async () => {
    const file = join(local.folder, 'wrong.json');
    await writeFile(file, JSON.stringify({ id: 'wrong', name: 'x', attributes: [{ name: 'a', required: true }] }));
    const { exitCode, stderr } = await cli('schemas', 'add', '--tenant', 'acme', file);
    expect(exitCode).toBe(1);
    for (const place of ['id:', 'description:', 'attributes.a.required:', 'attributes.a.description:']) {
      expect(stderr).toContain(`- ${place}`);
    }
  });

  it('finds nothing wrong with the table', async () => {
    expect(await cliJson('check', '--repair')).toMatchObject({ tenants: ['acme'], left: 0 });
  });

  it('exports', async () => {
    const path = join(local.folder, 'acme.jsonl');
    await cliJson('tenants', 'export', 'acme', '-o', path);
    const lines = (await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(lines.map(({ kind }) => kind))).toEqual(
      new Set(['tenant', 'application', 'schema', 'user', 'group']),
    );
    expect(JSON.stringify(lines)).not.toContain('scim_acme');
  });

  it('deletes, and leaves the record of it', async () => {
    await cliJson('tenants', 'delete', 'acme', '--yes');
    expect((await cliJson('tenants', 'list')).tenants).toEqual([]);
    expect((await cli('tenants', 'show', 'acme')).exitCode).toBe(1);
    const { records } = await cliJson('audit', '--tenant', 'acme');
    expect(records).toMatchObject([{ action: 'tenants.delete', principal: expect.stringContaining('local') }]);
  });

  it('is refused with another key', async () => {
    const other = await mkdtemp(join(tmpdir(), 'scim-stack-other-'));
    await getOrCreateAdminKey(join(other, 'admin.key'), randomBytes);
    const [, , ...endpoint] = local.options;
    const { exitCode } = await runCli(['tenants', 'list', '--local', other, ...endpoint], { fetch });
    expect(exitCode).toBe(3);
    await rm(other, { recursive: true });
  });

  it('runs as a program, from any folder', async () => {
    const program = join(projectRoot, 'cli', 'launcher.mjs');
    const run = (...args: readonly string[]) =>
      runProcess(process.execPath, [program, ...args, ...local.options], { cwd: tmpdir() });
    expect(await run('tenants', 'list', '--json')).toEqual({ status: 0, stdout: '{"tenants":[]}\n', stderr: '' });
    expect(await run('tenants', 'show', 'nobody')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('nobody'),
    });
  });
});
