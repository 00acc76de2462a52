import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { keyOf } from '../../../directory/store/actions.ts';
import type { Action, ItemTable } from '../../../directory/store/item-table.ts';
import { parseItem } from '../../../directory/store/items.ts';
import { type LogItem, LogItemSchema } from '../../../directory/store/log-items.ts';
import { logPartition } from '../../../directory/store/log-keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { TableUnavailableError } from '../../../directory/store/table-errors.ts';
import { systemRuntime } from '../../../lambda/aws/runtime.ts';
import { AFTERWARDS_MILLIS } from '../../../lambda/http/afterwards.ts';
import type { Runtime } from '../../../lambda/http/request.ts';
import { bulkOf, postUser } from '../../helpers/bulk.ts';
import { patchOf, type ScimRequestOptions, ScimServer } from '../../helpers/scim-server.ts';
import { createTestTable } from '../../helpers/tables.ts';

let server: ScimServer;

afterEach(async () => {
  await server.close();
});

/** Waits for the log as long as a loaded machine takes: what is late is a test of its own. */
const patient: Runtime = {
  ...systemRuntime,
  sleep: (millis) => systemRuntime.sleep(millis === AFTERWARDS_MILLIS ? 30_000 : millis),
};

async function start(table: ItemTable, runtime = patient): Promise<void> {
  server = new ScimServer(table, runtime);
  await server.start(['acme', 'globex']);
}

async function entriesOf(tenant = 'acme'): Promise<readonly LogItem[]> {
  const items = await queryAll(server.table, { pk: logPartition(tenant) });
  return items.map((item) => parseItem(LogItemSchema, item));
}

/** The entries that one request leaves, none of which was there before. */
async function entriesBy(method: string, path: string, options: ScimRequestOptions = {}): Promise<readonly LogItem[]> {
  const before = new Set((await entriesOf()).map(({ id }) => id));
  await server.send('acme', method, path, options);
  return (await entriesOf()).filter(({ id }) => !before.has(id));
}

const unknown = '00000000-0000-4000-8000-000000000000';

