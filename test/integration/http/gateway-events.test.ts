import { beforeEach, describe, expect, it } from 'vitest';
import type { ItemTable } from '../../../directory/store/item-table.ts';
import { TransactionConflictError } from '../../../directory/store/table-errors.ts';
import { systemRuntime } from '../../../lambda/aws/runtime.ts';
import { DEFAULT_TENANT_URL_TEMPLATE } from '../../../lambda/contract/tenant-url.ts';
import { createDiscovery } from '../../../lambda/discovery.ts';
import type { RequestMeasure, Runtime, ScimHandler } from '../../../lambda/http/request.ts';
import { createUsers } from '../../../lambda/users.ts';
import { ensureTenants } from '../../../local/directory-server.ts';
import { findRoute } from '../../../local/router.ts';
import { RecordedLog } from '../../helpers/scim-server.ts';
import { createTestTable } from '../../helpers/tables.ts';

let table: ItemTable;
let measured: RequestMeasure[];

beforeEach(async () => {
  table = await createTestTable();
  measured = [];
  await ensureTenants(table, ['acme'], new Date());
});

function dependencies(changes: { table?: ItemTable; runtime?: Runtime; tenantUrlTemplate?: string } = {}) {
  return {
    table,
    tenantUrlTemplate: DEFAULT_TENANT_URL_TEMPLATE,
    log: new RecordedLog(),
    measure: (measure: RequestMeasure) => {
      measured.push(measure);
    },
    runtime: systemRuntime,
    ...changes,
  };
}

/** Where API Gateway's event says that the request came in, on a deployment whose Tenant URL is no default. */
function arrival(resource: string, domainName: string, tenant = 'acme') {
  return {
    resource,
    pathParameters: null,
    requestContext: { requestId: 'r', domainName, stage: 'prod', authorizer: { tenant, application: 'entra' } },
  };
}

/** Calls an entry as API Gateway does. */
async function call(handler: ScimHandler, method: string, path: string, changes: object = {}) {
  const [withoutQuery = '', query] = path.split('?');
  const match = findRoute(`/acme/scim/v2${withoutQuery}`);
  const event = {
    httpMethod: method,
    path: `/acme/scim/v2${path}`,
    resource: match?.resource,
    pathParameters: { ...match?.pathParameters },
    headers: { 'content-type': 'application/json' },
    queryStringParameters: query === undefined ? null : Object.fromEntries(new URLSearchParams(query)),
    body: null,
    isBase64Encoded: false,
    requestContext: {
      requestId: 'request-1',
      domainName: 'abc123.execute-api.eu-central-1.amazonaws.com',
      stage: 'prod',
      authorizer: { tenant: 'acme', application: 'entra', principalId: 'acme/entra' },
    },
    ...changes,
  };
  const context: Parameters<ScimHandler>[1] = Object.create(null);
  const { statusCode, headers, body } = await handler(event, context);
  return { status: statusCode, headers: headers ?? {}, json: body === '' ? {} : JSON.parse(body) };
}

const create = { body: '{"userName":"ada@example.com"}' };

