import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_SCHEMAS } from '../../../directory/operator/schemas.ts';
import type { ScannableTable } from '../../../directory/store/item-table.ts';
import { TenantCache } from '../../../directory/tenants.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { AdminApi } from '../../helpers/admin-api.ts';
import { ACME_USER, readDocumentedSchema } from '../../helpers/custom-schema.ts';
import { addUser, createContext } from '../../helpers/directory.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { createTestTable } from '../../helpers/tables.ts';

const path = { tenant: 'acme', id: ACME_USER };
const document = readDocumentedSchema();

let table: ScannableTable;
let admin: AdminApi;

beforeEach(async () => {
  table = await createTestTable();
  admin = new AdminApi(table, new MemoryVault());
  for (const name of ['acme', 'globex']) await admin.ok('createTenant', { body: { name } });
});

function small(id: string, ...names: readonly string[]): JsonObject {
  const attributes = names.map((name) => ({ name, description: 'x' }));
  return { id, name: 'Small', description: 'x', attributes };
}

async function add(body: JsonObject, tenant = 'acme') {
  return await admin.call('addSchema', { path: { tenant }, body });
}

async function attributeNames(): Promise<readonly string[]> {
  const { schema } = await admin.ok('showSchema', { path });
  return schema.attributes.map(({ name }: { name: string }) => name);
}

