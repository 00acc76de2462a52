import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../../lambda/contract/routes.ts';
import { patchOf, type ScimServer, startScimServer } from '../../helpers/scim-server.ts';

const unknownId = '00000000-0000-4000-8000-000000000000';

let server: ScimServer;
let userId: string;
let groupId: string;

beforeAll(async () => {
  server = await startScimServer(['acme', 'globex']);
  userId = (await server.createUser('acme', 'ada@acme.example', { externalId: 'e-1' })).id;
  groupId = (await server.createGroup('acme', 'Acme sales', { members: [{ value: userId }] })).id;
});

afterAll(async () => {
  await server.close();
});

const bodies: Readonly<Record<string, object>> = {
  POST: { userName: 'x', displayName: 'x' },
  PUT: { userName: 'x', displayName: 'x' },
  PATCH: patchOf({ op: 'replace', path: 'displayName', value: 'taken over' }),
};

function bodyOf(method: string) {
  const body = bodies[method];
  return body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) };
}

const requests = routes.flatMap(({ path, methods }) =>
  ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
    .filter((method) => methods.length === 0 || methods.includes(method))
    .map((method) => [method, `/${path}`] as const),
);

describe("another tenant's token", () => {
  it.each(requests)('is 403 at %s %s, whatever the id', async (method, path) => {
    const token = server.tokenOf('globex');
    const answers = [];
    for (const id of [userId, groupId, unknownId, 'User']) {
      const target = path.replace('{id}', id).replace('{proxy+}', id);
      answers.push(await server.send('acme', method, target, { ...bodyOf(method), token }));
    }
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(403);
    expect(answers[0]?.text).not.toMatch(/acme/i);
  });

  it('left everything as it was', async () => {
    const user = await server.send('acme', 'GET', `/Users/${userId}`);
    expect(user.json).toMatchObject({ userName: 'ada@acme.example', meta: { version: 'W/"1"' } });
  });
});

describe("another tenant's ids", () => {
  it.each([
    ['GET', 'Users'],
    ['PUT', 'Users'],
    ['PATCH', 'Users'],
    ['DELETE', 'Users'],
    ['GET', 'Groups'],
    ['PUT', 'Groups'],
    ['PATCH', 'Groups'],
    ['DELETE', 'Groups'],
  ])('get the same 404 as an unknown id: %s /%s/{id}', async (method, collection) => {
    const foreignId = collection === 'Users' ? userId : groupId;
    const foreign = await server.send('globex', method, `/${collection}/${foreignId}`, bodyOf(method));
    const unknown = await server.send('globex', method, `/${collection}/${unknownId}`, bodyOf(method));
    expect(foreign.status).toBe(404);
    expect(foreign.text.replace(foreignId, unknownId)).toBe(unknown.text);
  });

  it('are found by no filter', async () => {
    for (const filter of [
      `id eq "${userId}"`,
      'userName eq "ada@acme.example"',
      'externalId eq "e-1"',
      'userName pr',
      `groups.value eq "${groupId}"`,
    ]) {
      const { status, json } = await server.send('globex', 'GET', `/Users?filter=${encodeURIComponent(filter)}`);
      expect([status, json['totalResults']]).toEqual([200, 0]);
    }
    const members = encodeURIComponent(`id eq "${groupId}" and members eq "${userId}"`);
    expect((await server.send('globex', 'GET', `/Groups?filter=${members}`)).json['totalResults']).toBe(0);
  });

  it('cannot be made members, nor be told from unknown ones by trying', async () => {
    const { id } = await server.createGroup('globex', 'Probe');
    const add = (value: string) =>
      server.send('globex', 'PATCH', `/Groups/${id}`, {
        body: patchOf({ op: 'add', path: 'members', value: [{ value }] }),
      });
    const foreign = await add(userId);
    const unknown = await add(unknownId);
    expect(foreign.status).toBe(unknown.status);
    expect(foreign.text.replaceAll(userId, unknownId)).toBe(unknown.text);
    const group = await server.send('globex', 'GET', `/Groups/${id}`);
    expect(group.text).not.toContain(userId);
  });

  it('reveal no name as a manager', async () => {
    const manager = { value: userId };
    const enterprise = { 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { manager } };
    const { id } = await server.createUser('globex', 'bob@globex.example', enterprise);
    expect((await server.send('globex', 'GET', `/Users/${id}`)).text).not.toContain('ada@acme.example');
  });

  it('do not keep another tenant from using the same names', async () => {
    await expect(server.createUser('globex', 'ada@acme.example', { externalId: 'e-1' })).resolves.toBeDefined();
    await expect(server.createGroup('globex', 'Acme sales')).resolves.toBeDefined();
  });
});

describe('no token', () => {
  it.each(requests)('is 401 with a challenge at %s %s', async (method, path) => {
    for (const authorization of ['', 'non-token', 'Bearer x']) {
      const { status, headers, json } = await server.send('acme', method, path.replace('{proxy+}', 'Robots'), {
        headers: { Authorization: authorization },
      });
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toMatch(/^Bearer /);
      expect(json).toMatchObject({ status: '401', detail: expect.stringContaining('secret token') });
    }
  });
});
