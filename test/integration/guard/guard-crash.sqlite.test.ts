import { describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { type Job, releaseHeld } from '../../../directory/guard/release.ts';
import { performWrite } from '../../../directory/perform-write.ts';
import { heldPartition } from '../../../directory/store/access-keys.ts';
import { resourceKey } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { TenantCache } from '../../../directory/tenants.ts';
import { ScimError } from '../../../scim/errors.ts';
import { createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { concurrencyModes } from '../../helpers/concurrency-modes.ts';
import { dieAt, expectSound, MANY_CALLS } from '../../helpers/crashes.ts';
import { addUser, createContext, everything, requestOf } from '../../helpers/directory.ts';
import { setGuard } from '../../helpers/guard.ts';
import { patchOf } from '../../helpers/scim-server.ts';

const LIMIT = 2;
const USERS = 5;

async function createScene(table: SqliteItemTable): Promise<{ context: DirectoryContext; ids: readonly string[] }> {
  await setGuard(table, 'acme', { atLeast: LIMIT, percent: 0 });
  const context = await createContext(table);
  const ids: string[] = [];
  for (let n = 0; n < USERS; n += 1) ids.push(await addUser(context, `user-${n}@example.com`));
  const tenant = await new TenantCache({ now: Date.now }).find(table, 'acme');
  return { context: tenant === undefined ? context : { ...context, tenant }, ids };
}

/** @returns The status that the client is answered; a process that dies answers nothing. */
async function deactivate(context: DirectoryContext, id: string): Promise<number> {
  const body = patchOf({ op: 'Replace', path: 'active', value: false });
  try {
    const write = { method: 'PATCH', type: 'User', id, body, ifMatch: undefined } as const;
    return (await performWrite(context, write, everything.User)).status;
  } catch (error) {
    if (error instanceof ScimError) return error.status;
    throw error;
  }
}

function jobOf({ table, requestId, now, newId }: DirectoryContext): Job {
  return { table, principal: 'arn:aws:iam::123456789012:user/jo', requestId, now, newId, remainingMs: () => 60_000 };
}

async function activeIn(table: SqliteItemTable, ids: readonly string[]): Promise<number> {
  const users = await table.getMany(ids.map((id) => resourceKey('acme', 'User', id)));
  return users.filter((user) => user?.['deactivatedAt'] === undefined).length;
}

async function marksIn(table: SqliteItemTable, ids: readonly string[]): Promise<number> {
  const users = await table.getMany(ids.map((id) => resourceKey('acme', 'User', id)));
  return users.filter((user) => user?.['heldSince'] !== undefined).length;
}

async function heldIn(table: SqliteItemTable): Promise<number> {
  return (await queryAll(table, { pk: heldPartition('acme', 'entra') })).length;
}

describe('a request whose process dies at any call', () => {
  it('has never let more through than may go, and is held once it is sent again', async () => {
    for (let at = 1; at < MANY_CALLS; at++) {
      const table = new SqliteItemTable(':memory:');
      const { context, ids } = await createScene(table);
      for (const id of ids.slice(0, LIMIT)) expect(await deactivate(context, id)).toBe(200);
      const died = await dieAt(at, table, context, (dying) => deactivate(dying, ids[LIMIT] ?? ''));
      expect(await activeIn(table, ids)).toBe(USERS - LIMIT);
      expect(await marksIn(table, ids)).toBe(await heldIn(table));
      expect(await deactivate(context, ids[LIMIT] ?? '')).toBe(503);
      expect([await heldIn(table), await marksIn(table, ids)]).toEqual([1, 1]);
      await expectSound(table);
      if (!died) break;
    }
  });
});

describe('a release whose process dies at any call', () => {
  it('is carried on by the next, and does everything once', async () => {
    for (let at = 1; at < MANY_CALLS; at++) {
      const table = new SqliteItemTable(':memory:');
      const { context, ids } = await createScene(table);
      for (const id of ids) await deactivate(context, id);
      const all = { all: true, after: undefined } as const;
      const died = await dieAt(at, table, context, (dying) => releaseHeld(jobOf(dying), dying, all));
      await releaseHeld(jobOf(context), context, all);
      expect([await activeIn(table, ids), await heldIn(table), await marksIn(table, ids)]).toEqual([0, 0, 0]);
      const versions = await table.getMany(ids.slice(LIMIT).map((id) => resourceKey('acme', 'User', id)));
      // Made, held, deactivated.
      expect(versions.map((user) => user?.['version'])).toEqual(Array(USERS - LIMIT).fill(3));
      await expectSound(table);
      if (!died) break;
    }
  });
});

describe.each(concurrencyModes(7, 11))('requests that come at once on a table in mode $kind', (mode) => {
  it('do not pass the limit together', async () => {
    const table = new SqliteItemTable(':memory:');
    const { context, ids } = await createScene(table);
    const shared = mode.kind === 'plain' ? table : createAdversarialTable(table, mode);
    const statuses = await Promise.all(ids.map((id) => deactivate(requestOf(context, shared), id)));
    const done = statuses.filter((status) => status === 200).length;
    expect(done).toBeLessThanOrEqual(LIMIT);
    expect(USERS - (await activeIn(table, ids))).toBeLessThanOrEqual(LIMIT);
    for (const id of ids) await deactivate(context, id);
    await releaseHeld(jobOf(context), context, { all: true, after: undefined });
    for (const id of ids) expect(await deactivate(context, id)).toBe(200);
    expect([await activeIn(table, ids), await heldIn(table), await marksIn(table, ids)]).toEqual([0, 0, 0]);
    await expectSound(table);
  });
});
