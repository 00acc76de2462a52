import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patchOf, type ScimServer, startScimServer } from '../../helpers/scim-server.ts';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const unknownId = '00000000-0000-4000-8000-000000000000';

let server: ScimServer;
let userId: string;

beforeAll(async () => {
  server = await startScimServer();
  userId = (await server.createUser('acme', 'ada@example.com')).id;
});

afterAll(async () => {
  await server.close();
});

/** Sends, and expects the error that RFC 7644 §3.12 describes. */
async function refusal(method: string, path: string, options: Parameters<ScimServer['send']>[3] = {}) {
  const { status, headers, json } = await server.send('acme', method, path, options);
  expect(headers['content-type']).toBe('application/scim+json');
  expect(json['schemas']).toEqual([ERROR]);
  expect(json['status']).toBe(String(status));
  expect(String(json['detail']).length).toBeGreaterThan(10);
  return { status, headers, json, scimType: json['scimType'] };
}

describe('a body that is no SCIM message', () => {
  it.each([
    ['malformed JSON', '{"userName":"secret-value'],
    ['nothing but a byte order mark', '\uFEFF'],
    ['no object', '[]'],
    ['null', 'null'],
    ['a number', '7'],
    ['nested without end', '['.repeat(100_000)],
    ['nested too deep', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['empty', Buffer.alloc(0)],
  ])('is 400 invalidSyntax: %s', async (_, body) => {
    for (const [method, path] of [
      ['POST', '/Users'],
      ['PUT', `/Users/${userId}`],
      ['PATCH', `/Users/${userId}`],
      ['POST', '/Groups'],
    ] as const) {
      const { status, scimType, json } = await refusal(method, path, { body });
      expect([status, scimType]).toEqual([400, 'invalidSyntax']);
      expect(json['detail']).not.toContain('secret-value');
    }
  });

  it('is 400 where there is none at all, whatever the content type', async () => {
    expect(await refusal('POST', '/Users')).toMatchObject({ status: 400, scimType: 'invalidSyntax' });
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    undefined,
    '',
    'application/json; charset=utf-16',
  ])('is 415 with content type %j', async (contentType) => {
    const { status } = await refusal('POST', '/Users', { body: { userName: 'x' }, contentType });
    expect(status).toBe(415);
  });

  it.each([
    'application/json',
    'application/scim+json; charset=utf-8',
    'Application/SCIM+JSON;charset="UTF-8"',
    'application/json; odata=verbose',
  ])('is read with content type %j', async (contentType) => {
    const body = { userName: `type-${contentType}` };
    expect((await server.send('acme', 'POST', '/Users', { body, contentType })).status).toBe(201);
  });

  it('is 413 over the limit, naming it', async () => {
    const body = { userName: 'x', displayName: 'x'.repeat(1_048_576) };
    const { status, json } = await refusal('POST', '/Users', { body });
    expect(status).toBe(413);
    expect(json['detail']).toContain('1048576');
    const umlauts = { userName: 'x', displayName: 'ü'.repeat(600_000) };
    expect((await refusal('POST', '/Users', { body: umlauts })).status).toBe(413);
  });

  it('is 413 over what the gateway takes', async () => {
    expect((await refusal('POST', '/Users', { body: Buffer.alloc(11_000_000, 0x20) })).status).toBe(413);
  });
});

describe('a resource that cannot be', () => {
  it.each([
    ['a number as userName', { userName: 7 }],
    ['an object as userName', { userName: {} }],
    ['no userName', { displayName: 'x' }],
    ['an empty userName', { userName: '' }],
    ['a text as active', { userName: 'x', active: 'perhaps' }],
    ['a text as emails', { userName: 'x', emails: 'x@example.com' }],
    ['a number in a name', { userName: 'x', name: { givenName: 1 } }],
  ])('is 400 invalidValue or invalidSyntax: %s', async (_, body) => {
    const { status, scimType } = await refusal('POST', '/Users', { body });
    expect(status).toBe(400);
    expect(['invalidValue', 'invalidSyntax']).toContain(scimType);
  });

  it.each([
    ['NUL in an indexed value', '{"userName":"a\\u0000b"}'],
    ['U+0001 in an indexed value', '{"userName":"a\\u0001b"}'],
    ['a lone surrogate in an indexed value', '{"userName":"a\\ud800"}'],
    ['a lone surrogate in any other value', '{"userName":"x1","title":"a\\udc00"}'],
    [
      'a lone surrogate in an extension',
      '{"userName":"x2","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"\\ud800"}}',
    ],
  ])('is 400: %s', async (_, body) => {
    expect((await refusal('POST', '/Users', { body })).status).toBe(400);
  });

  it('is 409 uniqueness where the userName is taken, in whatever case', async () => {
    expect(await refusal('POST', '/Users', { body: { userName: 'ADA@EXAMPLE.COM' } })).toMatchObject({
      status: 409,
      scimType: 'uniqueness',
    });
  });

  it('has no attribute after the name of a prototype', async () => {
    const body =
      '{"userName":"proto@example.com","__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},' +
      '"name":{"__proto__":{"givenName":"x"},"familyName":"L"},"hasOwnProperty":1,"toString":"x"}';
    const { status, text: answer } = await server.send('acme', 'POST', '/Users', { body });
    expect(status).toBe(201);
    expect(answer).not.toMatch(/__proto__|constructor|admin|hasOwnProperty|toString/);
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });
});

describe('a PATCH that cannot be', () => {
  it.each([
    ['an unknown attribute', { op: 'replace', path: 'shoeSize', value: 1 }, 'invalidPath'],
    ['a path that does not parse', { op: 'replace', path: 'emails[type eq', value: 1 }, undefined],
    ['the name of a prototype as path', { op: 'add', path: '__proto__.admin', value: true }, 'invalidPath'],
    ['an unknown op', { op: 'move', path: 'title', value: 'x' }, undefined],
    ['a value of the wrong type', { op: 'replace', path: 'active', value: 'perhaps' }, 'invalidValue'],
    ['a read-only attribute', { op: 'replace', path: 'id', value: 'x' }, 'mutability'],
    ['a required attribute removed', { op: 'remove', path: 'userName' }, 'mutability'],
    ['a lone surrogate', { op: 'replace', path: 'title', value: '\ud800' }, 'invalidValue'],
    ['a remove without a path', { op: 'remove' }, 'noTarget'],
  ])('is 400: %s', async (_, operation, expected) => {
    const { status, scimType } = await refusal('PATCH', `/Users/${userId}`, { body: patchOf(operation) });
    expect(status).toBe(400);
    if (expected !== undefined) expect(scimType).toBe(expected);
  });

  it.each([
    {},
    { Operations: [] },
    { schemas: [ERROR], Operations: [{ op: 'add', value: {} }] },
    patchOf('x'),
    patchOf(null),
  ])('is 400 invalidSyntax: %j', async (body) => {
    expect(await refusal('PATCH', `/Users/${userId}`, { body })).toMatchObject({
      status: 400,
      scimType: 'invalidSyntax',
    });
  });

  it('leaves no trace of its first operations', async () => {
    const body = patchOf({ op: 'replace', path: 'title', value: 'Dr' }, { op: 'replace', path: 'shoeSize', value: 1 });
    await refusal('PATCH', `/Users/${userId}`, { body });
    expect((await server.send('acme', 'GET', `/Users/${userId}`)).json).not.toHaveProperty('title');
  });
});

describe('a query that cannot be', () => {
  it.each([
    'shoeSize eq 1',
    'userName',
    'userName eq',
    'userName is "x"',
    'userName eq "x" and',
    'active gt true',
    '__proto__ eq "x"',
    '',
    `${'('.repeat(10_000)}userName eq "x"${')'.repeat(10_000)}`,
    '('.repeat(10_000),
    `${'not '.repeat(2_000)}`,
    Array.from({ length: 2_000 }, () => 'userName eq "x"').join(' or '),
  ])('is 400 invalidFilter: %.40s', async (filter) => {
    const path = `/Users?filter=${encodeURIComponent(filter)}`;
    // What does not fit into a request line is refused by the HTTP server already.
    if (path.length > 15_000) expect((await server.send('acme', 'GET', path)).status).toBeGreaterThanOrEqual(400);
    else expect(await refusal('GET', path)).toMatchObject({ status: 400, scimType: 'invalidFilter' });
  });

  it.each([
    'startIndex=x',
    'count=1.5',
    'attributes=id&excludedAttributes=name',
    'sortBy=userName&sortOrder=sideways',
    'sortBy=',
    'sortBy=shoeSize',
    'sortBy=name',
    'sortBy=groups',
    'sortBy=__proto__',
    'sortBy=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName',
    'cursor=&startIndex=1',
  ])('is 400 invalidValue: %s', async (query) => {
    expect(await refusal('GET', `/Users?${query}`)).toMatchObject({ status: 400, scimType: 'invalidValue' });
  });

  it.each(['cursor=x', 'cursor=%20', 'cursor=..', `cursor=${'A'.repeat(100)}`, `cursor=${'A'.repeat(6_000)}`])(
    'is 400 invalidCursor: %.40s',
    async (query) => {
      expect(await refusal('GET', `/Users?${query}`)).toMatchObject({ status: 400, scimType: 'invalidCursor' });
    },
  );

  it.each(['cursor=&count=x', 'cursor=&count=101', 'cursor=&count=1.0'])('is 400 invalidCount: %s', async (query) => {
    expect(await refusal('GET', `/Users?${query}`)).toMatchObject({ status: 400, scimType: 'invalidCount' });
  });

  it.each([
    'aadOptscim062020',
    'aadOptscim062020=',
    '__proto__=x',
    '%zz=%zz',
    '&&&=',
    'filter=userName%20pr&filter=userName+pr',
  ])('ignores what it does not know: %s', async (query) => {
    expect((await server.send('acme', 'GET', `/Users?${query}`)).status).toBe(200);
  });
});

describe('a path that leads nowhere', () => {
  it.each([
    `/Users/${unknownId}`,
    '/Users/x',
    `/Users/${'x'.repeat(2_000)}`,
    '/Users/%00',
    '/Users/%zz',
    '/Users/%ED%A0%80',
    '/Users/..%2F..%2FGroups',
    '/Users/__proto__',
    '/Users/a%0d%0aSet-Cookie:%20x=1',
    `/Groups/${unknownId}`,
    '/Schemas/urn:none',
    '/ResourceTypes/Robot',
    '/Robots',
    '/users',
    '/Users/1/2/3',
    '/%zz',
    '/__proto__',
  ])('is 404: %.60s', async (path) => {
    expect((await refusal('GET', path)).status).toBe(404);
  });

  it('tells no id that is odd from one that is unknown, whatever the method', async () => {
    for (const id of [unknownId, 'x', '%00']) {
      for (const [method, body] of [
        ['PUT', { userName: 'x' }],
        ['PATCH', patchOf({ op: 'replace', path: 'title', value: 'x' })],
        ['DELETE', undefined],
      ] as const) {
        expect((await refusal(method, `/Users/${id}`, { body })).status).toBe(404);
      }
    }
  });

  it('puts nothing of an id into a header', async () => {
    const { headers } = await refusal('GET', '/Users/a%0d%0aSet-Cookie:%20x=1');
    expect(headers['set-cookie']).toBeUndefined();
    const redirect = await server.send('acme', 'GET', '//Users/a%0d%0aSet-Cookie:%20x=1');
    expect(redirect.headers['set-cookie']).toBeUndefined();
  });

  it.each(['/', '', '/demo', '/acme/scim/v1/Users'])('is 404 outside the Tenant URL: %j', async (path) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ schemas: [ERROR], status: '404' });
  });
});