describe('schemas of a tenant', () => {
  it('are registered, listed and shown, for that tenant alone', async () => {
    const added = await admin.ok('addSchema', { path, body: { document } });
    expect(added).toEqual({
      id: ACME_USER,
      name: 'AcmeUser',
      resourceTypes: ['User'],
      attributes: 4,
      created: '2026-11-01T00:00:00.000Z',
    });
    expect(await admin.ok('listSchemas', { path })).toEqual({ schemas: [added], indexes: [] });
    const shown = await admin.ok('showSchema', { path: { ...path, id: ACME_USER.toUpperCase() } });
    expect(shown.schema).toMatchObject({
      id: ACME_USER,
      attributes: [{ name: 'costCode', caseExact: false }, {}, {}, {}],
    });
    expect(await admin.ok('listSchemas', { path: { tenant: 'globex' } })).toEqual({ schemas: [], indexes: [] });
    expect((await admin.call('showSchema', { path: { ...path, tenant: 'globex' } })).status).toBe(404);
  });

  it('are refused with every fault of the document, and nothing is written', async () => {
    const { status, body } = await add({ document: { ...document, name: '', attributes: [{ name: 'a', type: 'x' }] } });
    expect([status, body.error.code]).toEqual([400, 'invalid']);
    for (const place of ['name:', 'attributes.a.type:', 'attributes.a.description:']) {
      expect(body.error.message).toContain(`- ${place}`);
    }
    expect(await admin.ok('listSchemas', { path })).toEqual({ schemas: [], indexes: [] });
  });

  it('take more attributes, other words and another type of resource', async () => {
    await admin.ok('addSchema', { path, body: { document } });
    const attributes = [...(document['attributes'] as readonly JsonObject[]), { name: 'more', description: 'More.' }];
    const changed = { ...document, description: 'Other words.', attributes };
    const again = await admin.ok('addSchema', { path, body: { document: changed, resourceTypes: ['Group'] } });
    expect(again).toMatchObject({ attributes: 5, resourceTypes: ['Group', 'User'] });
    const last = await admin.ok('addSchema', { path, body: { document: changed } });
    expect(last.resourceTypes).toEqual(['Group', 'User']);
    expect(await attributeNames()).toEqual(['costCode', 'clearance', 'badge', 'sites', 'more']);
  });

  it('lose no attribute, and none becomes something else, not even after a removal', async () => {
    await admin.ok('addSchema', { path, body: { document } });
    const worse = small(ACME_USER, 'clearance', 'badge');
    const messages: string[] = [];
    for (const removed of [false, true]) {
      if (removed) await admin.ok('removeSchema', { path, body: { confirm: 'acme' } });
      const { status, body } = await add({ document: worse });
      expect([status, body.error.code]).toEqual([409, 'conflict']);
      for (const fault of [
        'attributes.costCode: is registered, and cannot be left out',
        'attributes.clearance.type: is integer and cannot become string',
        'attributes.sites: is registered, and cannot be left out',
      ]) {
        expect(body.error.message).toContain(fault);
      }
      messages.push(body.error.message);
    }
    expect(messages.map((message) => message.includes('it was removed'))).toEqual([false, true]);
    expect((await add({ document })).status).toBe(200);
    expect(await attributeNames()).toHaveLength(4);
  });

  it('are removed after a confirmation, once', async () => {
    await admin.ok('addSchema', { path, body: { document } });
    expect((await admin.call('removeSchema', { path, body: { confirm: ACME_USER } })).body.error.code).toBe(
      'unconfirmed',
    );
    expect(await admin.ok('removeSchema', { path, body: { confirm: 'acme' } })).toMatchObject({
      removedAt: '2026-11-01T00:00:00.000Z',
    });
    for (const operation of ['showSchema', 'removeSchema'] as const) {
      const { status } = await admin.call(operation, { path, body: { confirm: 'acme' } });
      expect(status).toBe(404);
    }
    expect((await admin.ok('listSchemas', { path })).schemas).toMatchObject([
      { id: ACME_USER, removedAt: expect.any(String) },
    ]);
  });

  it('are recorded, with what was before', async () => {
    admin.time += 1;
    await admin.ok('addSchema', { path, body: { document: small('urn:example:a', 'x') } });
    admin.time += 1;
    await admin.ok('addSchema', { path, body: { document: small('urn:example:a', 'x', 'y') } });
    admin.time += 1;
    await admin.ok('removeSchema', { path: { ...path, id: 'urn:example:A' }, body: { confirm: 'acme' } });
    const { records } = await admin.ok('listAudit', { query: { tenant: 'acme' } });
    expect(records).toMatchObject([
      {
        action: 'schemas.remove',
        before: { schema: { attributes: [{ name: 'x' }, { name: 'y' }] } },
        after: { id: 'urn:example:a' },
      },
      { action: 'schemas.add', before: { schema: { attributes: [{}] } }, after: { schema: { attributes: [{}, {}] } } },
      { action: 'schemas.add', after: { id: 'urn:example:a', resourceTypes: ['User'] } },
      { action: 'tenants.create' },
    ]);
    expect(records[2].before).toBeUndefined();
  });

  it('do not take a path from one another, nor from the standards', async () => {
    await admin.ok('addSchema', { path, body: { document: small('urn:example:a', 'code') } });
    const conflict = await add({ document: small('urn:example:a:CODE', 'x') });
    expect([conflict.status, conflict.body.error.message]).toEqual([409, expect.stringContaining('is also the path')]);
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
    expect((await add({ document: small(`${enterprise}:department`, 'x') })).status).toBe(409);
    expect((await add({ document: small(enterprise, 'x') })).status).toBe(400);
  });

  it('are ten at most, removed ones included', async () => {
    for (let n = 0; n < MAX_SCHEMAS; n++) {
      await admin.ok('addSchema', { path, body: { document: small(`urn:example:s${n}`, 'x') } });
    }
    await admin.ok('removeSchema', { path: { ...path, id: 'urn:example:s0' }, body: { confirm: 'acme' } });
    expect((await add({ document: small('urn:example:more', 'x') })).status).toBe(409);
    expect((await add({ document: small('urn:example:s1', 'x', 'y') })).status).toBe(200);
    expect((await add({ document: small('urn:example:more', 'x') }, 'globex')).status).toBe(200);
  });

  it('are all there when they are registered at the same time', async () => {
    const documents = ['a', 'b', 'c', 'd'].map((name) => small(`urn:example:${name}`, 'x'));
    const statuses: number[] = [];
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(documents.map((each) => add({ document: each })));
      statuses.push(...answers.map(({ status }) => status));
    }
    expect(new Set(statuses).size).toBeLessThanOrEqual(2);
    expect(statuses.filter((status) => status !== 200 && status !== 409)).toEqual([]);
    expect((await admin.ok('listSchemas', { path })).schemas).toHaveLength(4);
  });

  it('of no tenant, or one that is being deleted, are refused', async () => {
    expect((await add({ document }, 'nobody')).status).toBe(404);
    await admin.ok('deleteTenant', { path, body: { confirm: 'acme' } });
    expect((await add({ document })).status).toBe(409);
  });

  it('go with the tenant, and a tenant is read with one call however many it has', async () => {
    await admin.ok('addSchema', { path, body: { document } });
    const calls: string[] = [];
    const context = await createContext(table);
    const metered = table.withMeter({ count: ({ operation }) => calls.push(operation) });
    await new TenantCache({ now: Date.now }).find(metered, 'acme');
    expect(calls).toEqual(['query']);
    await addUser(context, 'ada@example.com', { [ACME_USER]: { costCode: 'K-1' } });
    for (let call = 0; call < 20; call++) {
      const { done, retryAfterSeconds } = await admin.ok('deleteTenant', { path, body: { confirm: 'acme' } });
      if (done) break;
      admin.time += (retryAfterSeconds ?? 0) * 1_000;
    }
    expect((await table.query({ pk: 'T#acme' })).items).toEqual([]);
    expect((await table.query({ pk: 'T#acme#User' })).items).toEqual([]);
  });
});
