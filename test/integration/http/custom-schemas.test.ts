import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../scim/json.ts';
import { AdminApi } from '../../helpers/admin-api.ts';
import { ACME_USER, readDocumentedSchema } from '../../helpers/custom-schema.ts';
import { readDocumentedBody } from '../../helpers/documented-requests.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { patchOf, type ScimServer, startScimServer } from '../../helpers/scim-server.ts';

const ENTRA_EXTENSION = 'urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User';
const TEAM = 'urn:example:acme:team';

const tag: JsonObject = {
  id: ENTRA_EXTENSION,
  name: 'CustomExtensionName',
  description: 'What Entra sends beside the standard.',
  attributes: [{ name: 'tag', description: 'A tag.' }],
};
const team: JsonObject = {
  id: TEAM,
  name: 'Team',
  description: 'Of groups.',
  attributes: [{ name: 'lead', description: 'Who leads it.' }],
};

let server: ScimServer;

beforeAll(async () => {
  server = await startScimServer(['acme', 'globex']);
  const admin = new AdminApi(server.table, new MemoryVault());
  const path = { tenant: 'acme' };
  await admin.ok('addSchema', { path, body: { document: readDocumentedSchema() } });
  await admin.ok('addSchema', { path, body: { document: tag } });
  await admin.ok('addSchema', { path, body: { document: team, resourceTypes: ['Group'] } });
});

afterAll(async () => {
  await server.close();
});

let users = 0;

async function createUser(data: JsonValue, tenant = 'acme') {
  users += 1;
  return await server.createUser(tenant, `user-${users}@example.com`, { [ACME_USER]: data });
}

async function get(id: string, query = '', tenant = 'acme'): Promise<JsonObject> {
  const { status, json } = await server.send(tenant, 'GET', `/Users/${id}${query}`);
  expect(status).toBe(200);
  return json;
}

async function patch(id: string, ...operations: readonly JsonValue[]) {
  return await server.send('acme', 'PATCH', `/Users/${id}`, { body: patchOf(...operations) });
}

async function find(filter: string, tenant = 'acme') {
  return await server.send(tenant, 'GET', `/Users?filter=${encodeURIComponent(filter)}`);
}

describe('discovery of a registered schema', () => {
  it('shows it in /Schemas, whole and by its URN in any case', async () => {
    const { json } = await server.send('acme', 'GET', '/Schemas');
    const listed = json['Resources'] as readonly JsonObject[];
    expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining([ACME_USER, ENTRA_EXTENSION, TEAM]));
    const one = await server.send('acme', 'GET', `/Schemas/${ACME_USER.toUpperCase()}`);
    expect([one.status, one.json]).toEqual([200, listed.find(({ id }) => id === ACME_USER)]);
    expect(one.json).toMatchObject({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
      name: 'AcmeUser',
      attributes: [{ name: 'costCode', type: 'string', required: false }, {}, { subAttributes: [{}, {}] }, {}],
      meta: { resourceType: 'Schema', location: `${server.tenantUrl('acme')}/Schemas/${ACME_USER}` },
    });
  });

  it('names it in /ResourceTypes of the type that it extends, and no other', async () => {
    const extensionsOf = async (type: string) =>
      (await server.send('acme', 'GET', `/ResourceTypes/${type}`)).json['schemaExtensions'];
    expect(await extensionsOf('User')).toEqual(
      expect.arrayContaining([
        { schema: ACME_USER, required: false },
        { schema: ENTRA_EXTENSION, required: false },
      ]),
    );
    expect(await extensionsOf('Group')).toEqual([{ schema: TEAM, required: false }]);
  });
});

