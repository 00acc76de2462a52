import { describe, expect, it } from 'vitest';
import { countRequest } from '../../../../directory/cycles/count-request.ts';
import { countsOf } from '../../../../directory/cycles/counts.ts';
import type { UnhealthyReason } from '../../../../directory/cycles/health.ts';
import { listUnhealthy } from '../../../../directory/cycles/incidents.ts';
import { SqliteItemTable } from '../../../../directory/store/sqlite-item-table.ts';
import { tenantKey } from '../../../../directory/store/tenant-keys.ts';
import { createApplication, createTenant } from '../../../../directory/tenants.ts';
import { systemRuntime } from '../../../../lambda/aws/runtime.ts';
import { UNHEALTHY_REASONS } from '../../../../lambda/contract/runbook.ts';
import type { WatchMeasure } from '../../../../lambda/watch/handler.ts';
import type { Notice } from '../../../../lambda/watch/notice.ts';
import { createWatcher } from '../../../../lambda/watcher.ts';
import { RecordedLog } from '../../../helpers/scim-server.ts';

const context = { getRemainingTimeInMillis: () => 60_000 };

async function setUp() {
  const table = new SqliteItemTable(':memory:');
  for (const tenant of ['acme', 'other']) {
    await createTenant(table, tenant, new Date());
    await createApplication(table, tenant, 'entra', new Date());
  }
  const log = new RecordedLog();
  const measured: WatchMeasure[] = [];
  const sent: Notice[] = [];
  const faults = { notifier: false };
  const watcher = createWatcher({
    table,
    log,
    measure: (watched) => {
      measured.push(watched);
    },
    notifier: {
      send: async (notice) => {
        if (faults.notifier) throw new Error('personal-value');
        sent.push(notice);
      },
    },
    runbook: 'docs/runbook.md',
    runtime: systemRuntime,
  });
  /** Thirty failures of acme. */
  const fail = async () => {
    const failure = { method: 'POST', status: 500, scimType: undefined, durationMs: 1, done: undefined };
    const counts = countsOf({ at: Date.now(), ...failure, credentialId: undefined });
    const name = { tenant: 'acme', application: 'entra' };
    for (let n = 0; n < 30; n++) await countRequest(table, name, counts);
  };
  return { table, log, measured, sent, faults, watcher, fail };
}

describe('watcher', () => {
  it('tells in one log line and in metrics what it found, and sends no notice of nothing', async () => {
    const { watcher, log, measured, sent } = await setUp();
    const counts = await watcher({}, context);
    expect(counts).toMatchObject({ watched: 2, muted: 0, unhealthy: 0, unwatched: 0 });
    expect(log.lines).toMatchObject([{ level: 'INFO', message: 'watch', ...counts }]);
    expect(measured).toMatchObject([{ watched: 2, unhealthy: [], notificationFailures: 0 }]);
    expect(sent).toEqual([]);
  });

  it('sends a notice of an incident, once', async () => {
    const { watcher, log, sent, fail, measured } = await setUp();
    await fail();
    for (let n = 0; n < 3; n++) await watcher({}, context);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.message).toContain('docs/runbook.md#failures');
    expect(log.lines.filter(({ message }) => message === 'unhealthy')).toMatchObject([
      { tenant: 'acme', application: 'entra', reason: 'failures', article: 'docs/runbook.md#failures' },
    ]);
    expect(measured.map(({ unhealthy }) => unhealthy.length)).toEqual([1, 1, 1]);
  });

  it('sends again what could not be sent, at the next look', async () => {
    const { watcher, log, sent, faults, fail, measured, table } = await setUp();
    await fail();
    faults.notifier = true;
    await watcher({}, context);
    expect(measured[0]).toMatchObject({ notificationFailures: 1 });
    expect(await listUnhealthy(table)).toHaveLength(1);
    expect(JSON.stringify(log.lines)).not.toContain('personal-value');
    faults.notifier = false;
    for (let n = 0; n < 2; n++) await watcher({}, context);
    expect(sent).toHaveLength(1);
  });

  it('looks at the other tenants where one cannot be read', async () => {
    const { watcher, log, table, sent, fail } = await setUp();
    await fail();
    await table.writeOne({ kind: 'update', key: tenantKey('other'), set: { settings: 'nonsense' } });
    expect(await watcher({}, context)).toMatchObject({ watched: 1, unwatched: 1, unhealthy: 1 });
    expect(sent).toHaveLength(1);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'ERROR', message: 'watch of a tenant failed', tenant: 'other' }),
    );
  });

  it('stops in time and says how many it did not look at', async () => {
    const { watcher } = await setUp();
    const short = { getRemainingTimeInMillis: () => 15_000 };
    expect(await watcher({}, short)).toMatchObject({ watched: 0, unwatched: 2 });
  });

  it('logs a failure without its message, and lets Lambda know of it', async () => {
    const { table, watcher, log } = await setUp();
    table.close();
    await expect(watcher({}, context)).rejects.toThrow();
    expect(log.lines).toMatchObject([{ level: 'ERROR', message: 'watch failed', failure: {} }]);
  });
});

describe('the reasons of the contract', () => {
  it('are those of the directory', () => {
    // A reason that is missing here does not compile.
    const reasons = {
      failures: true,
      silent: true,
      'token-expires-within-30-days': true,
      'token-expires-within-7-days': true,
      'token-expired': true,
      'previous-token-in-use': true,
      'guard-tripped': true,
    } as const satisfies Record<UnhealthyReason, true>;
    expect(UNHEALTHY_REASONS.toSorted()).toEqual(Object.keys(reasons).toSorted());
  });
});
