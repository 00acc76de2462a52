import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { decideSignIn } from '../../../directory/access/sign-in.ts';
import { ACTORS, type DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import type { Decided, Job, Which } from '../../../directory/guard/decide.ts';
import { rejectHeld } from '../../../directory/guard/reject.ts';
import { releaseHeld } from '../../../directory/guard/release.ts';
import { remindOfHeld } from '../../../directory/guard/remind.ts';
import { sweepLifecycle } from '../../../directory/lifecycle/lifecycle-sweep.ts';
import { purgeUser } from '../../../directory/lifecycle/purge-user.ts';
import { restoreUser } from '../../../directory/lifecycle/restore-user.ts';
import { listAudit } from '../../../directory/operator/audit.ts';
import { performWrite } from '../../../directory/perform-write.ts';
import { heldPartition } from '../../../directory/store/access-keys.ts';
import type { Item, ItemTable, TableCall } from '../../../directory/store/item-table.ts';
import { membersPartition, resourceKey } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { createApplication, TenantCache } from '../../../directory/tenants.ts';
import { ScimError } from '../../../scim/errors.ts';
import { parseIfMatch } from '../../../scim/etag.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { AdminApi } from '../../helpers/admin-api.ts';
import {
  addGroup,
  addMembers,
  addUser,
  createContext,
  everything,
  removeMembers,
  requestOf,
} from '../../helpers/directory.ts';
import { createStreamedTable, drain, RecordingPublisher, type StreamedTable } from '../../helpers/feed.ts';
import { setGuard } from '../../helpers/guard.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { patchOf } from '../../helpers/scim-server.ts';

const ALL = { all: true, after: undefined } as const;
const deactivation = patchOf({ op: 'Replace', path: 'active', value: false });
const activation = patchOf({ op: 'Replace', path: 'active', value: true });

let streamed: StreamedTable;
/** Of an application that has taken away by now what it may. */
let entra: DirectoryContext;

beforeEach(async () => {
  streamed = await createStreamedTable();
  await setGuard(streamed.table, 'acme', { atLeast: 1, percent: 0 });
  entra = await reread(await createContext(streamed.table));
  expect(await send(entra, 'DELETE', 'User', await addUser(entra, 'first@example.com'))).toBe(204);
});

async function reread(context: DirectoryContext): Promise<DirectoryContext> {
  const tenant = await new TenantCache({ now: Date.now }).find(streamed.table, 'acme');
  return tenant === undefined ? context : { ...context, tenant };
}

/** @returns The status that the client is answered. */
async function send(
  context: DirectoryContext,
  method: 'PUT' | 'PATCH' | 'DELETE',
  type: 'User' | 'Group',
  id: string,
  body: JsonObject = {},
): Promise<number> {
  const write = method === 'DELETE' ? { method } : { method, body };
  try {
    const request = requestOf(context, context.table);
    return (await performWrite(request, { ...write, type, id, ifMatch: undefined }, everything[type])).status;
  } catch (error) {
    if (error instanceof ScimError) return error.status;
    throw error;
  }
}

function jobOf({ table, requestId, now, newId }: DirectoryContext): Job {
  return { table, principal: 'arn:aws:iam::123456789012:user/jo', requestId, now, newId, remainingMs: () => 60_000 };
}

async function release(context: DirectoryContext, which: Which = ALL): Promise<Decided> {
  return await releaseHeld(jobOf(context), context, which);
}

/** A user whom another application may still take away. */
async function holdUser(userName = 'ada@example.com', more: JsonObject = {}): Promise<string> {
  const id = await addUser(entra, userName, { externalId: userName, ...more });
  expect(await send(entra, 'PATCH', 'User', id, deactivation)).toBe(503);
  return id;
}

async function read(type: 'User' | 'Group', id: string): Promise<Item | undefined> {
  return await streamed.table.get(resourceKey('acme', type, id));
}

async function isActive(id: string): Promise<boolean> {
  const user = await read('User', id);
  return user !== undefined && user['deactivatedAt'] === undefined;
}

async function membersOf(group: string): Promise<string[]> {
  return (await queryAll(streamed.table, { pk: membersPartition('acme', group) })).map(({ sk }) => sk);
}

async function heldItems(application = 'entra'): Promise<readonly Item[]> {
  return await queryAll(streamed.table, { pk: heldPartition('acme', application) });
}

/** All that the table has anywhere, as text. */
async function tableText(): Promise<string> {
  const items: Item[] = [];
  for await (const item of streamed.table.scan()) items.push(item);
  return JSON.stringify(items);
}

describe('what is held of a user ends', () => {
  it('when somebody else has deactivated them: who is back is not taken away by a later release', async () => {
    const ada = await holdUser();
    const okta = { ...entra, application: 'okta' };
    expect(await send(okta, 'PATCH', 'User', ada, deactivation)).toBe(200);
    expect(await send(okta, 'PATCH', 'User', ada, activation)).toBe(200);
    expect((await release(entra)).decided).toBe(0);
    expect([await isActive(ada), await heldItems()]).toEqual([true, []]);
  });

  it('when it comes about because the guard was set to watch', async () => {
    const ada = await holdUser();
    await setGuard(streamed.table, 'acme', { mode: 'watch' });
    const watched = await reread(entra);
    expect(await send(watched, 'PATCH', 'User', ada, deactivation)).toBe(200);
    expect(await send(watched, 'PATCH', 'User', ada, activation)).toBe(200);
    await release(watched);
    expect(await isActive(ada)).toBe(true);
  });

  it('when they are said to be active with the guard off, or by an operator', async () => {
    const ada = await holdUser();
    const bob = await holdUser('bob@example.com');
    await setGuard(streamed.table, 'acme', { mode: 'off' });
    expect(await send(await reread(entra), 'PATCH', 'User', ada, activation)).toBe(200);
    const title = { ...activation, Operations: [{ op: 'replace', value: { active: true, title: 'Countess' } }] };
    expect(await send({ ...entra, application: ACTORS.operator }, 'PATCH', 'User', bob, title)).toBe(200);
    expect([(await read('User', ada))?.['held'], (await read('User', bob))?.['held']]).toEqual([undefined, undefined]);
    await release(entra);
    expect([await isActive(ada), await isActive(bob)]).toEqual([true, true]);
  });

  it('when an operator has deleted them: who is restored stays', async () => {
    const ada = await holdUser();
    expect(await send(entra, 'DELETE', 'User', ada)).toBe(503);
    const operator = { ...entra, application: ACTORS.operator };
    await deleteResource(operator, 'User', ada, { ifMatch: undefined });
    await restoreUser(operator, ada);
    await release(entra);
    expect(await isActive(ada)).toBe(true);
  });

  it('for each application by itself where it is rejected, for all where they are said to be active', async () => {
    const okta = { ...entra, application: 'okta' };
    expect(await send(okta, 'DELETE', 'User', await addUser(entra, 'second@example.com'))).toBe(204);
    const ada = await holdUser();
    expect(await send(okta, 'DELETE', 'User', ada)).toBe(503);
    await rejectHeld(jobOf(entra), entra, { id: ada });
    const subject = { by: 'externalId', value: 'ada@example.com' } as const;
    expect(await decideSignIn(streamed.table, 'acme', { subject })).toMatchObject({ reason: 'held' });
    expect(await send(entra, 'PATCH', 'User', ada, activation)).toBe(200);
    expect(await decideSignIn(streamed.table, 'acme', { subject })).toMatchObject({ decision: 'allow' });
    await release(okta);
    expect(await isActive(ada)).toBe(true);
  });

  it('by a rejection of all that comes just before it is held', async () => {
    const ada = await addUser(entra, 'ada@example.com');
    await holdUser('bob@example.com');
    const table = beforeFirstWriteOf(streamed.table, heldPartition('acme', 'entra'), async () => {
      await rejectHeld(jobOf(entra), entra, ALL);
    });
    expect(await send({ ...entra, table }, 'PATCH', 'User', ada, deactivation)).toBe(400);
    expect([(await read('User', ada))?.['held'], await heldItems()]).toEqual([undefined, []]);
  });

  it('with them taken away, and what else was changed since as it is', async () => {
    const ada = await addUser(entra, 'ada@example.com', { title: 'Miss' });
    const body = { userName: 'ada@example.com', title: 'Miss', active: false };
    expect(await send(entra, 'PUT', 'User', ada, body)).toBe(503);
    const title = patchOf({ op: 'replace', path: 'title', value: 'Countess' });
    expect(await send(entra, 'PATCH', 'User', ada, title)).toBe(200);
    await release(entra);
    expect((await read('User', ada))?.['attributes']).toMatchObject({ title: 'Countess', active: false });
  });

  it('leaves nothing behind that is not deleted when it is met', async () => {
    const ada = await holdUser();
    await holdUser('bob@example.com');
    await deleteResource({ ...entra, application: ACTORS.operator }, 'User', ada, { ifMatch: undefined });
    expect(await heldItems()).toHaveLength(2);
    await remindOfHeld({ ...entra, now: () => new Date(Date.now() + 86_400_000) });
    expect(await heldItems()).toHaveLength(1);
  });
});

describe('what the sweep of the lifecycle would delete', () => {
  const later = () => new Date(Date.now() + 2 * 86_400_000);
  const sweepers = () => ({ ...entra, application: ACTORS.lifecycle, now: later });

  async function setDays(deleteAfterDeactivatedDays: number | null): Promise<void> {
    const admin = new AdminApi(streamed.table, new MemoryVault());
    admin.time = Date.now();
    await admin.ok('changeTenant', { path: { tenant: 'acme' }, body: { settings: { deleteAfterDeactivatedDays } } });
  }

  /** @returns Who is deactivated for too long, and not deleted. */
  async function holdSweep(): Promise<{ readonly id: string; readonly userName: string }> {
    await setDays(1);
    const userNames = ['ada@example.com', 'bob@example.com'];
    const ids: string[] = [];
    for (const userName of userNames) ids.push(await addUser(entra, userName));
    const operator = { ...entra, application: ACTORS.operator };
    for (const id of ids) expect(await send(operator, 'PATCH', 'User', id, deactivation)).toBe(200);
    await sweepLifecycle(streamed.table, { now: later, newId: randomUUID, remainingMs: () => 60_000 });
    const left = (await streamed.table.getMany(ids.map((id) => resourceKey('acme', 'User', id)))).map(
      (item) => item?.['held'] !== undefined,
    );
    expect(left.toSorted()).toEqual([false, true]);
    const at = left.indexOf(true);
    return { id: ids[at] ?? '', userName: userNames[at] ?? '' };
  }

  it('stays once the identity provider says that they are active: they may sign in, and a release leaves them', async () => {
    const { id, userName } = await holdSweep();
    expect(await send(entra, 'PATCH', 'User', id, activation)).toBe(200);
    const subject = { by: 'userName', value: userName } as const;
    expect(await decideSignIn(streamed.table, 'acme', { subject })).toMatchObject({ decision: 'allow' });
    await release(await reread(sweepers()));
    expect(await isActive(id)).toBe(true);
  });

  it('stays where the setting says otherwise by now', async () => {
    const { id } = await holdSweep();
    await setDays(null);
    await release(await reread(sweepers()));
    expect(await read('User', id)).toBeDefined();
    expect((await read('User', id))?.['held']).toBeUndefined();
  });
});

describe('what is held of a group', () => {
  const removal = (...members: readonly string[]) => patchOf(removeMembers(members));
  const addition = (...members: readonly string[]) => patchOf(addMembers(members));
  let ids: readonly [string, string, string, string];
  let group: string;

  const change = async (body: JsonObject, context = entra) => await send(context, 'PATCH', 'Group', group, body);

  beforeEach(async () => {
    const users: string[] = [];
    for (const n of [0, 1, 2, 3]) users.push(await addUser(entra, `user-${n}@example.com`));
    const [a = '', b = '', c = '', d = ''] = users.toSorted();
    ids = [a, b, c, d];
    group = await addGroup(entra, 'Everybody', ids);
    // From now on everything is held.
    await holdUser();
  });

  it('is done in the order in which it was asked for', async () => {
    const [a, b, c, d] = ids;
    const wanted = new Set<string>(ids);
    for (const [gone, back] of [
      [a, b],
      [b, a],
      [a, c],
      [c, a],
      [d, b],
      [a, d],
    ] as const) {
      expect(await change(patchOf(removeMembers([gone]), addMembers([back])))).toBe(503);
      wanted.delete(gone);
      wanted.add(back);
    }
    await release(entra, { id: group });
    expect(await membersOf(group)).toEqual([...wanted].toSorted());
    expect((await read('Group', group))?.['held']).toBeUndefined();
  });

  it('is the last that says all of the group, and what came after', async () => {
    const [a, b, c] = ids;
    expect(await change(removal(a, b))).toBe(503);
    const members = [a, b, c].map((value) => ({ value }));
    expect(await send(entra, 'PUT', 'Group', group, { displayName: 'Everybody', members })).toBe(503);
    expect(await change(removal(c))).toBe(503);
    await release(entra);
    expect(await membersOf(group)).toEqual([a, b]);
  });

  it('leaves in who was added since, whoever said so, and nobody who was added before', async () => {
    const [a, b, c, d] = ids;
    expect(await change(removal(a, b))).toBe(503);
    expect(await change(addition(b, d))).toBe(204);
    expect(await change(removal(d))).toBe(503);
    expect(await change(addition(a), { ...entra, application: 'okta' })).toBe(204);
    expect(await change(removal(c))).toBe(503);
    await release(entra);
    expect(await membersOf(group)).toEqual([a, b]);
    expect(await heldItems()).toEqual([]);
  });

  it('leaves in who is added while it is released', async () => {
    const [a, , , d] = ids;
    expect(await change(removal(a, d))).toBe(503);
    let added: number | undefined;
    const table = beforeFirstWriteOf(streamed.table, membersPartition('acme', group), async () => {
      added = await change(addition(a));
    });
    await release({ ...entra, table }, { id: group });
    expect(added).toBe(204);
    expect(await membersOf(group)).toEqual(ids.slice(0, 3));
  });

  it('leaves out who was said to be out since, though that changed nothing', async () => {
    const [a, ...others] = ids;
    const eve = await addUser(entra, 'eve@example.com');
    expect(await change(patchOf(removeMembers([a]), addMembers([eve])))).toBe(503);
    expect(await change(removal(eve))).toBe(204);
    await release(entra);
    expect(await membersOf(group)).toEqual(others);
  });

  it('takes in a request that names a member twice', async () => {
    const [a, b, c, d] = ids;
    expect(await change(removal(c, d))).toBe(503);
    expect(await change(patchOf(addMembers([d]), removeMembers([d]), addMembers([d])))).toBe(204);
    expect(await change(patchOf(addMembers([d]), addMembers([d])))).toBe(204);
    await release(entra);
    expect(await membersOf(group)).toEqual([a, b, d]);
  });

  it('takes members away, and leaves a name that was changed since', async () => {
    expect(await send(entra, 'PUT', 'Group', group, { displayName: 'Everyone', members: [] })).toBe(503);
    expect(await change(patchOf({ op: 'replace', path: 'displayName', value: 'All' }))).toBe(204);
    await release(entra);
    expect([await membersOf(group), (await read('Group', group))?.['attributes']]).toEqual([
      [],
      { displayName: 'All' },
    ]);
  });

  it('is done by one release alone, where there are two at once', async () => {
    const [a, b] = ids;
    expect(await send(entra, 'PUT', 'Group', group, { displayName: 'Everybody', members: [{ value: a }] })).toBe(503);
    expect(await change(patchOf(addMembers([b]), removeMembers([a])))).toBe(503);
    // The other one does both after this one has read them.
    const table = beforeFirstWriteOf(streamed.table, membersPartition('acme', group), async () => {
      await release(entra, { id: group });
    });
    await release({ ...entra, table }, { id: group });
    expect(await membersOf(group)).toEqual([b]);
  });

  it('ends where the group is in use: its deletion by anybody who is added', async () => {
    expect(await send(entra, 'DELETE', 'Group', group)).toBe(503);
    expect(await change(addition(ids[0]))).toBe(204);
    await release(entra);
    expect(await membersOf(group)).toEqual(ids);
  });

  it('ends where the group is in use: its deletion by a PUT', async () => {
    expect(await send(entra, 'DELETE', 'Group', group)).toBe(503);
    expect(await send(entra, 'PUT', 'Group', group, { displayName: 'Somebody' })).toBe(200);
    await release(entra, ALL);
    expect(await read('Group', group)).toBeDefined();
  });

  it('costs an addition one transaction more, however much it is', async () => {
    const [a, b, c, d] = ids;
    const costOf = async () => {
      const calls: TableCall[] = [];
      const table = streamed.table.withMeter({ count: (call) => calls.push(call) });
      expect(await send({ ...entra, table }, 'PATCH', 'Group', group, addition(d))).toBe(204);
      return calls.filter(({ operation }) => operation.startsWith('write')).length;
    };
    const free = await costOf();
    expect(await change(removal(a))).toBe(503);
    expect(await costOf()).toBe(free + 1);
    for (const gone of [[b], [c], [a, b], [a, c], [b, c]]) expect(await change(removal(...gone))).toBe(503);
    expect(await costOf()).toBe(free + 1);
  });
});

/** A table that does something just before the first transaction with an action in that partition. */
function beforeFirstWriteOf(table: ItemTable, pk: string, act: () => Promise<void>): ItemTable {
  let isOver = false;
  const write: ItemTable['write'] = async (actions, options) => {
    const isOfIt = actions.some((action) => ('key' in action ? action.key : action.item).pk === pk);
    if (isOfIt && !isOver) {
      isOver = true;
      await act();
    }
    await table.write(actions, options);
  };
  return new Proxy(table, {
    get: (target, name) => {
      if (name === 'write') return write;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('what is kept of a request', () => {
  it('is no password, however it was sent', async () => {
    const password = 'correct-horse-battery';
    const ada = await addUser(entra, 'ada@example.com');
    const bodies = [
      patchOf({ op: 'replace', path: 'password', value: password }, { op: 'replace', path: 'active', value: false }),
      patchOf({ op: 'replace', value: { active: false, Password: password, title: 'Countess' } }),
      patchOf({ op: 'add', value: { 'urn:ietf:params:scim:schemas:core:2.0:User': { password }, active: false } }),
    ];
    for (const body of bodies) {
      expect(await send(entra, 'PATCH', 'User', ada, body)).toBe(503);
      expect(await tableText()).not.toContain(password);
    }
    expect(await send(entra, 'PUT', 'User', ada, { userName: 'ada@example.com', active: false, password })).toBe(503);
    expect(await tableText()).not.toContain(password);
  });

  it('is all else that it asks for', async () => {
    const ada = await addUser(entra, 'ada@example.com', { emails: [{ type: 'work', value: 'ada@work.example' }] });
    const body = patchOf(
      { op: 'replace', value: { active: false, title: 'Countess', name: { givenName: 'Ada' } } },
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'ada@home.example' },
      { op: 'add', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', value: 'Engines' },
    );
    expect(await send(entra, 'PATCH', 'User', ada, body)).toBe(503);
    expect(await release(entra)).toMatchObject({ decided: 1, failed: [] });
    expect((await read('User', ada))?.['attributes']).toMatchObject({
      active: false,
      title: 'Countess',
      name: { givenName: 'Ada' },
      emails: [{ type: 'work', value: 'ada@home.example' }],
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Engines' },
    });
  });

  it('is of members their ids alone, and of a purged user nothing, whoever asked', async () => {
    const others = Array.from({ length: 45 }, (_, n) => `a-${n}`);
    for (const name of [...others, 'entra']) await createApplication(streamed.table, 'acme', name, new Date());
    const ada = await holdUser('ada@example.com', { displayName: 'Ada Lovelace' });
    const group = await addGroup(entra, 'Engines', [ada]);
    const value = [{ value: ada, display: 'Ada Lovelace' }];
    expect(await send(entra, 'PATCH', 'Group', group, patchOf({ op: 'Remove', path: 'members', value }))).toBe(503);
    const body = { userName: 'ada@example.com', displayName: 'Ada Lovelace', active: false };
    expect(await send(entra, 'PUT', 'User', ada, body)).toBe(503);
    expect(JSON.stringify((await heldItems()).filter(({ type }) => type === 'Group'))).not.toContain('Lovelace');
    const operator = { ...entra, application: ACTORS.operator };
    await deleteResource(operator, 'User', ada, { ifMatch: undefined });
    await purgeUser(await reread(operator), ada);
    expect(await tableText()).not.toContain('Lovelace');
  });
});

describe('a request that is too large to be kept', () => {
  it('is refused to be released alone, and told of where all is', async () => {
    const ada = await addUser(entra, 'ada@example.com');
    const values = Array.from({ length: 7 }, (_, n) => ({ type: `${n}`, value: 'x'.repeat(65_000) }));
    const body = { userName: 'ada@example.com', active: false, entitlements: values };
    expect(await send(entra, 'PUT', 'User', ada, body)).toBe(503);
    await expect(release(entra, { id: ada })).rejects.toThrow('--all');
    expect((await read('User', ada))?.['held']).toBeDefined();
    expect(await release(entra)).toEqual({ decided: 0, failed: [], unkept: [{ type: 'User', id: ada }] });
    expect([await isActive(ada), await heldItems()]).toEqual([true, []]);
  });
});

describe('what an operator decides', () => {
  it('is recorded before it is done, and what it was', async () => {
    const [ada, bob] = [await holdUser(), await holdUser('bob@example.com')];
    await release(entra, { id: ada });
    await rejectHeld(jobOf(entra), entra, { id: bob });
    const { records } = await listAudit({ table: streamed.table }, {});
    const decisions = records.filter(({ action }) => action.startsWith('guard.'));
    expect(decisions.map(({ action, after }) => ({ action, after }))).toEqual(
      expect.arrayContaining([
        { action: 'guard.release', after: { id: ada } },
        { action: 'guard.reject', after: { id: bob } },
      ]),
    );
    expect(decisions).toHaveLength(2);
  });

  it('is recorded wherever it goes on', async () => {
    const ada = await holdUser();
    await release(entra, { all: true, after: '!' });
    expect(await isActive(ada)).toBe(false);
    const { records } = await listAudit({ table: streamed.table }, {});
    expect(records).toContainEqual(
      expect.objectContaining({ action: 'guard.release', after: { all: true, after: '!' } }),
    );
  });
});

describe('that a request is held', () => {
  it('is no change of its resource: no version, no event', async () => {
    const publisher = new RecordingPublisher();
    const ada = await addUser(entra, 'ada@example.com');
    await drain(streamed, publisher);
    const before = publisher.published.length;
    const version = (await read('User', ada))?.['version'];
    for (let n = 0; n < 3; n += 1) expect(await send(entra, 'PATCH', 'User', ada, deactivation)).toBe(503);
    expect(await send(entra, 'PATCH', 'User', ada, activation)).toBe(200);
    await drain(streamed, publisher);
    expect((await read('User', ada))?.['version']).toBe(version);
    expect(publisher.published.slice(before).map(({ type }) => type)).toEqual(['guard.tripped']);
  });

  it('is ended by a request that is bound to the version', async () => {
    const ifMatch = parseIfMatch('W/"1"');
    const changing = patchOf({ op: 'replace', value: { active: true, title: 'Countess' } });
    for (const [n, body] of [activation, changing].entries()) {
      const ada = await holdUser(`ada-${n}@example.com`);
      const write = { method: 'PATCH', type: 'User', id: ada, body, ifMatch } as const;
      expect(await performWrite(requestOf(entra, streamed.table), write, everything.User)).toMatchObject({
        status: 200,
      });
      expect((await read('User', ada))?.['held']).toBeUndefined();
    }
  });
});
