import { describe, expect, it } from 'vitest';
import { closeCycle, countRequest } from '../../../directory/cycles/count-request.ts';
import { type CountedRequest, countsOf } from '../../../directory/cycles/counts.ts';
import { listCycles } from '../../../directory/cycles/list-cycles.ts';
import { watch } from '../../../directory/cycles/watch.ts';
import type { ItemTable, ScannableTable } from '../../../directory/store/item-table.ts';
import { parseOptionalItem } from '../../../directory/store/items.ts';
import { currentCycleKey } from '../../../directory/store/log-keys.ts';
import { createRetryingTable } from '../../../directory/store/retrying-table.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { CycleItemSchema } from '../../../directory/store/tenant-items.ts';
import { applicationKey, tenantKey } from '../../../directory/store/tenant-keys.ts';
import { createApplication, createTenant } from '../../../directory/tenants.ts';
import { systemRuntime } from '../../../lambda/aws/runtime.ts';
import { type AdversarialMode, createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { CallLog } from '../../helpers/call-log.ts';
import { allIn, createTestTable, tableKind } from '../../helpers/tables.ts';

const ACME = { tenant: 'acme', application: 'entra' };
const START = Date.parse('2026-11-02T08:00:00.000Z');
const MINUTE = 60_000;

const MODES: readonly (AdversarialMode | { readonly kind: 'plain' })[] =
  tableKind === 'dynamodb'
    ? [{ kind: 'plain' }]
    : [{ kind: 'plain' }, { kind: 'overlap' }, { kind: 'torn' }, { kind: 'torn', seed: 5 }];

async function createAcme(): Promise<ScannableTable> {
  const table = await createTestTable();
  await createTenant(table, ACME.tenant, new Date(START));
  await createApplication(table, ACME.tenant, ACME.application, new Date(START));
  return table;
}

/** As a request has it: tries again for as long as it takes. */
function retrying(table: ItemTable): ItemTable {
  const sleep = (millis: number) => systemRuntime.sleep(millis / 20);
  return createRetryingTable(table, { ...systemRuntime, sleep, deadline: Date.now() + 60_000 });
}

function request(at: number, more: Partial<CountedRequest> = {}) {
  const made = { method: 'GET', status: 200, scimType: undefined, durationMs: 30, done: undefined };
  return countsOf({ at, ...made, credentialId: undefined, ...more });
}

const created = { kind: 'created', membersAdded: 0, membersRemoved: 0 } as const;

describe.each(MODES)('concurrent accounting, table mode $kind', (mode) => {
  async function createScene() {
    const plain = await createAcme();
    const table =
      mode.kind === 'plain' || !(plain instanceof SqliteItemTable) ? plain : createAdversarialTable(plain, mode);
    return { plain, table: retrying(table) };
  }

  it('counts fifty requests that come at once as fifty, the first of all among them', async () => {
    const { plain, table } = await createScene();
    await Promise.all(
      Array.from({ length: 50 }, () => countRequest(table, ACME, request(START, { method: 'POST', done: created }))),
    );
    expect(await listCycles(plain, 'acme', {})).toMatchObject([{ requests: 50, creates: 50, open: true }]);
  });

  it('counts fifty requests that come at once after a silence as fifty, of one new cycle', async () => {
    const { plain, table } = await createScene();
    await countRequest(table, ACME, request(START));
    const later = START + 40 * MINUTE;
    await Promise.all(Array.from({ length: 50 }, () => countRequest(table, ACME, request(later))));
    expect(await listCycles(plain, 'acme', {})).toMatchObject([
      { start: later, requests: 50, open: true },
      { start: START, requests: 1, open: false, closedAt: later },
    ]);
  });

  it('loses no request when a cycle is closed while others are counted', async () => {
    const { plain, table } = await createScene();
    let at = START;
    for (let round = 0; round < 10; round++) {
      await countRequest(table, ACME, request(at));
      at += 11 * MINUTE;
      const current = await plain.get(currentCycleKey(ACME.tenant, ACME.application));
      const read = parseOptionalItem(CycleItemSchema, current);
      if (read === undefined) throw new Error('no open cycle');
      await Promise.all([
        // As slow clocks have it, one of them still belongs to the cycle that is being closed.
        countRequest(table, ACME, request(at - 2 * MINUTE)),
        closeCycle(table, ACME, read, at),
        countRequest(table, ACME, request(at)),
        closeCycle(table, ACME, read, at),
      ]);
      at += 11 * MINUTE;
    }
    const cycles = await listCycles(plain, 'acme', {});
    expect(cycles.reduce((sum, { requests }) => sum + requests, 0)).toBe(30);
    expect(cycles.filter(({ open }) => open)).toHaveLength(1);
  });
});

describe('accounting', () => {
  it('costs one update, and a transaction for the first request of a cycle', async () => {
    const table = await createAcme();
    const log = new CallLog();
    const metered = table.withMeter(log);
    await countRequest(metered, ACME, request(START));
    expect(log.kinds).toEqual({ writeOne: 1, 'write(3)': 1 });
    log.calls.length = 0;
    for (let n = 0; n < 20; n++) {
      const failure = { method: 'PATCH', status: 409, scimType: 'uniqueness', durationMs: 2 ** n } as const;
      await countRequest(metered, ACME, request(START + n, { ...failure, credentialId: '0123456789ab' }));
    }
    expect(log.kinds).toEqual({ writeOne: 20 });
    // Still so in a cycle that has seen everything: the item stays below the 1 KB that one unit writes.
    expect(log.writeUnits).toBe(20);
  });

  it('keeps a run together whose gaps are ten minutes, and parts it where they are longer', async () => {
    const table = await createAcme();
    const times = [0, 10, 20, 20 + 10.001, 60].map((minutes) => START + minutes * MINUTE);
    for (const at of times) await countRequest(table, ACME, request(at));
    expect((await listCycles(table, 'acme', {})).map(({ requests }) => requests)).toEqual([1, 1, 3]);
  });

  it('tells what the requests did, what failed, how long they took and with which token they came', async () => {
    const table = await createAcme();
    const did = (kind: 'updated' | 'deactivated' | 'reactivated' | 'deleted' | 'unchanged') =>
      request(START, { method: 'PATCH', done: { kind, membersAdded: 3, membersRemoved: 1 } });
    const requests = [
      request(START, { method: 'POST', done: created, credentialId: 'aaaaaaaaaaaa' }),
      did('updated'),
      did('deactivated'),
      did('reactivated'),
      did('deleted'),
      did('unchanged'),
      request(START, { method: 'POST', status: 409, scimType: 'uniqueness', durationMs: 900 }),
      request(START, { method: 'GET', status: 404 }),
      request(START + 1, { method: 'PATCH', status: 503, credentialId: 'bbbbbbbbbbbb' }),
    ];
    for (const each of requests) await countRequest(table, ACME, each);
    expect(await listCycles(table, 'acme', { application: 'entra' })).toEqual([
      {
        ...ACME,
        ...{ start: START, last: START + 1, open: true, closedAt: undefined, requests: 9 },
        ...{ creates: 1, updates: 1, deactivations: 1, reactivations: 1, deletes: 1, unchanged: 1 },
        ...{ membersAdded: 15, membersRemoved: 5 },
        ...{ failed: 2, failures: { '409 uniqueness': 1, '503': 1 } },
        latencyMs: { average: 127, p50: 39, p95: 1_240, p99: 1_528, max: 1_600 },
        uses: { aaaaaaaaaaaa: START, bbbbbbbbbbbb: START + 1 },
      },
    ]);
  });

  it('leaves nothing behind of an application that is gone, neither by a request nor by a watch', async () => {
    const table = await createAcme();
    await countRequest(table, ACME, request(START));
    const current = parseOptionalItem(CycleItemSchema, await table.get(currentCycleKey('acme', 'entra')));
    await table.writeOne({ kind: 'delete', key: applicationKey('acme', 'entra') });
    const before = await allIn(table);
    expect(await countRequest(table, ACME, request(START + 20 * MINUTE))).toBe('unknownApplication');
    expect(current && (await closeCycle(table, ACME, current, START + 20 * MINUTE))).toBe(false);
    expect(await allIn(table)).toEqual(before);
  });

  it('begins no cycle of a tenant that is being deleted, so that its deletion comes to an end', async () => {
    const table = await createAcme();
    await countRequest(table, ACME, request(START));
    await table.writeOne({ kind: 'delete', key: currentCycleKey('acme', 'entra') });
    const set = { state: 'deleting', deletion: { audit: 'a', since: '2026-11-02T08:00:00.000Z' } };
    await table.writeOne({ kind: 'update', key: tenantKey('acme'), set });
    const before = await allIn(table);
    expect(await countRequest(table, ACME, request(START + 1))).toBe('unknownApplication');
    expect(await allIn(table)).toEqual(before);
  });

  it('lists the cycles of all applications, from a start on, newest first', async () => {
    const table = await createAcme();
    await createApplication(table, 'acme', 'okta', new Date(START));
    for (const minutes of [0, 40, 80]) await countRequest(table, ACME, request(START + minutes * MINUTE));
    const okta = { ...ACME, application: 'okta' };
    await countRequest(table, okta, request(START + 50 * MINUTE));
    const starts = async (selection: Parameters<typeof listCycles>[2]) =>
      (await listCycles(table, 'acme', selection)).map(({ start }) => (start - START) / MINUTE);
    expect(await starts({})).toEqual([80, 50, 40, 0]);
    expect(await starts({ from: new Date(START + 40 * MINUTE) })).toEqual([80, 50, 40]);
    expect(await starts({ application: 'okta' })).toEqual([50]);
  });
});

describe('watch', () => {
  const options = (now: number) => ({
    now: () => new Date(now),
    remainingMs: () => 60_000,
    onFailure: (_: string, error: unknown) => {
      throw error;
    },
  });

  it('closes what fell silent, and tells of it once', async () => {
    const table = await createAcme();
    await countRequest(table, ACME, request(START));
    expect(await watch(table, options(START + 10 * MINUTE))).toMatchObject({ closed: 0, openCycles: 1 });
    const reports = [];
    for (const minutes of [11, 16, 21]) reports.push(await watch(table, options(START + minutes * MINUTE)));
    expect(reports.map(({ closed }) => closed)).toEqual([1, 0, 0]);
    expect(reports.map(({ completed }) => completed.length)).toEqual([0, 1, 0]);
    expect(await listCycles(table, 'acme', {})).toMatchObject([{ start: START, open: false }]);
  });
});
