import { describe, expect, it } from 'vitest';
import { resourceKey } from '../../../directory/store/keys.ts';
import { schemaKey } from '../../../directory/store/tenant-keys.ts';
import type { JsonValue } from '../../../scim/json.ts';
import { AdminApi } from '../../helpers/admin-api.ts';
import { ACME_USER, readDocumentedSchema } from '../../helpers/custom-schema.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { patchOf, ScimServer } from '../../helpers/scim-server.ts';
import { allIn, createTestTable } from '../../helpers/tables.ts';

describe('values that the schema of today does not describe', () => {
  it.each<[string, JsonValue]>([
    ['of other types', { costCode: { a: [1] }, clearance: 'x', badge: 'x', sites: { value: null } }],
    ['in lists that should be single', { costCode: ['a', 'b'], badge: [{ number: 1 }], sites: [['x'], 'y', null] }],
    ['that is no object', 'x'],
    ['that is null', null],
  ])('cause no server error: data %s', async (_what, data) => {
    const table = await createTestTable();
    const other = new ScimServer(table);
    await other.start(['acme']);
    try {
      const admin = new AdminApi(table, new MemoryVault());
      await admin.ok('addSchema', { path: { tenant: 'acme' }, body: { document: readDocumentedSchema() } });
      const { id } = await other.createUser('acme', 'stale@example.com', { [ACME_USER]: { costCode: 'K-1' } });
      const key = resourceKey('acme', 'User', id);
      const item = await table.get(key);
      const attributes = { userName: 'stale@example.com', [ACME_USER]: data };
      await table.writeOne({ kind: 'put', item: { ...item, ...key, attributes } });

      const send = async (method: string, path: string, body?: JsonValue) =>
        (await other.send('acme', method, path, body === undefined ? {} : { body })).status;
      const filters = [
        'costCode eq "K-1"',
        'clearance gt 1',
        'badge.number pr',
        'sites[value eq "x"]',
        'not (badge pr)',
      ];
      const statuses = [
        await send('GET', `/Users/${id}`),
        await send('GET', `/Users/${id}?attributes=badge.number,sites.value`),
        ...(await Promise.all(filters.map((filter) => send('GET', `/Users?filter=${encodeURIComponent(filter)}`)))),
        await send('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'title', value: 'x' })),
        await send('PATCH', `/Users/${id}`, patchOf({ op: 'add', path: `${ACME_USER}:badge.number`, value: 'B' })),
        await send(
          'PATCH',
          `/Users/${id}`,
          patchOf({ op: 'add', path: `${ACME_USER}:sites[type eq "a"].value`, value: 'B' }),
        ),
        await send('PATCH', `/Users/${id}`, patchOf({ op: 'remove', path: `${ACME_USER}:sites[value eq "x"]` })),
        await send('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: `${ACME_USER}:costCode`, value: 'K-2' })),
        await send('PUT', `/Users/${id}`, { userName: 'stale@example.com', [ACME_USER]: { costCode: 'K-3' } }),
        await send('DELETE', `/Users/${id}`),
      ];
      expect(statuses.filter((status) => status >= 500)).toEqual([]);
      expect(statuses.at(0)).toBe(200);
      expect(statuses.slice(-2)).toEqual([200, 204]);
    } finally {
      await other.close();
    }
  });
});

describe('a schema that is out of use', () => {
  it('hides what is stored, which comes back with it and which a PUT drops', async () => {
    const table = await createTestTable();
    const admin = new AdminApi(table, new MemoryVault());
    const path = { tenant: 'acme', id: ACME_USER };
    const document = readDocumentedSchema();
    /** A process that knows nothing yet. */
    const inProcess = async <T>(work: (fresh: ScimServer) => Promise<T>): Promise<T> => {
      const fresh = new ScimServer(table);
      await fresh.start(['acme']);
      return await work(fresh).finally(() => fresh.close());
    };
    const ids = await inProcess(async (fresh) => {
      await admin.ok('addSchema', { path, body: { document } });
      const data = { [ACME_USER]: { costCode: 'K-1' } };
      return [
        (await fresh.createUser('acme', 'a@x.example', data)).id,
        (await fresh.createUser('acme', 'b@x.example', data)).id,
      ];
    });
    await admin.ok('removeSchema', { path, body: { confirm: 'acme' } });
    await inProcess(async (fresh) => {
      const shown = await fresh.send('acme', 'GET', `/Users/${ids[0]}`);
      expect([shown.status, shown.text.includes('K-1')]).toEqual([200, false]);
      const body = patchOf({ op: 'replace', path: 'title', value: 'x' });
      expect((await fresh.send('acme', 'PATCH', `/Users/${ids[0]}`, { body })).status).toBe(200);
      const refused = patchOf({ op: 'replace', path: `${ACME_USER}:costCode`, value: 'x' });
      const { status, json } = await fresh.send('acme', 'PATCH', `/Users/${ids[0]}`, { body: refused });
      expect([status, json['scimType']]).toEqual([400, 'invalidPath']);
      expect((await fresh.send('acme', 'PUT', `/Users/${ids[1]}`, { body: { userName: 'b@x.example' } })).status).toBe(
        200,
      );
      expect((await fresh.send('acme', 'GET', '/Schemas')).text).not.toContain(ACME_USER);
    });
    const { lines } = await admin.ok('exportTenant', { path });
    expect(lines).toContainEqual({
      kind: 'schema',
      schema: expect.objectContaining({ id: ACME_USER, removedAt: expect.any(String) }),
    });
    await admin.ok('addSchema', { path, body: { document } });
    await inProcess(async (fresh) => {
      const values = await Promise.all(
        ids.map(async (id) => (await fresh.send('acme', 'GET', `/Users/${id}`)).json[ACME_USER]),
      );
      expect(values).toEqual([{ costCode: 'K-1' }, undefined]);
    });
    const stored = (await allIn(table)).filter(({ sk }) => sk === schemaKey('acme', ACME_USER).sk);
    expect(stored).toHaveLength(1);
  });
});
