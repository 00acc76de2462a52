import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { heldPartition } from '../../../directory/store/access-keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { AdminApi } from '../../helpers/admin-api.ts';
import { setGuard } from '../../helpers/guard.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { ScimServer } from '../../helpers/scim-server.ts';
import { playSmall } from '../../helpers/small-replay.ts';
import { createTestTable } from '../../helpers/tables.ts';

const path = { tenant: 'acme', application: 'default' };
let server: ScimServer;
let admin: AdminApi;

beforeEach(async () => {
  server = new ScimServer(await createTestTable());
  await server.start(['acme']);
  admin = new AdminApi(server.table, new MemoryVault());
  admin.time = Date.now();
});

afterEach(async () => {
  await server.close();
});

/** An operator who releases whatever is held, until the replay is over. */
async function releaseUntil(over: AbortSignal): Promise<number> {
  let released = 0;
  while (!over.aborted) {
    const { held } = await admin.ok('listHeld', { path });
    if (held.length > 0) released += (await admin.ok('releaseHeld', { path, body: { all: true } })).decided;
    await sleep(20);
  }
  return released;
}

it("leaves Entra's client with the right state, that tries again until an operator has released", async () => {
  await setGuard(server.table, 'acme', { atLeast: 1, percent: 0 });
  const over = new AbortController();
  const operator = releaseUntil(over.signal);
  const argv = ['--token', server.tokenOf('acme'), '--users', '40', '--groups', '6', '--cycles', '2'];
  // The client tries again as often as it would, only sooner than Retry-After asks for.
  const wait = (_: number, signal: AbortSignal) => sleep(300, undefined, { signal });
  const report = await playSmall(server.tenantUrl('acme'), argv, { wait }).finally(() => over.abort());
  expect(await operator).toBeGreaterThan(0);
  expect(report).toMatchObject({ finalState: { differenceCount: 0 }, errorCount: 0 });
  await admin.ok('releaseHeld', { path, body: { all: true } });
  expect(await queryAll(server.table, { pk: heldPartition('acme', 'default') })).toEqual([]);
}, 120_000);
