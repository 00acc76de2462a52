import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACTORS } from '../../../directory/context.ts';
import { markAnnounced } from '../../../directory/cycles/incidents.ts';
import { watch } from '../../../directory/cycles/watch.ts';
import { sweepLifecycle } from '../../../directory/lifecycle/lifecycle-sweep.ts';
import { heldPartition } from '../../../directory/store/access-keys.ts';
import type { ResourceItem } from '../../../directory/store/items.ts';
import { resourceKey } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { AdminApi } from '../../helpers/admin-api.ts';
import { createContext, patch } from '../../helpers/directory.ts';
import { createStreamedTable, drain, RecordingPublisher, type StreamedTable } from '../../helpers/feed.ts';
import { setGuard } from '../../helpers/guard.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { patchOf, type ScimResponse, ScimServer } from '../../helpers/scim-server.ts';

const SMALL = { atLeast: 3, percent: 20 } as const;
const deactivation = patchOf({ op: 'Replace', path: 'active', value: 'False' });

let streamed: StreamedTable;
let server: ScimServer;
let admin: AdminApi;
let publisher: RecordingPublisher;

beforeEach(async () => {
  streamed = await createStreamedTable();
  server = new ScimServer(streamed.table);
  await server.start(['acme', 'other']);
  admin = new AdminApi(streamed.table, new MemoryVault());
  admin.time = Date.now();
  publisher = new RecordingPublisher();
  for (const tenant of ['acme', 'other']) await setGuard(streamed.table, tenant, SMALL);
});

afterEach(async () => {
  await server.close();
});

type TableCalls = { readonly get?: number; readonly writeOne?: number };

const path = { tenant: 'acme', application: 'default' };

async function addUsers(count: number, tenant = 'acme'): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const more = { externalId: `${tenant}-${n}`, active: true };
    ids.push((await server.createUser(tenant, `user-${n}@example.com`, more)).id);
  }
  return ids;
}

async function deactivate(id: string | undefined, tenant = 'acme'): Promise<ScimResponse> {
  return await server.send(tenant, 'PATCH', `/Users/${id}`, { body: deactivation });
}

/** As an operator's own change, which is not guarded. */
async function deactivateNow(id: string): Promise<void> {
  const context = { ...(await createContext(streamed.table)), application: ACTORS.operator };
  await patch(context, 'User', id, [{ op: 'replace', path: 'active', value: false }]);
}

async function statusesOf(ids: readonly string[], act: (id: string) => Promise<ScimResponse>): Promise<number[]> {
  const statuses: number[] = [];
  for (const id of ids) statuses.push((await act(id)).status);
  return statuses;
}

async function activeOf(ids: readonly string[], tenant = 'acme'): Promise<number> {
  const items = await streamed.table.getMany(ids.map((id) => resourceKey(tenant, 'User', id)));
  return items.filter((item) => (item?.['attributes'] as ResourceItem['attributes'] | undefined)?.['active'] === true)
    .length;
}

async function signIn(value: string): Promise<JsonObject> {
  return await admin.ok('checkSignIn', { path: { tenant: 'acme' }, body: { subject: { value } } });
}

async function heldItems(): Promise<number> {
  return (await queryAll(streamed.table, { pk: heldPartition('acme', 'default') })).length;
}

function requestLines() {
  return server.log.lines.filter(({ tableCalls }) => tableCalls !== undefined);
}

