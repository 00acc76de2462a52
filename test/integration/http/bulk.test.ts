import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantSettings } from '../../../directory/context.ts';
import { changeSettings } from '../../../directory/operator/tenants.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { bulkOf, patch, postGroup, postUser, sendBulk, statusesOf } from '../../helpers/bulk.ts';
import { ScimServer, startScimServer } from '../../helpers/scim-server.ts';
import { createTestTable } from '../../helpers/tables.ts';

const unknownId = '00000000-0000-4000-8000-000000000000';

let server: ScimServer;

beforeAll(async () => {
  server = await startScimServer(['acme', 'globex']);
});

afterAll(async () => {
  await server.close();
});

const bulk = (...operations: readonly JsonObject[]) => sendBulk(server, 'acme', operations);

describe('POST /Bulk', () => {
  it('answers each operation as a request of its own is answered, without the resource', async () => {
    const { id } = await server.createUser('acme', 'one@example.com');
    const { id: other } = await server.createUser('acme', 'two@example.com');
    const { id: group } = await server.createGroup('acme', 'Answered');
    const url = server.tenantUrl('acme');
    expect(
      await bulk(
        postUser('a', 'three@example.com', { password: 'hunter2' }),
        { method: 'PUT', path: `/Users/${id}`, version: 'W/"1"', data: { userName: 'one@example.com', title: 'Dr' } },
        patch(`Users/${other}`, { op: 'replace', path: 'active', value: false }),
        patch(`/Groups/${group}`, { op: 'replace', path: 'displayName', value: 'Answered again' }),
        patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: id }] }),
        { method: 'delete', path: `/Users/${other}`, bulkId: 'mine' },
      ),
    ).toEqual([
      {
        location: expect.stringContaining(`${url}/Users/`),
        method: 'POST',
        bulkId: 'a',
        version: 'W/"1"',
        status: '201',
      },
      { location: `${url}/Users/${id}`, method: 'PUT', version: 'W/"2"', status: '200' },
      { location: `${url}/Users/${other}`, method: 'PATCH', version: 'W/"2"', status: '200' },
      { location: `${url}/Groups/${group}`, method: 'PATCH', version: 'W/"2"', status: '204' },
      { location: `${url}/Groups/${group}`, method: 'PATCH', status: '204' },
      { location: `${url}/Users/${other}`, method: 'DELETE', bulkId: 'mine', status: '204' },
    ]);
    const { json } = await server.send('acme', 'GET', `/Groups/${group}`);
    expect(json['members']).toMatchObject([{ value: id }]);
  });

  it('leaves the failure of an operation to that operation', async () => {
    const { id } = await server.createUser('acme', 'mixed@example.com');
    const answers = await bulk(
      postUser('a', 'MIXED@example.com'),
      postUser('b', 'mixed-2@example.com'),
      { method: 'PUT', path: `/Users/${id}`, version: 'W/"9"', data: { userName: 'mixed@example.com' } },
      { method: 'DELETE', path: `/Users/${unknownId}` },
      patch(`/Users/${id}`, { op: 'replace', path: 'robot', value: 1 }),
      { method: 'PATCH', path: '/Robots/1', data: {} },
      postGroup('c', 'Mixed', [unknownId]),
      { method: 'POST', path: '/Users', bulkId: 'd', data: { userName: 7 } },
      postUser('e', 'mixed-3@example.com'),
    );
    expect(answers.map(({ status, response }) => [status, response?.scimType])).toEqual([
      ['409', 'uniqueness'],
      ['201', undefined],
      ['412', undefined],
      ['404', undefined],
      ['400', 'invalidPath'],
      ['404', undefined],
      ['400', 'invalidValue'],
      ['400', 'invalidValue'],
      ['201', undefined],
    ]);
    // RFC 7644 §3.7.3: of all but a POST that failed, where the resource is.
    expect(answers.map(({ location }) => location !== undefined)).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      true,
    ]);
    for (const { status, response } of answers) expect(response?.status ?? status).toBe(status);
  });

  it('is one request that counts what its operations did, with one line in the log', async () => {
    const counted = await startScimServer();
    const { id } = await counted.createUser('acme', 'ada@example.com');
    const { id: group } = await counted.createGroup('acme', 'Sales');
    counted.log.lines.length = 0;
    await sendBulk(counted, 'acme', [
      postUser('a', 'bob@example.com'),
      postUser('b', 'ADA@example.com'),
      patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: id }, { value: 'bulkId:a' }] }),
      patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false }),
      { method: 'DELETE', path: '/Users/bulkId:b' },
      patch(`/Users/${unknownId}`, { op: 'replace', path: 'active', value: false }),
    ]);
    const lines = counted.log.lines.filter(({ message }) => message.startsWith('request'));
    expect(lines).toMatchObject([
      {
        ...{ level: 'INFO', method: 'POST', route: 'Bulk', status: 200 },
        operations: { 200: 1, 201: 1, 204: 1, 404: 1, 409: 2 },
        accounting: { outcome: 'counted', tableCalls: { writeOne: 1 } },
      },
    ]);
    // A creation is one write; what is answered of a resource has been sent by the client, and is not read.
    counted.log.lines.length = 0;
    await sendBulk(counted, 'acme', [postUser('a', 'cay@example.com'), postUser('b', 'dan@example.com')]);
    expect(counted.log.lines.at(-1)).toMatchObject({ tableCalls: { write: 2 } });
    const { items } = await counted.table.query({ pk: 'T#acme#CYCLE#default' });
    expect(items).toMatchObject([
      {
        ...{ requests: 4, creates: 5, updates: 1, deactivations: 1, membersAdded: 2, failures: 3 },
        ...{ 'failed.409.uniqueness': 1, 'failed.409': 1, 'failed.404': 1 },
      },
    ]);
    await counted.close();
  });
});

