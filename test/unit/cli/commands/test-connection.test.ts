import { describe, expect, it } from 'vitest';
import { acme } from '../../../helpers/admin-answers.ts';
import { type CliRunOptions, ENDPOINT, runCli } from '../../../helpers/cli.ts';
import { createFakeAdminApi } from '../../../helpers/fake-admin-api.ts';

const TENANT_URL = 'https://scim.example.com/acme/scim/v2';
const TOKEN = 'scim_acme_default_secret';

type ScimAnswer = readonly [status: number, body: unknown, contentType?: string];

const found: Readonly<Record<string, ScimAnswer>> = {
  Users: [200, { totalResults: 0 }],
  Groups: [200, { totalResults: 0 }],
  ServiceProviderConfig: [200, { patch: { supported: true } }],
  ResourceTypes: [200, { Resources: [{ name: 'User' }] }],
  Schemas: [200, { Resources: [{}] }],
};

/** A directory that answers as told, behind the same `fetch` as the admin API. */
function directory(
  answers: Partial<typeof found> = {},
  externalIds = { users: 0, suspect: 0, examples: [] as string[] },
) {
  const api = createFakeAdminApi({
    showTenant: () => ({ ...acme, tenantUrl: TENANT_URL }),
    checkExternalIds: () => externalIds,
  });
  const requests: Request[] = [];
  const fetch = async (url: URL, init: RequestInit): Promise<Response> => {
    if (!url.href.startsWith(TENANT_URL)) return await api.fetch(url, init);
    const request = new Request(url, init);
    requests.push(request);
    if (request.headers.get('authorization') !== `Bearer ${TOKEN}`) return scim(401, { detail: 'not the token' });
    const [status, body, contentType] = { ...found, ...answers }[url.pathname.split('/').at(-1) ?? ''] ?? [404, {}];
    return scim(status, body, contentType);
  };
  return { fetch, requests };
}

function scim(status: number, body: unknown, contentType = 'application/scim+json'): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': contentType } });
}

const byUrl = ['test-connection', '--tenant-url', TENANT_URL];

async function test(options: CliRunOptions, ...argv: readonly string[]) {
  return await runCli([...byUrl, '--token', TOKEN, ...argv], options);
}

describe('scim-stack test-connection', () => {
  it('asks what identity providers ask, and finds nothing wrong', async () => {
    const { fetch, requests } = directory();
    const { exitCode, stdout } = await test({ fetch });
    expect(exitCode).toBe(0);
    expect(stdout.match(/^✓/gm)).toHaveLength(6);
    const [users, groups] = requests.map(({ url }) => new URL(url).searchParams.get('filter'));
    expect(users).toMatch(/^userName eq "[0-9a-f-]{36}"$/);
    expect(groups).toMatch(/^displayName eq "[0-9a-f-]{36}"$/);
  });

  it('shows the token nowhere', async () => {
    const { fetch } = directory({ Groups: [500, { detail: 'oops' }] });
    const { stdout, stderr } = await test({ fetch });
    expect(`${stdout}${stderr}`).not.toContain(TOKEN);
  });

  it('finds the Tenant URL by the name, and warns of externalIds that are no GUIDs', async () => {
    const { fetch } = directory({}, { users: 10, suspect: 4, examples: ['2819c223'] });
    const argv = ['test-connection', 'acme', '--token', TOKEN, ...ENDPOINT];
    const { exitCode, stdout } = await runCli(argv, { fetch });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('! 4 of 10 users have an externalId that is no GUID (one is the user 2819c223).');
    expect(stdout).toContain('objectId');
  });

  it('reads the token from standard input, or asks for it', async () => {
    const { fetch } = directory();
    const piped = await runCli([...byUrl, '--token-file', '-'], { fetch, input: `${TOKEN}\n` });
    const asked = await runCli(byUrl, { fetch, typed: [TOKEN] });
    expect([piped.exitCode, asked.exitCode]).toEqual([0, 0]);
  });

  it.each([
    [['test-connection', '--token', TOKEN]],
    [byUrl],
    [[...byUrl, '--token', TOKEN, '--token-file', 'x']],
    [[...byUrl, '--token-file', 'nowhere']],
    [[...byUrl, '--token', 'two words']],
  ])('refuses %j', async (argv) => {
    expect((await runCli(argv)).exitCode).toBe(2);
  });

  it('ends at a token that is refused', async () => {
    const { fetch, requests } = directory();
    const { exitCode, stdout } = await runCli([...byUrl, '--token', 'wrong'], { fetch });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗ Match query for users: 401: not the token');
    expect(requests).toHaveLength(1);
  });

  it('finds a 404 for what is not there, which puts a job into quarantine', async () => {
    const { fetch } = directory({ Groups: [404, { detail: 'no such group' }] });
    const { exitCode, stdout } = await test({ fetch });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗ Match query for groups: 404: no such group');
  });

  it('finds answers of another media type, as of a proxy', async () => {
    const { fetch } = directory({ Schemas: [200, { Resources: [{}] }, 'text/html'] });
    expect((await test({ fetch })).stdout).toContain('✗ Discovery: Schemas: 200, but as text/html');
  });

  it('says that nobody answers', async () => {
    const cause = Object.assign(new Error('x'), { code: 'ENOTFOUND' });
    const fetch = async (): Promise<Response> => {
      throw new TypeError('fetch failed', { cause });
    };
    const { exitCode, stdout } = await test({ fetch });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('no answer (ENOTFOUND)');
  });

  it('says that it is no Tenant URL', async () => {
    const { exitCode, stdout } = await runCli(['test-connection', '--tenant-url', 'acme', '--token', TOKEN]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗ Tenant URL: "acme" is no URL');
  });
});