describe('the guard against mass deprovisioning', () => {
  it('stops an application at the percentage of its active users, and keeps what comes after', async () => {
    const ids = await addUsers(40);
    await drain(streamed, publisher);
    const statuses = await statusesOf(ids.slice(0, 12), deactivate);
    expect(statuses).toEqual([...Array(8).fill(200), ...Array(4).fill(503)]);
    expect(await activeOf(ids)).toBe(32);
    const answer = await deactivate(ids[8]);
    expect(answer.headers['retry-after']).toBe('900');
    expect(answer.json).toMatchObject({ status: '503', detail: expect.stringContaining('scim-stack guard list acme') });
    const { held } = await admin.ok('listHeld', { path });
    expect(held).toHaveLength(4);
    expect(held[0]).toMatchObject({ type: 'User', method: 'PATCH', name: 'u…@e…', users: 1, kept: true });
  });

  it('goes by the least number where the percentage is less', async () => {
    const ids = await addUsers(6);
    await drain(streamed, publisher);
    expect(await statusesOf(ids.slice(0, 4), deactivate)).toEqual([200, 200, 200, 503]);
  });

  it('counts deletions, deactivations by PUT, and operations of a bulk request alike', async () => {
    const ids = await addUsers(6);
    expect((await server.send('acme', 'DELETE', `/Users/${ids[0]}`)).status).toBe(204);
    const body = { userName: 'user-1@example.com', externalId: 'acme-1', active: false };
    expect((await server.send('acme', 'PUT', `/Users/${ids[1]}`, { body })).status).toBe(200);
    const Operations = [2, 3].map((n) => ({ method: 'DELETE', path: `/Users/${ids[n]}` }));
    const bulk = await server.send('acme', 'POST', '/Bulk', {
      body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations },
    });
    const statuses = (bulk.json['Operations'] as readonly JsonObject[]).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual(['204', '503']);
  });

  it('lets everything else go on, in the tenant and in others', async () => {
    const ids = await addUsers(5);
    const others = await addUsers(2, 'other');
    await statusesOf(ids.slice(0, 4), deactivate);
    expect((await deactivate(ids[4])).status).toBe(503);
    const title = patchOf({ op: 'Replace', path: 'title', value: 'Engineer' });
    expect((await server.send('acme', 'PATCH', `/Users/${ids[4]}`, { body: title })).status).toBe(200);
    expect((await server.send('acme', 'POST', '/Users', { body: { userName: 'new@example.com' } })).status).toBe(201);
    expect((await server.send('acme', 'GET', `/Users/${ids[4]}`)).json['active']).toBe(true);
    expect(await statusesOf(others, (id) => deactivate(id, 'other'))).toEqual([200, 200]);
    expect(await heldItems()).toBe(2);
  });

  it('is not overshot by requests that come at once', async () => {
    const ids = await addUsers(20);
    await drain(streamed, publisher);
    const statuses = await Promise.all(ids.map(async (id) => (await deactivate(id)).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(4);
    expect(statuses.filter((status) => status === 503)).toHaveLength(16);
    expect(await activeOf(ids)).toBe(16);
    expect(await heldItems()).toBe(16);
  });

  it('refuses a held user at sign-in, unless the tenant allows it', async () => {
    const ids = await addUsers(4);
    await statusesOf(ids, deactivate);
    expect(await signIn('acme-3')).toMatchObject({ decision: 'deny', reason: 'held' });
    const { policy } = await admin.ok('showPolicy', { path: { tenant: 'acme' } });
    const body = { policy: { ...policy, signIn: { ...policy.signIn, heldUsers: 'allow' } } };
    await admin.ok('setPolicy', { path: { tenant: 'acme' }, body });
    expect(await signIn('acme-3')).toMatchObject({ decision: 'allow' });
  });

  it('counts the members of a group that is emptied or deleted, before it is', async () => {
    const ids = await addUsers(5);
    const members = ids.map((value) => ({ value }));
    const { id: group } = await server.createGroup('acme', 'Everybody', { members });
    const emptied = await server.send('acme', 'PUT', `/Groups/${group}`, {
      body: { displayName: 'Everybody', members: [] },
    });
    expect(emptied.status).toBe(503);
    expect((await server.send('acme', 'DELETE', `/Groups/${group}`)).status).toBe(503);
    expect((await server.send('acme', 'GET', `/Groups/${group}`)).json['members']).toHaveLength(5);
    expect(await heldItems()).toBe(1);
  });

  it('holds nothing where the removal changes nothing', async () => {
    const ids = await addUsers(5);
    const { id: group } = await server.createGroup('acme', 'Some');
    const body = patchOf({ op: 'Remove', path: 'members', value: ids.map((value) => ({ value })) });
    expect((await server.send('acme', 'PATCH', `/Groups/${group}`, { body })).status).toBe(204);
    expect(await heldItems()).toBe(0);
  });

  it('only tells, in mode watch', async () => {
    await setGuard(streamed.table, 'acme', { ...SMALL, mode: 'watch' });
    const ids = await addUsers(5);
    expect(await statusesOf(ids, deactivate)).toEqual(Array(5).fill(200));
    await drain(streamed, publisher);
    const tripped = publisher.events.filter(({ type }) => type === 'guard.tripped');
    expect(tripped).toMatchObject([{ data: { phase: 'tripped', mode: 'watch', what: 'users', counted: 4, limit: 3 } }]);
  });

  it('counts nothing in mode off', async () => {
    await setGuard(streamed.table, 'acme', { ...SMALL, mode: 'off' });
    const ids = await addUsers(5);
    expect(await statusesOf(ids, deactivate)).toEqual(Array(5).fill(200));
  });

  it('announces the trip once', async () => {
    const ids = await addUsers(6);
    await statusesOf(ids, deactivate);
    await drain(streamed, publisher);
    const tripped = publisher.events.filter(({ type }) => type === 'guard.tripped');
    expect(tripped).toMatchObject([{ application: 'default', data: { mode: 'on', counted: 4, limit: 3 } }]);
  });
});

describe('as long as anything is held', () => {
  const DAY_MILLIS = 86_400_000;

  async function sweepAfter(days: number): Promise<void> {
    const now = () => new Date(Date.now() + days * DAY_MILLIS);
    await sweepLifecycle(streamed.table, { now, newId: randomUUID, remainingMs: () => 60_000 });
    await drain(streamed, publisher);
  }

  it('the event is repeated daily, with the time that is left', async () => {
    const ids = await addUsers(6);
    await statusesOf(ids, deactivate);
    for (const days of [0, 1, 1.1, 2]) await sweepAfter(days);
    const repeated = publisher.events.filter(({ type, data }) => type === 'guard.tripped' && 'held' in data);
    expect(repeated).toMatchObject(Array(2).fill({ data: { phase: 'held', held: 3, givesUpAt: expect.any(String) } }));
    await admin.ok('releaseHeld', { path, body: { all: true } });
    await sweepAfter(3);
    expect(publisher.events.filter(({ type, data }) => type === 'guard.tripped' && 'held' in data)).toHaveLength(2);
  });

  it('the watcher names the application, and again each day', async () => {
    const ids = await addUsers(6);
    await statusesOf(ids, deactivate);
    const lookAfter = async (days: number) => {
      const now = () => new Date(Date.now() + days * DAY_MILLIS);
      const report = await watch(streamed.table, { now, remainingMs: () => 60_000, onFailure: () => undefined });
      await markAnnounced(streamed.table, report.unannounced);
      return report.unannounced.filter(({ reason }) => reason === 'guard-tripped').map(({ cause }) => cause);
    };
    expect(await lookAfter(0)).toMatchObject([expect.stringContaining('gives up in 2')]);
    expect(await lookAfter(0)).toEqual([]);
    expect(await lookAfter(1.5)).toHaveLength(1);
    await admin.ok('releaseHeld', { path, body: { all: true } });
    expect(await lookAfter(3)).toEqual([]);
  });

  it('the sweep of the lifecycle is stopped as well, and its holds are decided about alike', async () => {
    const ids = await addUsers(5);
    const settings = { deleteAfterDeactivatedDays: 1 };
    await admin.ok('changeTenant', { path: { tenant: 'acme' }, body: { settings } });
    for (const id of ids) await deactivateNow(id);
    await sweepAfter(2);
    const sweep = { tenant: 'acme', application: '@lifecycle' };
    const { held } = await admin.ok('listHeld', { path: sweep });
    expect(held).toHaveLength(2);
    admin.time = Date.now() + 2 * DAY_MILLIS;
    await admin.ok('releaseHeld', { path: sweep, body: { all: true } });
    const left = await streamed.table.getMany(ids.map((id) => resourceKey('acme', 'User', id)));
    expect(left.filter((item) => item !== undefined)).toEqual([]);
  });
});

describe('guard release', () => {
  it('does all that is held at once, as the application; what is sent again changes nothing', async () => {
    const ids = await addUsers(6);
    await statusesOf(ids, deactivate);
    const released = await admin.ok('releaseHeld', { path, body: { all: true } });
    expect(released).toEqual({ decided: 3, failed: [], unkept: [] });
    expect(await activeOf(ids)).toBe(0);
    expect(await heldItems()).toBe(0);
    expect(await statusesOf(ids, deactivate)).toEqual(Array(6).fill(200));
    const { guards } = await admin.ok('listGuards', { path: { tenant: 'acme' } });
    expect(guards.find(({ application }: JsonObject) => application === 'default')).toMatchObject({
      counted: { users: 0 },
      holds: false,
    });
    await drain(streamed, publisher);
    const gone = publisher.events.filter(({ type }) => type === 'user.deactivated');
    expect(gone.map(({ application }) => application)).toEqual(Array(6).fill('default'));
  });

  it('does one, and goes on holding the others', async () => {
    const ids = await addUsers(6);
    await statusesOf(ids, deactivate);
    await admin.ok('releaseHeld', { path, body: { id: ids[4] } });
    expect(await activeOf(ids)).toBe(2);
    expect((await deactivate(ids[4])).status).toBe(200);
    expect((await deactivate(ids[5])).status).toBe(503);
    expect(await heldItems()).toBe(2);
  });

  it('deletes whom the last request would have deleted', async () => {
    const ids = await addUsers(4);
    await statusesOf(ids, deactivate);
    expect((await server.send('acme', 'DELETE', `/Users/${ids[3]}`)).status).toBe(503);
    expect(await heldItems()).toBe(1);
    await admin.ok('releaseHeld', { path, body: { all: true } });
    expect((await server.send('acme', 'GET', `/Users/${ids[3]}`)).status).toBe(404);
  });

  it('leaves alone who was said to be active again, and members who were added again', async () => {
    const ids = await addUsers(5);
    const members = ids.map((value) => ({ value }));
    const { id: group } = await server.createGroup('acme', 'Everybody', { members });
    await statusesOf(ids.slice(0, 4), deactivate);
    const removal = patchOf({ op: 'Remove', path: 'members', value: members.slice(3) });
    expect((await server.send('acme', 'PATCH', `/Groups/${group}`, { body: removal })).status).toBe(503);
    const back = patchOf({ op: 'Add', path: 'members', value: members.slice(4) });
    expect((await server.send('acme', 'PATCH', `/Groups/${group}`, { body: back })).status).toBe(204);
    const activation = patchOf({ op: 'Replace', path: 'active', value: 'True' });
    expect((await server.send('acme', 'PATCH', `/Users/${ids[3]}`, { body: activation })).status).toBe(200);
    expect(await signIn('acme-3')).toMatchObject({ decision: 'allow' });
    await admin.ok('releaseHeld', { path, body: { all: true } });
    expect(await activeOf(ids)).toBe(2);
    const { json } = await server.send('acme', 'GET', `/Groups/${group}`);
    const left = (json['members'] as readonly JsonObject[]).map(({ value }) => value);
    expect(left.toSorted()).toEqual([ids[0], ids[1], ids[2], ids[4]].toSorted());
    expect((await streamed.table.get(resourceKey('acme', 'Group', group)))?.['held']).toBeUndefined();
  });

  it('refuses one of whom nothing is held', async () => {
    const [id] = await addUsers(1);
    expect((await admin.call('releaseHeld', { path, body: { id } })).status).toBe(404);
  });
});

describe('guard reject', () => {
  it('refuses all that the application takes away with a 400, until it is cleared', async () => {
    const ids = await addUsers(5);
    await statusesOf(ids, deactivate);
    await admin.ok('rejectHeld', { path, body: { all: true } });
    const refused = await deactivate(ids[4]);
    expect(refused.status).toBe(400);
    expect(refused.json['detail']).toContain('scim-stack guard clear acme');
    expect(await heldItems()).toBe(0);
    expect(await signIn('acme-4')).toMatchObject({ decision: 'allow' });
    await admin.ok('clearRejections', { path, body: { all: true } });
    expect((await deactivate(ids[4])).status).toBe(200);
  });

  it('refuses one with a 400, and holds the others', async () => {
    const ids = await addUsers(5);
    await statusesOf(ids, deactivate);
    await admin.ok('rejectHeld', { path, body: { id: ids[3] } });
    expect((await deactivate(ids[3])).status).toBe(400);
    expect((await deactivate(ids[4])).status).toBe(503);
    expect(await signIn('acme-3')).toMatchObject({ decision: 'allow' });
    await admin.ok('releaseHeld', { path, body: { all: true } });
    expect(await activeOf(ids)).toBe(1);
    expect((await deactivate(ids[3])).status).toBe(400);
    await admin.ok('clearRejections', { path, body: { id: ids[3] } });
    expect((await deactivate(ids[3])).status).toBe(200);
  });
});

describe('what the guard costs', () => {
  it('is one get and one put where something is taken away, and nothing else', async () => {
    const ids = await addUsers(2);
    await deactivate(ids[0]);
    const seen = requestLines().length;
    await deactivate(ids[1]);
    await deactivate(ids[1]);
    const [guarded, unchanged] = requestLines()
      .slice(seen)
      .map(({ tableCalls }) => tableCalls);
    await setGuard(streamed.table, 'other', { mode: 'off' });
    const others = await addUsers(1, 'other');
    const start = requestLines().length;
    await deactivate(others[0], 'other');
    await deactivate(others[0], 'other');
    const [free, freeUnchanged] = requestLines()
      .slice(start)
      .map(({ tableCalls }) => tableCalls as TableCalls);
    expect(guarded).toEqual({ ...free, get: (free?.get ?? 0) + 1, writeOne: (free?.writeOne ?? 0) + 1 });
    expect(unchanged).toEqual(freeUnchanged);
  });
});
