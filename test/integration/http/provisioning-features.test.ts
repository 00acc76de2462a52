import { afterEach, describe, expect, it } from 'vitest';
import type { ProvisioningFeatures } from '../../../directory/context.ts';
import { applicationKey } from '../../../directory/store/tenant-keys.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { patchOf, ScimServer } from '../../helpers/scim-server.ts';
import { playSmall } from '../../helpers/small-replay.ts';
import { createTestTable } from '../../helpers/tables.ts';

const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

let server: ScimServer;

afterEach(async () => {
  await server.close();
});

/** A server whose one application has these features off. */
async function start(...off: readonly (keyof ProvisioningFeatures)[]): Promise<void> {
  server = new ScimServer(await createTestTable());
  await server.start(['acme']);
  const features = Object.fromEntries(off.map((name) => [name, false]));
  await server.table.writeOne({ kind: 'update', key: applicationKey('acme', 'default'), set: { features } });
}

async function idsAt(path: string): Promise<readonly unknown[]> {
  const { status, json } = await server.send('acme', 'GET', path);
  expect(status).toBe(200);
  return (json['Resources'] as readonly JsonObject[] | undefined)?.map(({ id }) => id) ?? [];
}

describe('with groups off', () => {
  it('Group is missing where resource types and schemas are told', async () => {
    await start('groups');
    expect(await idsAt('/ResourceTypes')).toEqual(['User']);
    expect(await idsAt('/Schemas')).not.toContain(GROUP_SCHEMA);
    expect((await idsAt('/Schemas')).length).toBeGreaterThan(3);
  });

  it.each([
    ['GET', '/Groups', undefined],
    ['GET', '/Groups?filter=displayName%20eq%20%22Sales%22&excludedAttributes=members', undefined],
    ['POST', '/Groups/.search', { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] }],
  ] as const)('%s %s answers an empty list', async (method, path, body) => {
    await start('groups');
    const { status, json } = await server.send('acme', method, path, { body });
    expect([status, json['totalResults']]).toEqual([200, 0]);
  });

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])('%s of a group is refused with 400, whatever it says', async (method) => {
    await start('groups');
    const body =
      method === 'PATCH' ? patchOf({ op: 'replace', path: 'displayName', value: 'x' }) : { displayName: 'x' };
    for (const headers of [{}, { 'If-None-Match': '*' }, { 'If-Match': 'W/"1"' }]) {
      const options = { headers, ...(method === 'GET' || method === 'DELETE' ? {} : { body }) };
      const { status, json } = await server.send(
        'acme',
        method,
        '/Groups/2819c223-7f76-453a-919d-413861904646',
        options,
      );
      expect([status, json['detail']]).toEqual([400, expect.stringContaining('"groups" is switched off')]);
    }
  });

  it('users go on syncing: a replay ends with every user as it was sent, and not a group', async () => {
    await start('groups');
    for (const client of ['entra', 'okta']) {
      const report = await playSmall(server.tenantUrl('acme'), [
        ...['--token', server.tokenOf('acme'), '--client', client, '--cycles', '2', '--seed', client, '--keep'],
      ]);
      const faults = report.errors.filter(({ check }) => check !== 'discovery');
      expect(faults.length).toBeGreaterThan(0);
      for (const { request, samples } of faults) {
        expect(request).toMatch(/ \/Groups/);
        for (const sample of samples) expect(sample).toContain('got 400: The provisioning feature "groups"');
      }
      expect(report.finalState).toMatchObject({ users: expect.any(Number), groups: 0, differences: [] });
      expect(report.finalState?.users).toBeGreaterThan(10);
    }
    expect(await idsAt('/Groups')).toEqual([]);
  });
});

describe('within a bulk request', () => {
  it('what is off is refused operation by operation, and the others are done', async () => {
    await start('groups', 'delete');
    const { id } = await server.createUser('acme', 'ada@example.com');
    const { status, json } = await server.send('acme', 'POST', '/Bulk', {
      body: {
        schemas: [BULK],
        Operations: [
          { method: 'POST', path: '/Groups', bulkId: 'g', data: { displayName: 'Sales' } },
          { method: 'DELETE', path: `/Users/${id}` },
          { method: 'POST', path: '/Users', bulkId: 'u', data: { userName: 'bob@example.com' } },
        ],
      },
    });
    const outcomes = (json['Operations'] as readonly JsonObject[]).map(({ status: own, response }) => [
      own,
      (response as JsonObject | undefined)?.['detail'],
    ]);
    expect(status).toBe(200);
    expect(outcomes).toEqual([
      ['400', expect.stringContaining('"groups"')],
      ['400', expect.stringContaining('"delete"')],
      ['201', undefined],
    ]);
    expect((await server.send('acme', 'GET', `/Users/${id}`)).status).toBe(200);
  });
});

describe('with delete off', () => {
  it('DELETE of a user who is there is refused, and of one who is gone answered 404 as ever', async () => {
    await start('delete');
    const { json } = await server.send('acme', 'POST', '/Users', { body: { userName: 'ada' } });
    const refused = await server.send('acme', 'DELETE', `/Users/${json['id']}`);
    expect([refused.status, refused.json['detail']]).toEqual([
      400,
      expect.stringContaining('"delete" is switched off'),
    ]);
    expect((await server.send('acme', 'GET', `/Users/${json['id']}`)).status).toBe(200);
    const gone = await server.send('acme', 'DELETE', '/Users/2819c223-7f76-453a-919d-413861904646');
    expect(gone.status).toBe(404);
  });
});
