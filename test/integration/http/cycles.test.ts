import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { listCycles } from '../../../directory/cycles/list-cycles.ts';
import { keyOf } from '../../../directory/store/actions.ts';
import type { ItemTable, SingleAction } from '../../../directory/store/item-table.ts';
import { TableUnavailableError, UnknownOutcomeError } from '../../../directory/store/table-errors.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { patchOf, ScimServer } from '../../helpers/scim-server.ts';
import { createTestTable } from '../../helpers/tables.ts';

let server: ScimServer;

afterEach(async () => {
  await server.close();
});

async function start(table: ItemTable): Promise<void> {
  server = new ScimServer(table);
  await server.start(['acme', 'other']);
}

const cycles = () => listCycles(server.table, 'acme', {});
const accounting = () =>
  server.log.lines.filter(({ message }) => message === 'request').map((line) => line['accounting']);

describe('the sync cycle of requests over HTTP', () => {
  it('says what they did, and what failed', async () => {
    await start(await createTestTable());
    const { id } = await server.createUser('acme', 'ada@example.com');
    const { id: group } = await server.createGroup('acme', 'Sales');
    const send = (method: string, path: string, body?: JsonObject) =>
      server.send('acme', method, path, body === undefined ? {} : { body });
    const patchUser = (path: string, value: string | boolean) =>
      send('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path, value }));
    await patchUser('title', 'Countess');
    await patchUser('title', 'Countess');
    await patchUser('active', false);
    await patchUser('active', true);
    const members = [{ value: id }];
    await send('PATCH', `/Groups/${group}`, patchOf({ op: 'add', path: 'members', value: members }));
    await send('PATCH', `/Groups/${group}`, patchOf({ op: 'add', path: 'members', value: members }));
    await send('PUT', `/Groups/${group}`, { displayName: 'Sales', members: [] });
    await send('DELETE', `/Users/${id}`);
    await send('GET', `/Users/${id}`);
    await send('POST', '/Groups', { displayName: 'Sales' });
    await send('GET', '/Users?filter=x');
    await send('GET', '/Schemas');
    await send('GET', '/Robots');
    await server.send('other', 'GET', '/Users', { token: server.tokenOf('acme') });
    const hash = server.tokens.records.get('acme/default')?.current.sha256 ?? [];
    const credentialId = Buffer.from(hash).toString('hex').slice(0, 12);
    expect(await cycles()).toMatchObject([
      {
        application: 'default',
        open: true,
        ...{ requests: 16, creates: 2, updates: 3, unchanged: 2, deactivations: 1, reactivations: 1, deletes: 1 },
        ...{ membersAdded: 1, membersRemoved: 1 },
        failed: 3,
        failures: { '409 uniqueness': 1, '400 invalidFilter': 1, '403': 1 },
        uses: { [credentialId]: expect.any(Number) },
      },
    ]);
    expect(await listCycles(server.table, 'other', {})).toEqual([]);
  });

  it('costs each request one update, apart from what the request itself costs', async () => {
    await start(await createTestTable());
    const { id } = await server.createUser('acme', 'ada@example.com');
    server.log.lines.length = 0;
    await server.send('acme', 'GET', `/Users/${id}?attributes=userName`);
    await server.send('acme', 'POST', '/Users', { body: { userName: 'bob@example.com' } });
    await server.send('acme', 'POST', '/Users', { body: 'x', contentType: 'text/plain' });
    await server.send('acme', 'GET', '/ServiceProviderConfig');
    expect(accounting()).toEqual(Array(4).fill({ outcome: 'counted', tableCalls: { writeOne: 1 } }));
    const [read, write] = server.log.lines.filter(({ message }) => message === 'request');
    expect(read).toMatchObject({ tableCalls: { get: 1 } });
    expect(write).toMatchObject({ tableCalls: { write: 1 } });
  });

  it('counts every one of fifty requests that come at once', async () => {
    await start(await createTestTable());
    await Promise.all(Array.from({ length: 50 }, () => server.send('acme', 'GET', '/Users?count=0')));
    const [cycle, ...others] = await cycles();
    expect(others).toEqual([]);
    // What could not be counted in time goes with the next request.
    if (cycle?.requests !== 50) await server.send('acme', 'GET', '/Users?count=0');
    expect((await cycles())[0]?.requests).toBeGreaterThanOrEqual(50);
  });
});

describe('a table that does not take the counts', () => {
  /** Fails the single updates of cycles as the test says; everything else goes through. */
  async function startFailing(fail: () => Promise<void>): Promise<void> {
    await start(failing(await createTestTable(), fail));
  }

  function failing(table: ItemTable, fail: () => Promise<void>): ItemTable {
    return {
      get: (key) => table.get(key),
      getMany: (keys) => table.getMany(keys),
      query: (query) => table.query(query),
      write: (actions, options) => table.write(actions, options),
      writeOne: async (action: SingleAction, options) => {
        if (keyOf(action).sk === 'CURRENT') await fail();
        await table.writeOne(action, options);
      },
      withMeter: (meter) => failing(table.withMeter(meter), fail),
    };
  }

  it('turns no answer into another and loses no count: they go with the next request', async () => {
    let isBusy = true;
    await startFailing(async () => {
      if (isBusy) throw new TableUnavailableError('busy');
    });
    const startedAt = performance.now();
    expect((await server.send('acme', 'POST', '/Users', { body: { userName: 'ada@example.com' } })).status).toBe(201);
    expect((await server.send('acme', 'GET', '/Users?filter=x')).status).toBe(400);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    isBusy = false;
    await server.send('acme', 'GET', '/Users');
    expect(accounting()).toMatchObject([
      { outcome: expect.stringMatching(/carried|late/) },
      { outcome: expect.stringMatching(/carried|late/) },
      { outcome: 'counted' },
    ]);
    expect(await cycles()).toMatchObject([{ requests: 3, creates: 1, failures: { '400 invalidFilter': 1 } }]);
  });

  it('holds an answer up for half a second at most where it is silent', async () => {
    let isSilent = false;
    const silence = new AbortController();
    await startFailing(async () => {
      if (isSilent) await sleep(60_000, undefined, { signal: silence.signal }).catch(() => undefined);
    });
    await server.createUser('acme', 'ada@example.com');
    isSilent = true;
    const startedAt = performance.now();
    expect((await server.send('acme', 'GET', '/Users')).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(accounting().at(-1)).toMatchObject({ outcome: 'late' });
    silence.abort();
  });

  it('is not asked twice where nobody knows whether it counted', async () => {
    let calls = 0;
    await startFailing(async () => {
      calls += 1;
      if (calls === 2) throw new UnknownOutcomeError('no answer');
    });
    for (let n = 0; n < 3; n++) expect((await server.send('acme', 'GET', '/Users')).status).toBe(200);
    expect(accounting().map((each) => (typeof each === 'object' ? each['outcome'] : each))).toEqual([
      'counted',
      'uncertain',
      'counted',
    ]);
    expect(calls).toBe(3);
    expect(await cycles()).toMatchObject([{ requests: 2 }]);
  });

  it('fails no request by a fault that nobody foresaw, and logs it', async () => {
    await startFailing(() => Promise.reject(new TypeError('personal-value')));
    expect((await server.send('acme', 'GET', '/Users')).status).toBe(200);
    expect(server.log.lines).toContainEqual(
      expect.objectContaining({
        message: 'accounting failed',
        failure: expect.objectContaining({ name: 'TypeError' }),
      }),
    );
    expect(JSON.stringify(server.log.lines)).not.toContain('personal-value');
  });
});
