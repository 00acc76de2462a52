import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bulkOf, postUser } from '../../helpers/bulk.ts';
import { patchOf, ScimServer, startScimServer } from '../../helpers/scim-server.ts';
import { createTestTable } from '../../helpers/tables.ts';

let server: ScimServer;

beforeEach(async () => {
  server = await startScimServer();
});

afterEach(async () => {
  await server.close();
});

const linesOf = ({ log }: ScimServer) => log.lines.filter(({ message }) => message.startsWith('request'));

describe('the request log', () => {
  it('has one line a request: who, which route, what came of it, what it cost', async () => {
    const { id } = await server.createUser('acme', 'ada@example.com');
    await server.send('acme', 'GET', `/Users/${id}`);
    await server.send('acme', 'POST', '/Users', { body: { userName: 'ada@example.com' } });
    expect(linesOf(server)).toMatchObject([
      { tenant: 'acme', application: 'default', method: 'POST', route: 'Users', status: 201, tableCalls: { write: 1 } },
      { method: 'GET', route: 'Users/{id}', status: 200, level: 'INFO', readUnits: expect.any(Number) },
      { method: 'POST', route: 'Users', status: 409, scimType: 'uniqueness' },
    ]);
    for (const line of linesOf(server)) {
      expect(line['requestId']).toMatch(/^[0-9a-f-]{36}$/);
      expect(line['durationMs']).toEqual(expect.any(Number));
    }
  });

  it('has a line for what is refused before any entry logic, too', async () => {
    await server.send('acme', 'DELETE', '/Users');
    await server.send('acme', 'GET', '/Robots');
    await server.send('acme', 'POST', '/Users', { body: 'x', contentType: 'text/plain' });
    expect(linesOf(server)).toMatchObject([
      { status: 405, route: 'Users' },
      { status: 404, route: '{proxy+}' },
      { status: 415, route: 'Users' },
    ]);
  });

  it('holds no token, no query, no password and no personal value, whatever the answer', async () => {
    const secret = 'personal-value';
    const user = {
      userName: secret,
      password: secret,
      externalId: secret,
      name: { givenName: secret },
      emails: [{ value: secret, type: 'work' }],
    };
    const { id } = await server.createUser('acme', secret, user);
    const filter = encodeURIComponent(`userName eq "${secret}"`);
    const requests = [
      ['GET', `/Users?filter=${filter}`],
      ['GET', `/Users?filter=${encodeURIComponent(`${secret} eq`)}`],
      ['GET', `/Users/${secret}`],
      ['GET', `/${secret}`],
      ['POST', '/Users', user],
      ['POST', '/Users', `{"userName":"${secret}"`],
      ['POST', '/Bulk', bulkOf([postUser(secret, secret, user), { method: secret, path: `/Users/${secret}` }])],
      ['PUT', `/Users/${id}`, { ...user, active: secret }],
      ['PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'password', value: secret })],
      ['PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: secret, value: secret })],
      ['PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'active', value: secret })],
    ] as const;
    for (const [method, path, body] of requests) await server.send('acme', method, path, { body });
    const written = JSON.stringify(server.log.lines);
    expect(linesOf(server)).toHaveLength(requests.length + 1);
    expect(written).not.toContain(secret);
    expect(written).not.toContain(server.tokenOf('acme').slice(-50));
    expect(written).not.toContain('scim_acme');
  });
});

describe('an unexpected failure', () => {
  it('is a bare 500 that names the request, and in the log what was thrown and where', async () => {
    const table = await createTestTable();
    const broken = new ScimServer(table);
    await broken.start(['acme']);
    const failure = new TypeError('personal-value is not iterable', { cause: new RangeError('personal-value') });
    const fail = () => Promise.reject(failure);
    table.withMeter = () => ({ ...table, get: fail, query: fail, withMeter: table.withMeter });
    const { status, json } = await broken.send('acme', 'GET', '/Users');
    await broken.close();
    const [line] = linesOf(broken);
    expect(status).toBe(500);
    expect(json['detail']).toBe(`Internal error; the operator finds it under the request id ${line?.['requestId']}`);
    expect(line).toMatchObject({
      level: 'ERROR',
      status: 500,
      failure: { name: 'TypeError', frames: expect.any(Array), cause: { name: 'RangeError' } },
    });
    expect(JSON.stringify(line)).not.toContain('personal-value');
  });
});
