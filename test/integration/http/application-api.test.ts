import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeSettings, pauseTenant, suspendTenant } from '../../../directory/operator/tenants.ts';
import { LogItemSchema } from '../../../directory/store/log-items.ts';
import { logPartition } from '../../../directory/store/log-keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { systemRuntime } from '../../../lambda/aws/runtime.ts';
import { applicationRoutes } from '../../../lambda/contract/application-routes.ts';
import { type DirectoryServer, ensureTenants, startDirectoryServer } from '../../../local/directory-server.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { MemoryTokenStore, RecordedLog } from '../../helpers/scim-server.ts';
import { createTestTable } from '../../helpers/tables.ts';

const KEY = 'k'.repeat(43);
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';

let server: DirectoryServer;
const table = await createTestTable();
const log = new RecordedLog();
const tokens = new MemoryTokenStore();
const operator = {
  table,
  principal: 'arn:aws:iam::000000000000:user/test',
  requestId: 'setup',
  now: () => new Date(),
  newId: systemRuntime.newId,
};

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was answered; a test's expectations are its check.
  readonly body: any;
}

async function call(method: string, path: string, body?: unknown, key = KEY): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${server.port}/application${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json') && !text.includes('}\n{');
  const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : {};
  return { status: response.status, headers: response.headers, text, body: parsed };
}