describe('an entry behind API Gateway', () => {
  it('builds locations from the template and what API Gateway says of itself', async () => {
    const headers = { 'content-type': 'application/json', Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' };
    const { status, json } = await call(createUsers(dependencies()), 'POST', '/Users', { ...create, headers });
    expect(status).toBe(201);
    const prefix = 'https://abc123.execute-api.eu-central-1.amazonaws.com/prod/acme/scim/v2/Users/';
    expect(json.meta.location).toBe(`${prefix}${json.id}`);
  });

  it('builds them from a domain of its own alone', async () => {
    const tenantUrlTemplate = 'https://users-{tenant}.example.com/scim/v2';
    const hosts = ['users-acme.example.com', 'Users-Acme.example.com', 'abc123.execute-api.aws.example'];
    for (const [i, host] of hosts.entries()) {
      const changes = { body: `{"userName":"user-${i}"}`, ...arrival('/scim/v2/Users', host) };
      const { headers } = await call(createUsers(dependencies({ tenantUrlTemplate })), 'POST', '/Users', changes);
      expect(headers['location']).toMatch(/^https:\/\/users-acme\.example\.com\/scim\/v2\/Users\/[0-9a-f-]{36}$/);
    }
  });

  it("refuses another tenant's host name with 403, whatever the token allows elsewhere", async () => {
    const tenantUrlTemplate = 'https://users-{tenant}.example.com/scim/v2';
    const changes = arrival('/scim/v2/Users', 'users-globex.example.com');
    const { status } = await call(createUsers(dependencies({ tenantUrlTemplate })), 'GET', '/Users', changes);
    expect(status).toBe(403);
  });

  it('takes the tenant from the token alone where one Tenant URL serves the region', async () => {
    const tenantUrlTemplate = 'https://global-us.example.com/api/v1/scim';
    const users = createUsers(dependencies({ tenantUrlTemplate }));
    await ensureTenants(table, ['globex'], new Date());
    const of = (tenant: string) => arrival('/api/v1/scim/Users', 'global-us.example.com', tenant);
    const { headers } = await call(users, 'POST', '/Users', { ...create, ...of('acme') });
    expect(headers['location']).toMatch(/^https:\/\/global-us\.example\.com\/api\/v1\/scim\/Users\/[0-9a-f-]{36}$/);
    expect((await call(users, 'GET', '/Users', of('acme'))).json.totalResults).toBe(1);
    expect((await call(users, 'GET', '/Users', of('globex'))).json.totalResults).toBe(0);
  });

  it('reads a body that API Gateway has encoded', async () => {
    const body = Buffer.from('{"userName":"ü@example.com"}').toString('base64');
    const { json } = await call(createUsers(dependencies()), 'POST', '/Users', { body, isBase64Encoded: true });
    expect(json.userName).toBe('ü@example.com');
  });

  it('decodes query values no second time', async () => {
    const users = createUsers(dependencies());
    await call(users, 'POST', '/Users', { body: '{"userName":"a%2Bb+c"}' });
    const queryStringParameters = { filter: 'userName eq "a%2Bb+c"' };
    const { json } = await call(users, 'GET', '/Users', { queryStringParameters });
    expect(json.totalResults).toBe(1);
  });

  it('refuses a tenant that is no longer there with 403', async () => {
    const requestContext = { requestId: 'r', stage: 'prod', authorizer: { tenant: 'gone', application: 'entra' } };
    const changes = { requestContext, pathParameters: { tenant: 'gone' } };
    const { status } = await call(createUsers(dependencies()), 'GET', '/Users', changes);
    expect(status).toBe(403);
  });

  it.each([
    ['//Users', 'https://abc123.execute-api.eu-central-1.amazonaws.com/prod/acme/scim/v2/Users'],
    ['Users/', 'https://abc123.execute-api.eu-central-1.amazonaws.com/prod/acme/scim/v2/Users'],
    ['/Users//a%20b/', 'https://abc123.execute-api.eu-central-1.amazonaws.com/prod/acme/scim/v2/Users/a%20b'],
    ['/Users/a%0d%0ab', 'https://abc123.execute-api.eu-central-1.amazonaws.com/prod/acme/scim/v2/Users/a%0D%0Ab'],
  ])('sends %s on to the route that was meant', async (proxy, location) => {
    const changes = {
      resource: '/{tenant}/scim/v2/{proxy+}',
      pathParameters: { tenant: 'acme', proxy },
      queryStringParameters: { filter: 'userName eq "x&y"' },
    };
    const { status, headers } = await call(createDiscovery(dependencies()), 'PATCH', '/x/y/z', changes);
    expect([status, headers['location']]).toEqual([308, `${location}?filter=userName+eq+%22x%26y%22`]);
  });

  it('answers 503 with Retry-After when the table stays busy until the deadline', async () => {
    let now = Date.now();
    const runtime: Runtime = {
      ...systemRuntime,
      now: () => now,
      sleep: async (millis) => {
        now += millis + 500;
      },
    };
    const busy: ItemTable = {
      get: (key) => table.get(key),
      getMany: (keys) => table.getMany(keys),
      query: (query) => table.query(query),
      write: () => Promise.reject(new TransactionConflictError('conflict')),
      writeOne: (action) => table.writeOne(action),
      withMeter: () => busy,
    };
    const { status, headers, json } = await call(
      createUsers(dependencies({ table: busy, runtime })),
      'POST',
      '/Users',
      create,
    );
    expect(status).toBe(503);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(json.status).toBe('503');
  });

  it('measures each request by its route', async () => {
    const users = createUsers(dependencies());
    await call(users, 'GET', '/Users');
    await call(users, 'GET', '/Users/00000000-0000-4000-8000-000000000000');
    expect(measured).toMatchObject([
      { route: 'Users', status: 200 },
      { route: 'Users/{id}', status: 404 },
    ]);
  });

  it('answers an event that is none of API Gateway with a bare 500', async () => {
    const context: Parameters<ScimHandler>[1] = Object.create(null);
    for (const event of [undefined, null, {}, 'x']) {
      const { statusCode, body } = await createUsers(dependencies())(event, context);
      expect(statusCode).toBe(500);
      expect(JSON.parse(body)).toMatchObject({ status: '500' });
    }
  });
});