describe('a method that the endpoint does not have', () => {
  it.each([
    ['PUT', '/Users', 'GET, POST'],
    ['DELETE', '/Users', 'GET, POST'],
    ['HEAD', '/Users', 'GET, POST'],
    ['OPTIONS', '/Users', 'GET, POST'],
    ['POST', `/Users/${unknownId}`, 'GET, PUT, PATCH, DELETE'],
    ['POST', '/ServiceProviderConfig', 'GET'],
    ['PUT', '/ResourceTypes', 'GET'],
    ['PATCH', '/Schemas', 'GET'],
    ['DELETE', '/Schemas/urn:x', 'GET'],
    ['GET', '/Bulk', 'POST'],
    ['GET', '/.search', 'POST'],
    ['GET', '/Users/.search', 'POST'],
    ['PUT', '/Groups/.search', 'POST'],
  ])('is 405 with Allow: %s %s', async (method, path, allow) => {
    const { status, headers } = await server.send('acme', method, path);
    expect(status).toBe(405);
    expect(headers['allow']).toBe(allow);
  });
});

describe('a search that cannot be', () => {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'];

  it.each([
    ['no body', undefined, 'invalidSyntax'],
    ['no object', [], 'invalidSyntax'],
    ['no schemas', {}, 'invalidSyntax'],
    ['another message', { schemas: [ERROR] }, 'invalidSyntax'],
    ['a member that it does not have', { schemas, fliter: 'userName eq "x"' }, 'invalidSyntax'],
    ['a member twice', { schemas, count: 1, COUNT: 2 }, 'invalidSyntax'],
    ['a list as filter', { schemas, filter: ['userName eq "x"'] }, 'invalidValue'],
    ['a text as count', { schemas, count: '10' }, 'invalidValue'],
    ['a broken startIndex', { schemas, startIndex: 1.5 }, 'invalidValue'],
    ['a text as attributes', { schemas, attributes: 'userName' }, 'invalidValue'],
    ['numbers as attributes', { schemas, attributes: [1] }, 'invalidValue'],
    ['both lists of attributes', { schemas, attributes: ['id'], excludedAttributes: ['name'] }, 'invalidValue'],
    ['a number as cursor', { schemas, cursor: 1 }, 'invalidValue'],
    ['a cursor of nobody', { schemas, cursor: 'abc' }, 'invalidCursor'],
    ['a count too large for a cursor', { schemas, cursor: '', count: 100_000 }, 'invalidCount'],
    ['an unknown attribute', { schemas, filter: 'shoeSize eq 1' }, 'invalidFilter'],
    ['a filter that does not parse', { schemas, filter: 'userName eq' }, 'invalidFilter'],
    ['an unknown sort', { schemas, sortBy: 'shoeSize' }, 'invalidValue'],
  ])('is 400, wherever it is sent: %s', async (_, body, scimType) => {
    for (const path of ['/.search', '/Users/.search', '/Groups/.search']) {
      expect(await refusal('POST', path, { body })).toMatchObject({ status: 400, scimType });
    }
  });
});

describe('what is declared unsupported', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('is 501, and says why: %s /Me', async (method) => {
    for (const body of [undefined, {}]) {
      const { status, json } = await refusal(method, '/Me', { body });
      expect(status).toBe(501);
      expect(json['detail']).toContain('no user');
    }
  });

  it.each(['/ServiceProviderConfig', '/ResourceTypes', '/ResourceTypes/User', '/Schemas'])(
    'is 403 for a filter on %s (RFC 7644 §4)',
    async (path) => {
      expect((await refusal('GET', `${path}?filter=id%20pr`)).status).toBe(403);
      expect((await server.send('acme', 'GET', `${path}?startIndex=9&count=0&sortBy=id`)).status).toBe(200);
    },
  );
});

describe('what is no HTTP', () => {
  it.each(['nonsense\r\n\r\n', 'GET / HTTP/1.1\r\nHost: x\r\nBad Header: x\r\n\r\n', 'GET /\u0000 HTTP/1.1\r\n\r\n'])(
    'is answered 400 in SCIM: %j',
    async (bytes) => {
      const socket = connect(server.port, '127.0.0.1');
      socket.end(bytes);
      const answer = await text(socket);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ schemas: [ERROR], status: '400' });
    },
  );
});