describe('attributes of a registered schema', () => {
  it('are kept, in the spelling of the schema, and listed in schemas', async () => {
    const data = {
      COSTCODE: 'K-1',
      clearance: 3,
      badge: { number: 'B7', validUntil: '2027-01-01T00:00:00Z' },
      sites: [{ value: 'Berlin', type: 'main', primary: 'True' }],
      unknown: 'ignored',
    };
    const created = await createUser(data);
    expect(created['schemas']).toEqual(['urn:ietf:params:scim:schemas:core:2.0:User', ACME_USER]);
    expect(created[ACME_USER]).toEqual({
      costCode: 'K-1',
      clearance: 3,
      badge: { number: 'B7', validUntil: '2027-01-01T00:00:00Z' },
      sites: [{ value: 'Berlin', type: 'main', primary: true }],
    });
    expect(await get(created.id)).toEqual(created);
  });

  it.each([
    [{ clearance: 'three' }, 'clearance: expected an integer'],
    [{ costCode: ['K-1'] }, 'costCode: expected a string'],
    [{ badge: { validUntil: 'tomorrow' } }, 'badge.validUntil: expected a date and time'],
    [{ sites: 'Berlin' }, 'sites: expected a list'],
    ['K-1', 'expected an object'],
  ])('are checked: %j', async (data, detail) => {
    const body = { userName: 'nobody@example.com', [ACME_USER]: data };
    const { status, json } = await server.send('acme', 'POST', '/Users', { body });
    expect([status, json['scimType']]).toEqual([400, 'invalidValue']);
    expect(json['detail']).toContain(detail);
  });

  it('are changed by a PATCH with a path, with a value path and without a path', async () => {
    const { id } = await createUser({ costCode: 'K-1', sites: [{ value: 'Berlin', type: 'main' }] });
    const { status, json } = await patch(
      id,
      { op: 'replace', path: `${ACME_USER}:costCode`, value: 'K-2' },
      { op: 'add', path: `${ACME_USER}:badge.number`, value: 'B8' },
      { op: 'replace', path: `${ACME_USER}:sites[type eq "main"].value`, value: 'Hamburg' },
      { op: 'add', path: `${ACME_USER}:sites[type eq "other"].value`, value: 'Bremen' },
      {
        op: 'replace',
        value: { [ACME_USER]: { clearance: 5 }, [`${ACME_USER}:badge.validUntil`]: '2027-01-01T00:00:00Z' },
      },
    );
    expect(status).toBe(200);
    expect(json[ACME_USER]).toEqual({
      costCode: 'K-2',
      clearance: 5,
      badge: { number: 'B8', validUntil: '2027-01-01T00:00:00Z' },
      sites: [
        { value: 'Hamburg', type: 'main' },
        { value: 'Bremen', type: 'other' },
      ],
    });
    const cleared = await patch(
      id,
      { op: 'remove', path: `${ACME_USER}:sites[type eq "main"]` },
      { op: 'remove', path: `${ACME_USER}:badge` },
      { op: 'replace', path: `${ACME_USER}:clearance`, value: null },
    );
    expect(cleared.json[ACME_USER]).toEqual({ costCode: 'K-2', sites: [{ value: 'Bremen', type: 'other' }] });
    const gone = await patch(id, { op: 'remove', path: ACME_USER });
    expect([gone.status, gone.json[ACME_USER], gone.json['schemas']]).toEqual([
      200,
      undefined,
      ['urn:ietf:params:scim:schemas:core:2.0:User'],
    ]);
  });

  it('are refused by a PATCH that is wrong, in words', async () => {
    const { id } = await createUser({ costCode: 'K-1' });
    for (const [operation, scimType] of [
      [{ op: 'replace', path: `${ACME_USER}:nothing`, value: 'x' }, 'invalidPath'],
      [{ op: 'replace', path: `${ACME_USER}:clearance`, value: 1.5 }, 'invalidValue'],
      [{ op: 'replace', path: `${ACME_USER}:sites[floor eq 1].value`, value: 'x' }, 'invalidFilter'],
    ] as const) {
      const { status, json } = await patch(id, operation);
      expect([status, json['scimType']]).toEqual([400, scimType]);
    }
    expect((await get(id))[ACME_USER]).toEqual({ costCode: 'K-1' });
  });

  it('are replaced by a PUT', async () => {
    const { id, userName } = await createUser({ costCode: 'K-1', clearance: 1 });
    const put = await server.send('acme', 'PUT', `/Users/${id}`, {
      body: { userName: String(userName), [ACME_USER]: { clearance: 2 } },
    });
    expect([put.status, put.json[ACME_USER]]).toEqual([200, { clearance: 2 }]);
  });

  it.each([
    [`${ACME_USER}:costCode eq "f-COST"`, 1],
    ['costCode sw "F-"', 1],
    [`${ACME_USER}:clearance ge 40`, 1],
    ['clearance gt 41', 0],
    [`${ACME_USER}:badge.validUntil lt "2020-01-01T00:00:00Z" and clearance pr`, 1],
    ['badge.number eq "f-badge"', 0],
    [`${ACME_USER}:sites[value eq "Fulda" and primary eq true]`, 1],
    ['sites.value co "uld"', 1],
    ['sites eq "Fulda"', 1],
  ])('are filtered by: %s', async (filter, totalResults) => {
    const { json } = await find('clearance eq 41');
    if (json['totalResults'] === 0) {
      const badge = { number: 'F-badge', validUntil: '2019-01-01T00:00:00Z' };
      await createUser({ costCode: 'F-cost', clearance: 41, badge, sites: [{ value: 'Fulda', primary: true }] });
    }
    const found = await find(filter);
    expect([found.status, found.json['totalResults']]).toEqual([200, totalResults]);
  });

  it('are refused in a filter of another type, or on what is not there', async () => {
    for (const filter of ['clearance eq "41"', `${ACME_USER}:nothing pr`, `${ACME_USER}x:costCode pr`]) {
      const { status, json } = await find(filter);
      expect([status, json['scimType']]).toEqual([400, 'invalidFilter']);
    }
  });

  it('are selected by attributes and excludedAttributes', async () => {
    const { id } = await createUser({ costCode: 'K-1', clearance: 1, badge: { number: 'B1' } });
    const selected = async (query: string) => (await get(id, query))[ACME_USER];
    expect(await selected(`?attributes=${ACME_USER}:costCode`)).toEqual({ costCode: 'K-1' });
    expect(await selected('?attributes=badge.number')).toEqual({ badge: { number: 'B1' } });
    expect(await selected(`?attributes=${ACME_USER}`)).toEqual({
      costCode: 'K-1',
      clearance: 1,
      badge: { number: 'B1' },
    });
    expect(await selected(`?excludedAttributes=${ACME_USER}:badge,clearance`)).toEqual({ costCode: 'K-1' });
    expect(await selected(`?excludedAttributes=${ACME_USER}`)).toBeUndefined();
  });

  it('are those of groups where it extends groups', async () => {
    const { id } = await server.createGroup('acme', 'Led', { [TEAM]: { lead: 'Ada' }, [ACME_USER]: { costCode: 'x' } });
    const { json } = await server.send('acme', 'GET', `/Groups/${id}`);
    expect([json[TEAM], json[ACME_USER]]).toEqual([{ lead: 'Ada' }, undefined]);
    const path = `${TEAM}:lead`;
    const patched = await server.send('acme', 'PATCH', `/Groups/${id}`, {
      body: patchOf({ op: 'replace', path, value: 'Bob' }),
    });
    expect(patched.status).toBe(204);
    const filter = encodeURIComponent(`${path} eq "bob"`);
    expect((await server.send('acme', 'GET', `/Groups?filter=${filter}`)).json['totalResults']).toBe(1);
  });
});