/** As the tenant's identity provider. */
async function provision(tenant: string, method: string, path: string, body?: unknown): Promise<Answer['body']> {
  const response = await fetch(`${server.tenantUrl(tenant)}${path}`, {
    method,
    headers: { authorization: `Bearer ${tokens.issue(tenant)}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.status).toBeLessThan(300);
  return response.status === 204 ? {} : await response.json();
}

const patch = (...Operations: readonly unknown[]) => ({ schemas: [PATCH_OP], Operations });

let ada: { id: string };
let staff: { id: string };

beforeAll(async () => {
  await ensureTenants(table, ['acme', 'globex', 'shut', 'resting'], new Date());
  const admin = { key: KEY, vault: new MemoryVault() };
  server = await startDirectoryServer({ host: '127.0.0.1', port: 0, table, tokens, admin, log });
  await changeSettings(operator, 'acme', { locallyOwned: ['nickName', 'preferredLanguage'] });
  ada = await provision('acme', 'POST', '/Users', { schemas: [USER], userName: 'ada@example.com', title: 'Countess' });
  const members = [{ value: ada.id }];
  staff = await provision('acme', 'POST', '/Groups', { displayName: 'Staff', members });
  await provision('globex', 'POST', '/Users', { schemas: [USER], userName: 'mallory@example.com' });
});

afterAll(async () => {
  await server.close();
});

describe('who may call the application API', () => {
  it.each(['', 'x', 'scim_acme_default_x'])('is nobody with %j in the place of the key', async (key) => {
    expect((await call('GET', '/acme/Users', undefined, key)).status).toBe(403);
  });

  it('is no identity provider, with whatever token', async () => {
    expect((await call('GET', '/acme/Users', undefined, tokens.issue('acme'))).status).toBe(403);
  });
});

describe('what the application reads', () => {
  it('are users and groups as SCIM has them, by id, by filter, by search', async () => {
    expect((await call('GET', `/acme/Users/${ada.id}`)).body).toMatchObject({
      userName: 'ada@example.com',
      groups: [{ value: staff.id }],
    });
    const found = await call('GET', `/acme/Users?filter=${encodeURIComponent('userName eq "ADA@example.com"')}`);
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id: ada.id }] });
    expect((await call('GET', `/acme/Groups/${staff.id}`)).body).toMatchObject({ members: [{ value: ada.id }] });
    expect((await call('GET', '/acme/Groups')).body.totalResults).toBe(1);
    const search = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter: 'userName pr' };
    expect((await call('POST', '/acme/.search', search)).body.totalResults).toBe(1);
    expect((await call('POST', '/acme/Users/.search', search)).body.totalResults).toBe(1);
  });

  it('is what there is to discover', async () => {
    for (const path of ['ServiceProviderConfig', 'ResourceTypes', 'ResourceTypes/User', 'Schemas', `Schemas/${USER}`]) {
      expect([path, (await call('GET', `/acme/${path}`)).status]).toEqual([path, 200]);
    }
  });

  it('is one tenant, that of the path: an id of another is unknown there', async () => {
    expect((await call('GET', `/globex/Users/${ada.id}`)).status).toBe(404);
    expect(
      (await call('PATCH', `/globex/Users/${ada.id}`, patch({ op: 'add', path: 'nickName', value: 'x' }))).status,
    ).toBe(404);
    expect((await call('GET', '/globex/Users')).text).not.toContain('ada@example.com');
    expect((await call('GET', '/globex/snapshot')).text).not.toContain('ada@example.com');
  });

  it.each(['/nobody/Users', '/Acme/Users', '/a%2Fb/Users', '//Users', '/'])('is nothing of %s', async (path) => {
    const { status, body } = await call('GET', path);
    expect([status, body.schemas]).toEqual([404, ['urn:ietf:params:scim:api:messages:2.0:Error']]);
  });
});

describe('what the application writes', () => {
  it('is an attribute that the tenant gives it, which survives a PUT of the identity provider', async () => {
    const named = await call('PATCH', `/acme/Users/${ada.id}`, patch({ op: 'add', path: 'nickName', value: 'Ada' }));
    expect(named.status).toBe(200);
    await provision('acme', 'PUT', `/Users/${ada.id}`, { schemas: [USER], userName: 'ada@example.com', title: 'Lady' });
    const { body } = await call('GET', `/acme/Users/${ada.id}`);
    expect(body).toMatchObject({ nickName: 'Ada', title: 'Lady' });
  });

  it('leaves an entry in the log where it fails, of offices and ownerships too', async () => {
    const before = new Set((await queryAll(table, { pk: logPartition('acme') })).map(({ sk }) => sk));
    const nobody = '00000000-0000-4000-8000-000000000000';
    await call('PUT', '/acme/owners', { subscriptionOwner: nobody });
    await call('PUT', '/acme/ownerships/project/apollo', { user: nobody });
    await call('DELETE', '/acme/ownerships/pro!ject/apollo');
    await call('GET', '/acme/ownerships/project/apollo');
    const items = await queryAll(table, { pk: logPartition('acme') });
    const entries = items.filter(({ sk }) => !before.has(sk)).map((item) => LogItemSchema.parse(item));
    const told = entries.map(({ application, operation, outcome, status, resource, facts }) => {
      return [application, operation, outcome, status, resource?.id, facts?.['what']];
    });
    expect(told).toEqual([
      ['@application', 'update', 'failed', 400, undefined, 'owners'],
      ['@application', 'update', 'failed', 400, nobody, 'ownerships'],
      ['@application', 'delete', 'failed', 400, undefined, 'ownerships'],
    ]);
  });

  it('is nothing else: the identity provider is the source', async () => {
    const { status, body } = await call(
      'PATCH',
      `/acme/Users/${ada.id}`,
      patch({ op: 'replace', path: 'title', value: 'Mine' }),
    );
    expect([status, body.scimType]).toEqual([400, 'mutability']);
    expect(body.detail).toContain('title');
    expect((await call('GET', `/acme/Users/${ada.id}`)).body.title).not.toBe('Mine');
  });

  it('is no other request: each is refused with the methods that there are', async () => {
    for (const { path, methods } of applicationRoutes) {
      const filled = path.replace('{id}', path.startsWith('Users') ? ada.id : staff.id);
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'].filter((each) => !methods.includes(each))) {
        const { status, headers } = await call(method, `/acme/${filled}`, {});
        expect([method, path, status]).toEqual([method, path, 405]);
        expect(headers.get('allow')).toBe(methods.join(', '));
      }
    }
    expect((await call('POST', '/acme/Bulk', {})).status).toBe(404);
    expect((await call('GET', `/acme/Users/${ada.id}`)).status).toBe(200);
  });
});

describe('the snapshot', () => {
  async function readSnapshot(tenant: string): Promise<readonly Answer['body'][]> {
    const lines = [];
    for (let after: string | undefined; ; ) {
      const { status, headers, text } = await call('GET', `/${tenant}/snapshot${after ? `?after=${after}` : ''}`);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('application/x-ndjson');
      const page = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      const last = page.pop();
      lines.push(...page);
      if (last.kind === 'end') return lines;
      expect(last.kind).toBe('more');
      after = encodeURIComponent(last.after);
    }
  }

  it('has every user, group and membership with a sequence number, and of what is deleted the id alone', async () => {
    const gone = await provision('acme', 'POST', '/Users', { schemas: [USER], userName: 'gone@example.com' });
    await provision('acme', 'DELETE', `/Users/${gone.id}`);
    const lines = await readSnapshot('acme');
    expect(lines.map(({ kind }) => kind).sort()).toEqual(['deletedUser', 'group', 'membership', 'user']);
    for (const line of lines) expect(line.sequence).toBeGreaterThan(0);
    expect(lines.find(({ kind }) => kind === 'user').resource).toMatchObject({ userName: 'ada@example.com' });
    expect(lines.find(({ kind }) => kind === 'membership')).toMatchObject({ group: staff.id, member: ada.id });
    expect(lines.find(({ kind }) => kind === 'deletedUser')).toMatchObject({ id: gone.id });
    expect(JSON.stringify(lines)).not.toContain('gone@example.com');
  });

  it('refuses a position that is none', async () => {
    const { status, body } = await call('GET', '/acme/snapshot?after=nonsense');
    expect([status, body.scimType]).toEqual([400, 'invalidValue']);
  });
});

describe('how a tenant stands', () => {
  it('does not matter to the application while provisioning is paused', async () => {
    await pauseTenant(operator, 'resting', 60);
    expect((await call('GET', '/resting/Users')).status).toBe(200);
  });

  it('shuts the application out once the tenant is suspended', async () => {
    await suspendTenant(operator, 'shut', 'shut');
    expect((await call('GET', '/shut/Users')).status).toBe(403);
  });
});

describe('what is written about a call', () => {
  it('tells of each sign-in whether it is allowed, and denies all of them once the tenant is suspended', async () => {
    const subject = { by: 'userName', value: 'ada@example.com' };
    expect(await call('POST', '/acme/sign-in', { subject })).toMatchObject({
      status: 200,
      body: { decision: 'allow', user: { id: ada.id }, groups: [{ id: staff.id }] },
    });
    expect((await call('POST', '/globex/sign-in', { subject })).body).toMatchObject({
      decision: 'deny',
      reason: 'unknown',
    });
    expect(await call('POST', '/shut/sign-in', { subject })).toMatchObject({
      status: 200,
      body: { decision: 'deny', reason: 'tenantSuspended' },
    });
    expect((await call('POST', '/acme/sign-in', { subject: { by: 'shoeSize', value: '42' } })).status).toBe(400);
  });

  it('is one line of the log with its route and nothing of a person, and no sync cycle', async () => {
    log.lines.length = 0;
    await call('GET', `/acme/Users/${ada.id}`);
    expect(log.lines).toEqual([
      expect.objectContaining({
        tenant: 'acme',
        application: '@application',
        route: 'application/Users/{id}',
        status: 200,
      }),
    ]);
    expect(JSON.stringify(log.lines)).not.toContain('ada@example.com');
    expect((await table.query({ pk: 'T#acme#CYCLE#@application' })).items).toEqual([]);
  });
});