describe('an unexpected failure of an operation', () => {
  it('is a bare 500 of that operation, and what was thrown is in the one line of the log', async () => {
    const table = await createTestTable();
    const broken = new ScimServer(table);
    await broken.start(['acme']);
    await broken.createUser('acme', 'ada@example.com');
    broken.log.lines.length = 0;
    const get = () => Promise.reject(new TypeError('personal-value is not iterable'));
    table.withMeter = () => ({
      ...table,
      get,
      query: (query) => table.query(query),
      write: (actions, options) => table.write(actions, options),
      writeOne: (action, options) => table.writeOne(action, options),
      withMeter: table.withMeter,
    });
    const answers = await sendBulk(broken, 'acme', [
      postUser('a', 'bob@example.com'),
      { method: 'DELETE', path: `/Users/${unknownId}` },
    ]);
    await broken.close();
    const lines = broken.log.lines.filter(({ message }) => message.startsWith('request'));
    expect(answers[1]?.response?.detail).toBe(
      `Internal error; the operator finds it under the request id ${lines[0]?.['requestId']}`,
    );
    expect(lines).toMatchObject([
      { level: 'ERROR', status: 200, operations: { 201: 1, 500: 1 }, failure: { name: 'TypeError' } },
    ]);
    expect(JSON.stringify([lines, answers])).not.toContain('personal-value');
  });
});

describe('failOnErrors', () => {
  const operations = (): readonly JsonObject[] => [
    ...Array.from({ length: 10 }, (_, n) => postUser(`ok-${n}`, `${randomUUID()}@example.com`)),
    { method: 'DELETE', path: `/Users/${unknownId}` },
    postUser('between', `${randomUUID()}@example.com`),
    { method: 'DELETE', path: `/Users/${unknownId}`, bulkId: 'second' },
    ...Array.from({ length: 10 }, (_, n) => postUser(`late-${n}`, `${randomUUID()}@example.com`)),
  ];

  it('stops with that many errors, and leaves out what was not performed', async () => {
    const one = await sendBulk(server, 'acme', operations(), { failOnErrors: 1 });
    expect(statusesOf(one)).toEqual([...Array(10).fill('201'), '404']);
    const two = await sendBulk(server, 'acme', operations(), { failOnErrors: 2 });
    expect(statusesOf(two).filter((status) => status === '404')).toHaveLength(2);
    expect(two.find(({ bulkId }) => bulkId === 'late-9')).toBeUndefined();
  });

  it('changes nothing where fewer fail', async () => {
    const three = await sendBulk(server, 'acme', operations(), { failOnErrors: 3 });
    expect(statusesOf(three)).toEqual(operations().map(({ method }) => (method === 'DELETE' ? '404' : '201')));
  });

  it('never lets more fail, whatever is under way at once', async () => {
    const failing = Array.from({ length: 40 }, () => ({ method: 'DELETE', path: `/Users/${randomUUID()}` }));
    const answers = await sendBulk(server, 'acme', failing, { failOnErrors: 5 });
    expect(statusesOf(answers)).toEqual(Array(5).fill('404'));
  });

  it('says of a creation that can then not be linked what is left of it', async () => {
    await server.createGroup('acme', 'In use');
    const circle = [postGroup('b', 'In use', ['bulkId:a']), postGroup('a', 'Stopped', ['bulkId:b'])];
    const answers = await sendBulk(server, 'acme', [...circle, postUser('u', 'never@example.com')], {
      failOnErrors: 1,
    });
    expect(answers.map(({ bulkId, status }) => [bulkId, status])).toEqual([
      ['b', '409'],
      ['a', '409'],
    ]);
    expect(answers[1]?.response?.detail).toContain(`Created as ${answers[1]?.location}`);
  });
});