describe('what Entra sends of a custom extension', () => {
  it('is taken in both dialects, though the URN is in no list of schemas', async () => {
    const created = await server.send('acme', 'POST', '/Users', {
      body: readDocumentedBody('entra/custom-extension', 'create a user'),
    });
    expect([created.status, created.json[ENTRA_EXTENSION]]).toEqual([201, { tag: '701984' }]);
    const update = async (shows: string) => {
      const body = readDocumentedBody('entra/custom-extension', shows);
      return await server.send('acme', 'PATCH', `/Users/${String(created.json['id'])}`, { body });
    };
    expect((await update('update without the flag')).json[ENTRA_EXTENSION]).toEqual({ tag: '701985' });
    expect((await update('update with the flag')).json).toMatchObject({
      displayName: 'Ada M',
      [ENTRA_EXTENSION]: { tag: '701986' },
    });
    for (let again = 0; again < 2; again++) {
      const cleared = await update('clear');
      expect([cleared.status, cleared.json[ENTRA_EXTENSION]]).toEqual([200, undefined]);
    }
  });
});

describe('a tenant without the schema', () => {
  it('neither shows nor stores anything of it', async () => {
    const created = await createUser({ costCode: 'K-1' }, 'globex');
    expect(created[ACME_USER]).toBeUndefined();
    expect((await server.send('globex', 'GET', '/Schemas')).text).not.toContain('acme');
    expect((await server.send('globex', 'GET', `/Schemas/${ACME_USER}`)).status).toBe(404);
    expect((await find(`${ACME_USER}:costCode pr`, 'globex')).status).toBe(400);
    const items = await server.table.query({ pk: 'T#globex#User' });
    expect(JSON.stringify(items)).not.toContain('K-1');
  });
});
