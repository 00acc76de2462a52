import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { patchOf, type ScimServer, startScimServer } from '../../helpers/scim-server.ts';

let server: ScimServer;
let path: string;
let userName: string;
let count = 0;

beforeAll(async () => {
  server = await startScimServer();
});

beforeEach(async () => {
  count += 1;
  userName = `ada-${count}@example.com`;
  path = `/Users/${(await server.createUser('acme', userName)).id}`;
});

afterAll(async () => {
  await server.close();
});

const send = (method: string, headers: Readonly<Record<string, string>>, body?: object, query = '') =>
  server.send('acme', method, `${path}${query}`, {
    headers,
    ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }),
  });
const rename = patchOf({ op: 'replace', path: 'title', value: 'Dr' });
/** Without what is derived: `groups`, and the manager's name. */
const own = '?attributes=userName,title';

describe('ETag', () => {
  it('is the version of meta, and moves with each change alone', async () => {
    const first = await send('GET', {});
    expect(first.headers.etag).toBe('W/"1"');
    expect(first.json).toMatchObject({ meta: { version: 'W/"1"' } });
    const patched = await send('PATCH', {}, rename);
    expect(patched.headers.etag).toBe('W/"2"');
    expect((await send('PATCH', {}, rename)).headers.etag).toBe('W/"2"');
    expect((await send('PUT', {}, { userName, title: 'Dr' })).headers.etag).toBe('W/"2"');
  });
});

describe('If-None-Match on GET', () => {
  it.each(['W/"1"', '"1"', '*', 'W/"7", W/"1"'])(
    'answers 304 without a body where %s is the version',
    async (version) => {
      const { status, headers, text } = await send('GET', { 'If-None-Match': version }, undefined, own);
      expect([status, text]).toEqual([304, '']);
      expect(headers.etag).toBe('W/"1"');
    },
  );

  it('answers 200 for another version', async () => {
    expect((await send('GET', { 'If-None-Match': 'W/"9"' }, undefined, own)).status).toBe(200);
  });

  it('answers 200 where derived attributes are returned, which change without the version', async () => {
    const id = path.slice('/Users/'.length);
    const known = await send('GET', {});
    await server.createGroup('acme', `Group ${count}`, { members: [{ value: id }] });
    const again = await send('GET', { 'If-None-Match': String(known.headers.etag) });
    expect(again.status).toBe(200);
    expect(again.json).toMatchObject({ groups: [{ display: `Group ${count}` }] });
  });
});

describe('If-Match', () => {
  it.each([
    ['PATCH', rename],
    ['PUT', { userName: 'x', title: 'Dr' }],
    ['DELETE', undefined],
    ['GET', undefined],
  ] as const)('lets %s through for the present version and refuses any other with 412', async (method, body) => {
    const refused = await send(method, { 'If-Match': 'W/"9"' }, body);
    expect(refused.status).toBe(412);
    expect(refused.json).toMatchObject({ status: '412' });
    expect((await send('GET', {})).json).toMatchObject({ meta: { version: 'W/"1"' } });
    const changed = body !== undefined && 'userName' in body ? { ...body, userName } : body;
    expect([200, 204]).toContain((await send(method, { 'If-Match': 'W/"1"' }, changed)).status);
  });

  it('names any version by *', async () => {
    expect((await send('PATCH', { 'If-Match': '*' }, rename)).status).toBe(200);
  });

  it('is 404, not 412, for a resource that is not there', async () => {
    path = '/Users/00000000-0000-4000-8000-000000000000';
    expect((await send('PATCH', { 'If-Match': 'W/"1"' }, rename)).status).toBe(404);
  });
});

describe('If-None-Match on a write', () => {
  it('refuses the version that it names, and lets any other pass', async () => {
    expect((await send('PUT', { 'If-None-Match': '*' }, { userName })).status).toBe(412);
    expect((await send('PATCH', { 'If-None-Match': 'W/"1"' }, rename)).status).toBe(412);
    expect((await send('PATCH', { 'If-None-Match': 'W/"7"' }, rename)).status).toBe(200);
    expect((await send('DELETE', { 'If-None-Match': 'W/"2"' })).status).toBe(412);
  });
});
