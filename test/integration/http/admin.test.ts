import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemRuntime } from '../../../lambda/aws/runtime.ts';
import { type DirectoryServer, startDirectoryServer } from '../../../local/directory-server.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { RecordedLog } from '../../helpers/scim-server.ts';
import { createTestTable } from '../../helpers/tables.ts';

const KEY = 'k'.repeat(43);

let server: DirectoryServer;
let log: RecordedLog;
let offsetMillis = 0;

beforeAll(async () => {
  const vault = new MemoryVault();
  log = new RecordedLog();
  server = await startDirectoryServer({
    host: '127.0.0.1',
    port: 0,
    table: await createTestTable(),
    tokens: vault,
    admin: { key: KEY, vault },
    log,
    runtime: { ...systemRuntime, now: () => Date.now() + offsetMillis },
  });
});

beforeEach(() => {
  // Past whatever the processes remember.
  offsetMillis += 31_000;
});

afterAll(async () => {
  await server.close();
});

async function send(method: string, url: string, bearer: string | undefined, body?: unknown) {
  const response = await fetch(url, {
    method,
    headers: {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

const call = (method: string, path: string, body?: unknown, key: string | undefined = KEY) =>
  send(method, `http://127.0.0.1:${server.port}/admin/${path}`, key, body);

const scim = (tenant: string, token: string) => send('GET', `${server.tenantUrl(tenant)}/Users`, token);

/** A tenant whose application "entra" has a token. */
async function makeTenant(name: string): Promise<string> {
  await call('POST', 'tenants', { name });
  await call('POST', `tenants/${name}/applications`, { name: 'entra' });
  return (await call('POST', `tenants/${name}/applications/entra/token`, {})).body.token;
}

describe('the admin API over HTTP', () => {
  it('makes a tenant whose Tenant URL and token work at once', async () => {
    expect((await call('POST', 'tenants', { name: 'acme' })).status).toBe(201);
    const { body: tenant } = await call('GET', 'tenants/acme');
    expect(tenant.tenantUrl).toBe(server.tenantUrl('acme'));
    expect((await call('POST', 'tenants/acme/applications', { name: 'entra' })).status).toBe(201);
    const { status, body, headers } = await call('POST', 'tenants/acme/applications/entra/token', {});
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      200,
      'application/json',
      'no-store',
    ]);
    expect((await scim('acme', body.token)).status).toBe(200);
  });

  it.each([undefined, '', 'x'.repeat(43), `${KEY}x`])('is 403 without its key: %j', async (key) => {
    const url = `http://127.0.0.1:${server.port}/admin/tenants`;
    for (const method of ['GET', 'POST']) {
      const { status, body } = await send(method, url, key, method === 'POST' ? { name: 'x' } : undefined);
      expect([status, body.error.code]).toEqual([403, 'forbidden']);
    }
  });

  it("takes no tenant's token for a key", async () => {
    const token = await makeTenant('umbrella');
    expect((await call('GET', 'tenants', undefined, token)).status).toBe(403);
  });

  it.each([
    ['POST', 'tenants', undefined, 400, /body.name/],
    ['POST', 'tenants', '{"name":', 400, /not valid JSON/],
    ['POST', 'tenants', { name: 'Acme' }, 400, /body.name: 1-40 lower-case/],
    [
      'POST',
      'tenants',
      { name: 'x', colour: 'red', settings: { maxPageSize: 0 } },
      400,
      /settings.maxPageSize.*colour/,
    ],
    ['GET', 'audit?from=yesterday', undefined, 400, /query.from/],
    ['GET', 'cycles', undefined, 400, /query.unhealthy/],
    ['GET', 'tenants?colour=red', undefined, 400, /colour/],
    ['PUT', 'tenants', { name: 'x' }, 405, /GET, POST/],
    ['GET', 'nothing/here', undefined, 404, /no such path/],
    ['GET', 'tenants/%ZZ', undefined, 400, /encoded/],
    ['GET', 'tenants/acme%2Fapplications', undefined, 404, /no tenant/],
  ] as const)('says what was wrong with %s %s %j', async (method, path, body, status, message) => {
    const answer = await call(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body.error.message).toMatch(message);
  });

  it('logs each call with principal and names, never with a token, a key or a query', async () => {
    log.lines.length = 0;
    const token = await makeTenant('initech');
    await call('GET', 'tenants/initech/users?filter=userName%20eq%20%22ada@example.com%22');
    expect(log.lines).toHaveLength(4);
    expect(log.lines[2]).toMatchObject({
      message: 'admin call',
      operation: 'issueToken',
      principal: 'arn:aws:iam::000000000000:user/local',
      tenant: 'initech',
      application: 'entra',
      status: 200,
    });
    const written = JSON.stringify(log.lines);
    for (const secret of [token, KEY, 'ada@example.com']) expect(written).not.toContain(secret);
  });
});

describe('a tenant that is not served', () => {
  it('answers 503 with Retry-After while it is paused, and 200 again after that', async () => {
    const token = await makeTenant('paused');
    await call('POST', 'tenants/paused/pause', { minutes: 10 });
    const { status, headers, body } = await scim('paused', token);
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(590);
    expect(body.detail).toContain('paused until');
    offsetMillis += 601_000;
    expect((await scim('paused', token)).status).toBe(200);
  });

  it('is paused within 30 seconds, whatever a process remembers', async () => {
    const token = await makeTenant('cached');
    expect((await scim('cached', token)).status).toBe(200);
    await call('POST', 'tenants/cached/pause', {});
    offsetMillis += 31_000;
    expect((await scim('cached', token)).status).toBe(503);
    await call('POST', 'tenants/cached/resume');
    offsetMillis += 31_000;
    expect((await scim('cached', token)).status).toBe(200);
  });

  it.each([
    ['suspended', 'POST', '/suspend', /suspended/],
    ['deleting', 'DELETE', '', /no longer there/],
  ])('answers 403 once it is %s', async (name, method, path, detail) => {
    const token = await makeTenant(name);
    await call(method, `tenants/${name}${path}`, { confirm: name });
    const { status, body } = await scim(name, token);
    // A deleted tenant's secret goes with it.
    expect([401, 403]).toContain(status);
    if (status === 403) expect(body.detail).toMatch(detail);
  });

  it('accepts both tokens during a rotation, without a pause', async () => {
    const before = await makeTenant('rotating');
    expect((await scim('rotating', before)).status).toBe(200);
    const { body } = await call('POST', 'tenants/rotating/applications/entra/token/rotate', { overlapDays: 1 });
    for (const token of [body.token, before]) expect((await scim('rotating', token)).status).toBe(200);
    offsetMillis += 86_400_000 + 31_000;
    expect((await scim('rotating', body.token)).status).toBe(200);
    const refused = await scim('rotating', before);
    expect([refused.status, refused.body.detail]).toEqual([401, expect.stringContaining('expired on')]);
  });
});