describe('the limits of a bulk request', () => {
  const settings = { maxBulkOperations: 3, maxBulkBytes: 2_000 };
  let limited: ScimServer;

  beforeAll(async () => {
    limited = new ScimServer(await createTestTable());
    await limited.start(['acme', 'globex']);
    await configure(limited, settings);
  });

  afterAll(async () => {
    await limited.close();
  });

  async function configure({ table }: ScimServer, changes: Partial<TenantSettings>): Promise<void> {
    const operator = { principal: 'arn:aws:iam::000000000000:user/ops', requestId: 'r' };
    await changeSettings({ ...operator, table, now: () => new Date(), newId: randomUUID }, 'acme', changes);
  }

  it('are 413 that names them, and are those of the tenant', async () => {
    const four = [1, 2, 3, 4].map((n) => postUser(`u${n}`, `limit-${n}@example.com`));
    const many = await limited.send('acme', 'POST', '/Bulk', { body: bulkOf(four) });
    expect([many.status, many.json['detail']]).toEqual([413, expect.stringContaining('maxOperations of 3')]);
    expect(many.json['schemas']).toEqual(['urn:ietf:params:scim:api:messages:2.0:Error']);
    const large = bulkOf([postUser('u', 'large@example.com', { title: 'é'.repeat(1_000) })]);
    const refused = await limited.send('acme', 'POST', '/Bulk', { body: large });
    expect([refused.status, refused.json['detail']]).toEqual([413, expect.stringContaining('maxPayloadSize of 2000')]);
    expect(statusesOf(await sendBulk(limited, 'globex', four))).toEqual(['201', '201', '201', '201']);
    expect((await limited.send('globex', 'POST', '/Bulk', { body: large })).status).toBe(200);
    const { json } = await limited.send('acme', 'GET', '/ServiceProviderConfig');
    expect(json['bulk']).toEqual({ supported: true, maxOperations: 3, maxPayloadSize: 2_000 });
  });

  it('may be raised until no answer would fit: then failures say how they failed, and no longer why', async () => {
    const roomy = new ScimServer(await createTestTable());
    await roomy.start(['acme']);
    await configure(roomy, { maxBulkOperations: 2_000, maxBulkBytes: 4_194_304 });
    // Characters that take as many bytes as any in an answer within Lambda's answer, in all that is said back.
    const noId = (n: number) => `${n}`.padEnd(64, '"');
    const operations = Array.from({ length: 2_000 }, (_, n) =>
      postGroup(`${n}`.padEnd(120, '\u0001'), `Large ${n}`, [1, 2, 3, 4, 5].map(noId)),
    );
    const { status, text, json } = await roomy.send('acme', 'POST', '/Bulk', { body: bulkOf(operations) });
    await roomy.close();
    expect(status).toBe(200);
    expect(Buffer.byteLength(JSON.stringify(text))).toBeLessThan(6_000_000);
    expect(json['Operations']).toHaveLength(2_000);
    expect(json['Operations']).toMatchObject([
      {
        status: '400',
        response: { status: '400', scimType: 'invalidValue', detail: expect.stringMatching(/no room/) },
      },
      ...Array(1_999).fill({ status: '400' }),
    ]);
  });

  it('are 1,000 operations and 1 MiB unless set otherwise', async () => {
    const operations = Array.from({ length: 1_001 }, () => ({ method: 'DELETE', path: '/Users/x' }));
    const { status, json } = await server.send('acme', 'POST', '/Bulk', { body: bulkOf(operations) });
    expect([status, json['detail']]).toEqual([413, expect.stringContaining('maxOperations of 1000')]);
    const body = bulkOf([postUser('u', 'large@example.com', { title: 'x'.repeat(1_048_576) })]);
    const large = await server.send('acme', 'POST', '/Bulk', { body });
    expect([large.status, large.json['detail']]).toEqual([413, expect.stringContaining('1048576')]);
  });
});

describe("another tenant's resources", () => {
  it('are unknown to every operation', async () => {
    const { id } = await server.createUser('globex', 'theirs@example.com');
    const { id: group } = await server.createGroup('globex', 'Theirs');
    const answers = await bulk(
      { method: 'PUT', path: `/Users/${id}`, data: { userName: 'mine@example.com' } },
      patch(`/Groups/${group}`, { op: 'replace', path: 'displayName', value: 'Mine' }),
      { method: 'DELETE', path: `/Users/${id}` },
      postGroup('a', 'With theirs', [id]),
    );
    expect(statusesOf(answers)).toEqual(['404', '404', '404', '400']);
    expect((await server.send('globex', 'GET', `/Users/${id}`)).json['userName']).toBe('theirs@example.com');
    const crossed = await server.send('globex', 'POST', '/Bulk', {
      body: bulkOf([postUser('a', 'x@example.com')]),
      token: server.tokenOf('acme'),
    });
    expect(crossed.status).toBe(403);
  });
});
