import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patchOf, type ScimServer, startScimServer } from '../../helpers/scim-server.ts';

let server: ScimServer;

beforeAll(async () => {
  server = await startScimServer();
});

afterAll(async () => {
  await server.close();
});

describe('POST /Users', () => {
  it('answers 201 with the whole resource, Location and ETag', async () => {
    const body = { userName: 'new@example.com', password: 'hunter2', groups: [], title: null };
    const { status, headers, json, text } = await server.send('acme', 'POST', '/Users', { body });
    expect(status).toBe(201);
    expect(headers.location).toBe(`${server.tenantUrl('acme')}/Users/${json['id']}`);
    expect(json).toMatchObject({ userName: 'new@example.com', meta: { location: headers.location, version: 'W/"1"' } });
    expect(headers.etag).toBe('W/"1"');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(text).not.toContain('hunter2');
  });

  it('keeps Location where attributes leaves meta out', async () => {
    const body = { userName: 'small@example.com' };
    const { headers, json } = await server.send('acme', 'POST', '/Users?attributes=userName', { body });
    expect(Object.keys(json).sort()).toEqual(['id', 'schemas', 'userName']);
    expect(headers.location).toContain(String(json['id']));
  });
});

describe('PATCH', () => {
  it('of a user answers 200 with the user', async () => {
    const { id } = await server.createUser('acme', 'patch@example.com');
    const body = patchOf({ op: 'Replace', path: 'active', value: 'False' });
    const { status, json } = await server.send('acme', 'PATCH', `/Users/${id}`, { body });
    expect([status, json['active']]).toEqual([200, false]);
  });

  it('of a group answers 204, unless the query asks for the group', async () => {
    const { id } = await server.createGroup('acme', 'Patched');
    const body = patchOf({ op: 'replace', value: { displayName: 'Patched again' } });
    const silent = await server.send('acme', 'PATCH', `/Groups/${id}`, { body });
    expect([silent.status, silent.text]).toEqual([204, '']);
    const asked = await server.send('acme', 'PATCH', `/Groups/${id}?attributes=displayName`, { body });
    expect(asked.status).toBe(200);
    expect(asked.json).toMatchObject({ id, displayName: 'Patched again' });
    expect(asked.json).not.toHaveProperty('members');
    const without = await server.send('acme', 'PATCH', `/Groups/${id}?excludedAttributes=members`, { body });
    expect(without.status).toBe(200);
  });
});

describe('PUT and DELETE', () => {
  it('answer 200 with the resource and 204 without', async () => {
    const { id } = await server.createUser('acme', 'put@example.com');
    const put = await server.send('acme', 'PUT', `/Users/${id}`, {
      body: { userName: 'put@example.com', title: 'Dr' },
    });
    expect([put.status, put.json['title']]).toEqual([200, 'Dr']);
    const gone = await server.send('acme', 'DELETE', `/Users/${id}`);
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect((await server.send('acme', 'GET', `/Users/${id}`)).status).toBe(404);
    expect((await server.send('acme', 'DELETE', `/Users/${id}`)).status).toBe(404);
  });
});

describe('GET /Users', () => {
  it('finds by a filter however blanks and signs are encoded', async () => {
    await server.createUser('acme', 'ada+x@example.com');
    for (const filter of [
      'userName%20eq%20%22ada%2Bx%40example.com%22',
      'userName+eq+%22ada%2bx@example.com%22',
      'userName%20eq%20"ADA%2BX@example.com"',
    ]) {
      const { json } = await server.send('acme', 'GET', `/Users?filter=${filter}&aadOptscim062020`);
      expect(json).toMatchObject({ totalResults: 1, itemsPerPage: 1, startIndex: 1 });
    }
  });

  it('answers an empty list, never 404, where nothing matches', async () => {
    const { status, json } = await server.send('acme', 'GET', '/Users?filter=userName%20eq%20%22nobody%22');
    expect(status).toBe(200);
    expect(json).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 0,
      itemsPerPage: 0,
      startIndex: 1,
      Resources: [],
    });
  });

  it('answers fewer than asked for where more would not fit into an answer', async () => {
    const title = 'x'.repeat(65_000);
    for (let i = 0; i < 100; i++) await server.createUser('acme', `large-${i}@example.com`, { title });
    const { status, json, text } = await server.send('acme', 'GET', '/Users?filter=title%20pr&count=100');
    expect(status).toBe(200);
    expect(json['totalResults']).toBeGreaterThanOrEqual(100);
    expect(json['itemsPerPage']).toBeGreaterThan(0);
    expect(json['itemsPerPage']).toBeLessThan(100);
    expect(Buffer.byteLength(text)).toBeLessThan(6_000_000);
  });
});

describe('discovery', () => {
  it('answers each resource type and schema under the location that it names', async () => {
    for (const path of ['/ResourceTypes', '/Schemas']) {
      const { status, json } = await server.send('acme', 'GET', path);
      expect(status).toBe(200);
      const resources = Object(json['Resources']);
      expect(resources.length).toBe(json['totalResults']);
      for (const resource of resources) {
        const location = String(resource.meta.location);
        expect(location.startsWith(server.tenantUrl('acme'))).toBe(true);
        const single = await server.send('acme', 'GET', location.slice(server.tenantUrl('acme').length));
        expect(single.json).toEqual(resource);
      }
    }
  });

  it('finds a schema by its URN in any case, its colons encoded or not', async () => {
    for (const urn of [
      'urn:ietf:params:scim:schemas:core:2.0:user',
      'urn%3Aietf%3Aparams%3Ascim%3Aschemas%3Acore%3A2.0%3AUser',
    ]) {
      expect((await server.send('acme', 'GET', `/Schemas/${urn}`)).status).toBe(200);
    }
  });

  it('declares what the tenant is served', async () => {
    const { json } = await server.send('acme', 'GET', '/ServiceProviderConfig');
    expect(json).toMatchObject({ patch: { supported: true }, bulk: { supported: true }, sort: { supported: true } });
  });
});

describe('a Tenant URL that was entered untidily', () => {
  it.each(['//Users', '/Users/', '//Users//'])('does no harm: %s', async (path) => {
    expect((await server.send('acme', 'GET', path)).status).toBe(200);
  });

  it('does none by a Host header that is not ours either', async () => {
    const { json } = await server.send('acme', 'GET', '/ServiceProviderConfig', { headers: { Host: 'evil.example' } });
    expect(JSON.stringify(json)).not.toContain('evil.example');
  });
});
