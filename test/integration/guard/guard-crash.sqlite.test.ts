import { describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import type { Job } from '../../../directory/guard/decide.ts';
import { releaseHeld } from '../../../directory/guard/release.ts';
import { type Performed, performWrite } from '../../../directory/perform-write.ts';
import { heldPartition } from '../../../directory/store/access-keys.ts';
import { membersPartition, resourceKey } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { TenantCache } from '../../../directory/tenants.ts';
import { ScimError } from '../../../scim/errors.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { concurrencyModes } from '../../helpers/concurrency-modes.ts';
import { dieAt, expectSound, MANY_CALLS } from '../../helpers/crashes.ts';
import {
  addGroup,
  addMembers,
  addUser,
  createContext,
  everything,
  removeMembers,
  requestOf,
} from '../../helpers/directory.ts';
import { setGuard } from '../../helpers/guard.ts';
import { patchOf } from '../../helpers/scim-server.ts';

const LIMIT = 2;
const USERS = 5;
const ALL = { all: true, after: undefined } as const;

async function createScene(table: SqliteItemTable): Promise<{ context: DirectoryContext; ids: readonly string[] }> {
  await setGuard(table, 'acme', { atLeast: LIMIT, percent: 0 });
  const context = await createContext(table);
  const ids: string[] = [];
  for (let n = 0; n < USERS; n += 1) ids.push(await addUser(context, `user-${n}@example.com`));
  const tenant = await new TenantCache({ now: Date.now }).find(table, 'acme');
  return { context: tenant === undefined ? context : { ...context, tenant }, ids };
}

async function deactivate(context: DirectoryContext, id: string): Promise<number> {
  return await setActive(context, id, false);
}

async function activate(context: DirectoryContext, id: string): Promise<number> {
  return await setActive(context, id, true);
}

async function setActive(context: DirectoryContext, id: string, value: boolean): Promise<number> {
  const body = patchOf({ op: 'Replace', path: 'active', value });
  const write = { method: 'PATCH', type: 'User', id, body, ifMatch: undefined } as const;
  return await statusOf(performWrite(context, write, everything.User));
}

/** @returns The status that the client is answered; a process that dies answers nothing. */
async function statusOf(performed: Promise<Performed>): Promise<number> {
  try {
    return (await performed).status;
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
  return users.filter((user) => user?.['held'] !== undefined).length;
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
      // Made, deactivated.
      expect(versions.map((user) => user?.['version'])).toEqual(Array(USERS - LIMIT).fill(2));
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

describe('what is held of a group', () => {
  const members = async (table: SqliteItemTable, group: string) =>
    (await queryAll(table, { pk: membersPartition('acme', group) })).map(({ sk }) => sk).toSorted();
  const send = async (context: DirectoryContext, group: string, ...operations: readonly JsonObject[]) => {
    const write = {
      method: 'PATCH',
      type: 'Group',
      id: group,
      body: patchOf(...operations),
      ifMatch: undefined,
    } as const;
    return await statusOf(performWrite(context, write, everything.Group));
  };

  /** The first three users are to leave, by two requests. */
  async function createGroupScene(table: SqliteItemTable) {
    const { context, ids } = await createScene(table);
    const [a = '', b = '', c = '', ...others] = ids;
    const group = await addGroup(context, 'Everybody', ids);
    for (const removal of [removeMembers([a, b, ...others]), removeMembers([c])]) {
      expect(await send(context, group, removal)).toBe(503);
    }
    return { context, group, ids, a };
  }

  it('is released once and in order, whenever a process dies, without who was added meanwhile', async () => {
    for (let at = 1; at < MANY_CALLS; at++) {
      const table = new SqliteItemTable(':memory:');
      const { context, group, a } = await createGroupScene(table);
      const died = await dieAt(at, table, context, (dying) => releaseHeld(jobOf(dying), dying, ALL));
      expect(await checkInvariants(table)).toEqual([]);
      expect(await send(context, group, addMembers([a]))).toBe(204);
      await releaseHeld(jobOf(context), context, ALL);
      expect([await members(table, group), await heldIn(table)]).toEqual([[a], 0]);
      await expectSound(table);
      if (!died) break;
    }
  });

  it('leaves in who is added again, whenever that process dies and tries again', async () => {
    for (let at = 1; at < MANY_CALLS; at++) {
      const table = new SqliteItemTable(':memory:');
      const { context, group, a } = await createGroupScene(table);
      const died = await dieAt(at, table, context, (dying) => send(dying, group, addMembers([a])));
      expect(await send(context, group, addMembers([a]))).toBe(204);
      await releaseHeld(jobOf(context), context, ALL);
      expect([await members(table, group), await heldIn(table)]).toEqual([[a], 0]);
      await expectSound(table);
      if (!died) break;
    }
  });
});

describe.each(concurrencyModes(13, 17))('holding, releasing and taking back at once in mode $kind', (mode) => {
  it('takes nobody away after they were said to be active', async () => {
    const table = new SqliteItemTable(':memory:');
    const { context, ids } = await createScene(table);
    for (const id of ids.slice(0, LIMIT)) await deactivate(context, id);
    const shared = mode.kind === 'plain' ? table : createAdversarialTable(table, mode);
    const request = () => requestOf(context, shared);
    await Promise.all([
      ...ids.flatMap((id) => [deactivate(request(), id), activate(request(), id), deactivate(request(), id)]),
      releaseHeld(jobOf(request()), request(), ALL),
    ]);
    expect(await checkInvariants(table)).toEqual([]);
    for (const id of ids) expect(await activate(context, id)).toBe(200);
    await releaseHeld(jobOf(context), context, ALL);
    expect([await activeIn(table, ids), await heldIn(table), await marksIn(table, ids)]).toEqual([USERS, 0, 0]);
    await expectSound(table);
  });
});
