import { afterAll, beforeAll, expect, it } from 'vitest';
import { LocalCli } from '../../helpers/local-cli.ts';
import { patchOf } from '../../helpers/scim-server.ts';

let local: LocalCli;
const cli = (...argv: readonly string[]) => local.run(...argv);
const scim = (method: string, path: string, body: object) => local.scim(method, path, body);

beforeAll(async () => {
  local = await LocalCli.start();
  await local.createTenant();
});

afterAll(async () => {
  await local.stop();
});

it('shows, lists, releases and rejects what is held', { timeout: 60_000 }, async () => {
  expect((await cli('guard', 'set', 'acme', '--at-least', '1', '--percent', '0')).exitCode).toBe(0);
  const ids: string[] = [];
  for (const n of [0, 1, 2, 3]) {
    ids.push(String((await scim('POST', '/Users', { userName: `user-${n}@example.com`, active: true })).body.id));
  }
  const body = patchOf({ op: 'replace', path: 'active', value: false });
  const statuses: number[] = [];
  for (const id of ids) statuses.push((await scim('PATCH', `/Users/${id}`, body)).status);
  expect(statuses).toEqual([200, 503, 503, 503]);

  expect((await cli('guard', 'show', 'acme')).stdout).toMatch(/default +on +60 min +1 of 1 +0 of 1 +holds/);
  const listed = (await cli('guard', 'list', 'acme')).stdout;
  expect(listed).toContain('u…@e…');
  expect(listed).not.toContain('user-1@example.com');

  expect((await cli('guard', 'release', 'acme', '--user', 'user-1@example.com')).stdout).toContain('is released');
  expect((await cli('guard', 'reject', 'acme', '--user', 'user-2@example.com')).stdout).toContain('is rejected');
  expect((await scim('PATCH', `/Users/${ids[2]}`, body)).status).toBe(400);
  expect((await cli('guard', 'release', 'acme', '--all', '--yes')).stdout).toContain('1 request of default released');
  expect((await scim('PATCH', `/Users/${ids[3]}`, body)).status).toBe(200);
  expect((await cli('guard', 'clear', 'acme', '--all')).stdout).toContain('1 request of default cleared');
  expect((await cli('guard', 'release', 'acme')).exitCode).toBe(2);
  const actions = (await cli('audit', '--tenant', 'acme')).stdout;
  for (const action of ['policy.set', 'guard.release', 'guard.reject', 'guard.clear'])
    expect(actions).toContain(action);
});