describe('the provisioning log of requests', () => {
  it('has nothing of a request that changed something, or that read in vain for nothing', async () => {
    await start(await createTestTable());
    const { id } = await server.createUser('acme', 'ada@example.com');
    const { id: group } = await server.createGroup('acme', 'Sales');
    const add = patchOf({ op: 'add', path: 'members', value: [{ value: id }] });
    await server.send('acme', 'PATCH', `/Users/${id}`, { body: patchOf({ op: 'replace', path: 'title', value: 'x' }) });
    await server.send('acme', 'PATCH', `/Groups/${group}`, { body: add });
    await server.send('acme', 'GET', `/Users/${id}`);
    await server.send('acme', 'GET', '/Users?filter=userName%20eq%20%22nobody%22');
    await server.send('acme', 'GET', '/Schemas');
    await server.send('acme', 'GET', '/Robots');
    await server.send('acme', 'POST', '/Bulk', { body: bulkOf([postUser('a', 'bob@example.com')]) });
    await server.send('acme', 'DELETE', `/Users/${id}`);
    expect(await entriesOf()).toEqual([]);
  });

  it('has one entry of each request that found nothing to change', async () => {
    await start(await createTestTable());
    const { id } = await server.createUser('acme', 'ada@example.com', { title: 'Countess' });
    const { id: group } = await server.createGroup('acme', 'Sales', { members: [{ value: id }] });
    const title = patchOf({ op: 'replace', path: 'title', value: 'Countess' });
    const member = patchOf({ op: 'add', path: 'members', value: [{ value: id }] });
    const said = { outcome: 'unchanged', operation: 'update', application: 'default' };
    expect(await entriesBy('PATCH', `/Users/${id}`, { body: title })).toMatchObject([
      { ...said, resource: { type: 'User', id }, status: 200, names: {} },
    ]);
    expect(await entriesBy('PUT', `/Groups/${group}`, { body: { displayName: 'Sales' } })).toMatchObject([
      { ...said, resource: { type: 'Group', id: group }, status: 200 },
    ]);
    expect(await entriesBy('PATCH', `/Groups/${group}`, { body: member })).toMatchObject([
      { ...said, resource: { type: 'Group', id: group }, status: 204 },
    ]);
  });

  it('has one entry of each write that failed', async () => {
    await start(await createTestTable());
    const { id } = await server.createUser('acme', 'ada@example.com');
    const names = { userName: 'ADA@example.com', externalId: 'x-1', displayName: 'Ada' };
    expect(await entriesBy('POST', '/Users', { body: { ...names, title: 'Countess' } })).toMatchObject([
      {
        ...{ operation: 'create', outcome: 'failed', application: 'default', resource: { type: 'User' }, names },
        ...{ status: 409, scimType: 'uniqueness', detail: expect.stringContaining('userName'), changes: [] },
      },
    ]);
    const put = { body: { userName: 'ada@example.com', active: 'perhaps' } };
    expect(await entriesBy('PUT', `/Users/${id}`, put)).toMatchObject([
      { operation: 'update', status: 400, scimType: 'invalidValue', resource: { type: 'User', id }, names: {} },
    ]);
    expect(
      await entriesBy('PATCH', `/Groups/${unknown}`, { body: patchOf({ op: 'remove', path: 'x' }) }),
    ).toMatchObject([{ operation: 'update', status: 404, resource: { type: 'Group', id: unknown } }]);
    expect(await entriesBy('DELETE', `/Users/${unknown}`)).toMatchObject([
      { operation: 'delete', outcome: 'failed', status: 404, resource: { type: 'User', id: unknown } },
    ]);
    expect(await entriesBy('DELETE', '/Users')).toMatchObject([{ operation: 'delete', status: 405, names: {} }]);
    expect(await entriesBy('POST', '/Users', { body: 'x', contentType: 'text/plain' })).toMatchObject([
      { operation: 'create', status: 415, names: {} },
    ]);
    expect(await entriesBy('POST', '/Groups', { body: { externalId: 'g-1' } })).toMatchObject([
      { operation: 'create', status: 400, resource: { type: 'Group' }, names: { externalId: 'g-1' } },
    ]);
  });

  it('has one entry of each read that failed, which does not say what was asked', async () => {
    await start(await createTestTable());
    const said = { operation: 'read', outcome: 'failed', names: {} };
    expect(await entriesBy('GET', '/Users?filter=userName%20eq')).toMatchObject([
      { ...said, status: 400, scimType: 'invalidFilter', resource: { type: 'User' } },
    ]);
    expect(await entriesBy('GET', `/Groups/${unknown}`)).toMatchObject([
      { ...said, status: 404, resource: { type: 'Group', id: unknown } },
    ]);
    const search = { body: { filter: 'userName eq' } };
    expect(await entriesBy('POST', '/Users/.search', search)).toMatchObject([
      { ...said, status: 400, resource: { type: 'User' } },
    ]);
    expect(await entriesBy('POST', '/.search', search)).toMatchObject([{ ...said, status: 400 }]);
    for (const entry of await entriesOf()) expect(entry).not.toHaveProperty('detail');
  });

  it('has one entry of each operation of a bulk request that changed nothing', async () => {
    await start(await createTestTable());
    const { id } = await server.createUser('acme', 'ada@example.com', { title: 'x' });
    const operations = [
      postUser('a', 'bob@example.com'),
      postUser('b', 'ada@example.com'),
      { method: 'PATCH', path: `/Users/${id}`, data: patchOf({ op: 'replace', path: 'title', value: 'x' }) },
      { method: 'DELETE', path: `/Groups/${unknown}` },
      { method: 'HOP', path: '/Users' },
    ];
    const entries = await entriesBy('POST', '/Bulk', { body: bulkOf(operations) });
    expect(entries).toMatchObject([
      { operation: 'create', status: 409, scimType: 'uniqueness', names: { userName: 'ada@example.com' } },
      { operation: 'update', outcome: 'unchanged', resource: { type: 'User', id } },
      { operation: 'delete', status: 404, resource: { type: 'Group', id: unknown } },
      { operation: 'bulk', outcome: 'failed', status: 400, scimType: 'invalidSyntax' },
    ]);
    expect(new Set(entries.map(({ requestId }) => requestId)).size).toBe(1);
    const whole = await entriesBy('POST', '/Bulk', { body: { Operations: 1 } });
    expect(whole).toMatchObject([{ operation: 'bulk', outcome: 'failed', status: 400 }]);
  });

  it('takes more operations than a transaction does', async () => {
    await start(await createTestTable());
    const operations = Array.from({ length: 250 }, () => ({ method: 'DELETE', path: `/Users/${randomUUID()}` }));
    expect(await entriesBy('POST', '/Bulk', { body: bulkOf(operations) })).toHaveLength(250);
  });

  it('has what was refused before the directory was asked, and nothing of a tenant that is being deleted', async () => {
    await start(await createTestTable());
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const settings = { pk: 'T#acme', sk: 'SETTINGS' };
    const stand = async (set: Record<string, string>) => {
      await server.table.writeOne({ kind: 'update', key: settings, set });
      await server.close();
      await server.start([]);
    };
    await stand({ state: 'paused', pausedUntil: until });
    const body = { userName: 'ada@example.com' };
    expect(await entriesBy('POST', '/Users', { body })).toMatchObject([{ operation: 'create', status: 503 }]);
    await stand({ state: 'suspended' });
    expect(await entriesBy('POST', '/Users', { body })).toMatchObject([{ operation: 'create', status: 403 }]);
    await stand({ state: 'deleting' });
    expect(await entriesBy('POST', '/Users', { body })).toEqual([]);
  });

  it('is of the token, and says nothing of the other tenant whose URL was tried', async () => {
    await start(await createTestTable());
    const { id } = await server.createUser('globex', 'ada@example.com');
    await server.send('globex', 'DELETE', `/Users/${id}`, { token: server.tokenOf('acme') });
    expect(await entriesOf('globex')).toEqual([]);
    const [entry, ...more] = await entriesOf();
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ operation: 'delete', status: 403, resource: { type: 'User' } });
    expect(JSON.stringify(entry)).not.toContain(id);
    expect(JSON.stringify(entry)).not.toContain('globex');
  });

  it('holds no token, no password and no value but the names of somebody without an id', async () => {
    await start(await createTestTable());
    const secret = 'personal-value';
    const { id } = await server.createUser('acme', 'ada@example.com');
    const requests: readonly (readonly [string, string, ScimRequestOptions['body']?])[] = [
      ['GET', `/Users?filter=${encodeURIComponent(`${secret} eq`)}`],
      ['GET', `/Users/${secret}`],
      ['DELETE', `/Users/${secret}`],
      ['POST', '/Users', `{"userName":"${secret}"`],
      ['POST', '/Users', { userName: 7, displayName: secret, active: secret }],
      ['POST', '/Users', { schemas: [secret], userName: '', emails: secret, password: secret }],
      ['PUT', `/Users/${id}`, { userName: secret, active: secret, [secret]: secret }],
      ['PATCH', `/Users/${id}`, patchOf({ op: secret, path: secret, value: secret })],
      ['PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: secret, value: secret })],
      ['PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'active', value: secret })],
      ['PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: `emails[type eq "${secret}`, value: secret })],
      ['POST', '/Groups', { displayName: 'Sales', members: [{ value: secret }] }],
      ['POST', '/Bulk', bulkOf([{ method: secret, path: secret, data: secret }])],
      ['POST', '/Bulk', bulkOf([{ method: 'POST', bulkId: secret, path: `/${secret}`, data: { userName: secret } }])],
    ];
    for (const [method, path, body] of requests) await server.send('acme', method, path, { body });
    const entries = await entriesOf();
    expect(entries).toHaveLength(requests.length);
    expect(JSON.stringify(entries)).not.toContain(secret);
    expect(JSON.stringify(entries)).not.toContain('scim_acme');
  });
});

describe('what the log costs', () => {
  const costs = () => server.log.lines.filter(({ message }) => message === 'request');

  it('is nothing where a request changed something, and one write where it did not', async () => {
    await start(await createTestTable());
    const { id } = await server.createUser('acme', 'ada@example.com');
    const body = patchOf({ op: 'replace', path: 'title', value: 'x' });
    for (let n = 0; n < 2; n++) await server.send('acme', 'PATCH', `/Users/${id}`, { body });
    await server.send('acme', 'POST', '/Users', { body: { userName: 'ada@example.com' } });
    const one = { outcome: 'logged', entries: 1, tableCalls: { writeOne: 1 } };
    expect(costs().map((line) => line['provisioningLog'])).toEqual([undefined, undefined, one, one]);
    expect(costs().map((line) => line['tableCalls'])).toEqual([
      expect.objectContaining({ write: 1 }),
      { get: 1, writeOne: 1, query: 1 },
      { get: 1, query: 1 },
      { write: 1 },
    ]);
  });

  it('is a transaction for each hundred operations of a bulk request', async () => {
    await start(await createTestTable());
    const operations = Array.from({ length: 150 }, () => ({ method: 'DELETE', path: `/Users/${randomUUID()}` }));
    await server.send('acme', 'POST', '/Bulk', { body: bulkOf(operations) });
    expect(costs().at(-1)).toMatchObject({ provisioningLog: { entries: 150, tableCalls: { write: 2 } } });
  });
});

describe('a table that does not take the log', () => {
  /** Puts nothing into the log unless the test's own function comes to its end. */
  function failing(table: ItemTable, fail: () => Promise<void>): ItemTable {
    const isLog = (action: Action) => keyOf(action).pk === logPartition('acme');
    return {
      get: (key) => table.get(key),
      getMany: (keys) => table.getMany(keys),
      query: (query) => table.query(query),
      write: async (actions, options) => {
        if (actions.some(isLog)) await fail();
        await table.write(actions, options);
      },
      writeOne: async (action, options) => {
        if (isLog(action)) await fail();
        await table.writeOne(action, options);
      },
      withMeter: (meter) => failing(table.withMeter(meter), fail),
    };
  }

  it.each([
    ['is busy', () => Promise.reject(new TableUnavailableError('busy'))],
    ['has a fault that nobody foresaw', () => Promise.reject(new TypeError('personal-value'))],
  ])('turns no answer into another where it %s, and the log line says so', async (_, fail) => {
    await start(failing(await createTestTable(), fail), systemRuntime);
    expect((await server.send('acme', 'GET', '/Users?filter=x')).status).toBe(400);
    const [line] = server.log.lines.filter(({ message }) => message === 'request');
    expect(line).toMatchObject({ provisioningLog: { outcome: expect.stringMatching(/failed|late/), entries: 1 } });
    expect(JSON.stringify(server.log.lines)).not.toContain('personal-value');
  });

  it('holds no answer up for longer than counting does where it is silent', async () => {
    const silence = new AbortController();
    const wait = () =>
      sleep(600_000, undefined, { signal: silence.signal }).then(
        () => undefined,
        () => undefined,
      );
    await start(failing(await createTestTable(), wait), systemRuntime);
    expect((await server.send('acme', 'GET', '/Users?filter=x')).status).toBe(400);
    const [line] = server.log.lines.filter(({ message }) => message === 'request');
    expect(line).toMatchObject({
      provisioningLog: { outcome: 'late' },
      accounting: { outcome: expect.stringMatching(/counted|late/) },
    });
    silence.abort();
  });
});
