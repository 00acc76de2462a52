import { beforeEach, describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import { createFeed } from '../../../directory/feed/consume.ts';
import { putLogEntry } from '../../../directory/feed/log-entry.ts';
import { newEntry } from '../../../directory/feed/new-entry.ts';
import { park } from '../../../directory/feed/park.ts';
import { replayEvents } from '../../../directory/feed/replay.ts';
import { eraseParked } from '../../../directory/lifecycle/erase-parked.ts';
import { purgeUser } from '../../../directory/lifecycle/purge-user.ts';
import type { Action, Item, SingleAction } from '../../../directory/store/item-table.ts';
import { JOURNALS, journalPartition, resourceKey, tombstoneKey } from '../../../directory/store/keys.ts';
import { type LogItem, PurgedItemSchema } from '../../../directory/store/log-items.ts';
import { hashIdentifier, parkedPartition, purgedKey } from '../../../directory/store/log-keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { sweepLater, sweepToTheEnd } from '../../helpers/crashes.ts';
import { addGroup, addUser, createContext, patch } from '../../helpers/directory.ts';
import { createStreamedTable, drain, RecordingPublisher, readLog, type StreamedTable } from '../../helpers/feed.ts';
import { removeUser } from '../../helpers/lifecycle.ts';
import { allIn } from '../../helpers/tables.ts';

/** What no item may hold after the purge, in any spelling. */
const VALUES = [
  'Ada Lovelace',
  'Lovelace',
  'ada@example.com',
  'countess@example.com',
  'ada-ext',
  '+44 20 7946 0000',
  'Number 1',
];

let streamed: StreamedTable;
let context: DirectoryContext;
let operator: DirectoryContext;

beforeEach(async () => {
  streamed = await createStreamedTable();
  context = await createContext(streamed.table);
  operator = { ...context, application: '@operator', requestId: 'operators-call' };
});

async function feed(): Promise<void> {
  await drain(streamed, new RecordingPublisher());
}

/** Somebody with a past: renamed, in a group, refused once under the later name, deleted. */
async function deletedAda(): Promise<string> {
  const id = await addUser(context, 'ada@example.com', {
    externalId: 'ada-ext',
    displayName: 'Ada Lovelace',
    name: { familyName: 'Lovelace' },
    emails: [{ type: 'work', value: 'ada@example.com' }],
    phoneNumbers: [{ type: 'work', value: '+44 20 7946 0000' }],
  });
  await addGroup(context, 'Sales', [id]);
  await patch(context, 'User', id, [{ op: 'replace', value: { userName: 'countess@example.com', title: 'Number 1' } }]);
  await putRefusal('ada@example.com', 'ada-ext', 'ada@example.com is nobody');
  await removeUser(context, id);
  return id;
}

/** The entry of a POST that was refused: it knows no id. */
async function putRefusal(userName: string, externalId: string, detail: string, time = new Date()): Promise<LogItem> {
  const names = { userName, externalId };
  const facts = {
    time: time.toISOString(),
    application: 'entra',
    requestId: 'r',
    operation: 'create',
    outcome: 'failed',
  } as const;
  const entry = newEntry('acme', [userName, detail], {
    ...facts,
    names,
    resource: { type: 'User' },
    detail,
    status: 409,
  });
  await putLogEntry(streamed.table, 'acme', entry);
  return entry;
}

/** Whatever of the person is left anywhere in the table, keys included. */
async function traces(): Promise<readonly string[]> {
  const hashes = ['ada@example.com', 'countess@example.com', 'ada-ext'].map((name) => hashIdentifier('acme', name));
  const found: string[] = [];
  for (const item of await allIn(streamed.table)) {
    const text = JSON.stringify(item).toLowerCase();
    for (const value of [...VALUES, ...hashes]) {
      if (text.includes(value.toLowerCase())) found.push(`${value} in ${item.pk}/${item.sk}`);
    }
  }
  return found;
}

/** Says so many times that there is time, and then no more. */
function hasTimes(times: number): () => boolean {
  let left = times;
  return () => left-- > 0;
}

async function parkPut(changeId: string, after: Item, at = new Date()): Promise<void> {
  const change = { id: changeId, at, before: undefined, after };
  await park(streamed.table, 'acme', { change, person: undefined, reason: 'ZodError', now: new Date() });
}

async function parkedIds(): Promise<readonly unknown[]> {
  return (await queryAll(streamed.table, { pk: parkedPartition('acme') })).map(({ changeId }) => changeId);
}

async function stubOf(id: string) {
  return PurgedItemSchema.parse(await streamed.table.get(purgedKey('acme', 'User', id)));
}

describe('purgeUser', () => {
  it('leaves no personal value in the whole table, and keeps id, times and who did what', async () => {
    const id = await deletedAda();
    await feed();
    expect((await traces()).length).toBeGreaterThan(VALUES.length);
    expect(await purgeUser(operator, id)).toEqual({ isPurged: true, done: true });
    await feed();
    await sweepToTheEnd(context);
    await feed();
    expect(await traces()).toEqual([]);
    expect(await stubOf(id)).toMatchObject({
      version: 4,
      by: { application: '@operator', requestId: 'operators-call' },
      deletedBy: { application: 'entra' },
    });
    const log = await readLog(streamed.table);
    const own = log.filter(({ resource }) => resource?.id === id);
    expect(own.map(({ operation }) => operation)).toEqual(
      expect.arrayContaining(['create', 'update', 'delete', 'purge']),
    );
    expect(own.filter(({ operation }) => operation !== 'purge').every(({ purged }) => purged === true)).toBe(true);
    expect(await queryAll(streamed.table, { pk: JOURNALS })).toEqual([]);
    expect(await checkInvariants(streamed.table)).toEqual([]);
  });

  it('lets a feed that lags bring nothing back', async () => {
    const id = await deletedAda();
    await purgeUser(operator, id);
    await feed();
    await sweepToTheEnd(context);
    await feed();
    expect(await traces()).toEqual([]);
    const log = await readLog(streamed.table);
    expect(log.filter(({ resource }) => resource?.id === id).length).toBeGreaterThan(2);
  });

  it('learns a former name from a feed that lags, and finds what else bears it', async () => {
    await putRefusal('ada@example.com', 'ada-ext', 'ada@example.com is nobody');
    const id = await addUser(context, 'ada@example.com');
    await patch(context, 'User', id, [{ op: 'replace', value: { userName: 'countess@example.com' } }]);
    await removeUser(context, id);
    await purgeUser(operator, id);
    expect((await stubOf(id)).identifiers).toHaveLength(1);
    await feed();
    expect((await stubOf(id)).identifiers).toHaveLength(2);
    await sweepToTheEnd(context);
    expect(await traces()).toEqual([]);
    await feed();
    expect(await traces()).toEqual([]);
    expect((await stubOf(id)).identifiers).toBeUndefined();
  });

  it('learns a former name from an entry that was there before the purge without its pointers', async () => {
    await putRefusal('ada@example.com', 'ada-ext', 'ada@example.com is nobody');
    const id = await addUser(context, 'ada@example.com');
    await patch(context, 'User', id, [{ op: 'replace', value: { userName: 'countess@example.com' } }]);
    const changes = await streamed.stream.read(100);
    const publisher = new RecordingPublisher();
    await createFeed({ table: streamed.table, publisher, now: () => new Date() }).consume(changes);
    await removeUser(context, id);
    await purgeUser(operator, id);
    await feed();
    await sweepToTheEnd(context);
    expect(await traces()).toEqual([]);
  });

  it('knows what to look for until the stream has forgotten what was before', async () => {
    const id = await deletedAda();
    await feed();
    await purgeUser(operator, id);
    await sweepLater(context);
    expect((await stubOf(id)).identifiers).toBeDefined();
    expect(await sweepLater(context, 24 * 60)).toMatchObject({ open: 1, purges: 0 });
    expect(await sweepLater(context, 26 * 60)).toMatchObject({ open: 1, purges: 1 });
    expect((await stubOf(id)).identifiers).toBeUndefined();
    expect(await queryAll(streamed.table, { pk: JOURNALS })).toEqual([]);
  });

  it('deletes what is parked about the person, and no other', async () => {
    const id = await deletedAda();
    const names = { userName: 'ada@example.com', externalId: 'ada-ext' };
    const tombstone = tombstoneKey('acme', 'User', id);
    await parkPut('resource', { ...resourceKey('acme', 'User', id), value: 'x' });
    await parkPut('tombstone', { ...tombstone, value: 'x' });
    // Others who name the person, or bear one of the names, now or later.
    const another = '2819c223-7f76-453a-919d-413861904646';
    await parkPut('of-another', { ...resourceKey('acme', 'User', another), attributes: { ...names, manager: id } });
    await parkPut('deletion-of-another', { ...tombstoneKey('acme', 'User', another), item: { attributes: names } });
    await parkPut('group', { ...resourceKey('acme', 'Group', another), delta: { added: [id], removed: [] } });
    await parkPut('chunk', { pk: journalPartition('acme', another), sk: 'a', add: [{ id, type: 'User' }] });
    await parkPut('application', { pk: 'T#acme', sk: 'APP#x', label: 'ada@example.com' });
    await feed();
    await purgeUser(operator, id);
    expect(await parkedIds()).toEqual(['application', 'chunk', 'deletion-of-another', 'group', 'of-another']);
    await sweepToTheEnd(context);
    expect(await parkedIds()).toEqual(['application', 'chunk', 'deletion-of-another', 'group', 'of-another']);
  });

  it('erases the entry of the log whose change is parked, and keeps the pointers to it that tell no name', async () => {
    const id = await deletedAda();
    await feed();
    const refused = await putRefusal('ada@example.com', 'ada-ext', 'once more');
    const facts = {
      time: new Date().toISOString(),
      application: 'entra',
      requestId: 'r',
      operation: 'update',
    } as const;
    const own = newEntry('acme', ['own'], {
      ...facts,
      resource: { type: 'User', id },
      names: { userName: 'ada@example.com' },
    });
    await putLogEntry(streamed.table, 'acme', own);
    for (const { pk, sk } of [refused, own]) {
      const entry = await streamed.table.get({ pk, sk });
      if (entry === undefined) throw new Error('the entry is not there');
      await parkPut(sk, entry);
    }
    expect(await purgeUser(operator, id)).toMatchObject({ done: true });
    expect(await parkedIds()).toEqual([]);
    for (const { pk, sk } of [refused, own]) {
      expect(await streamed.table.get({ pk, sk })).toMatchObject({ purged: true });
      expect(await streamed.table.get({ pk, sk })).not.toHaveProperty('names');
      expect(await streamed.table.get({ pk: 'T#acme#LOG-APP#entra', sk })).toBeDefined();
    }
    const pointer = await streamed.table.get({ pk: `T#acme#LOG-OF#${id}`, sk: `entra#${own.sk}` });
    expect(pointer).toMatchObject({ userId: id });
  });

  it('learns a former name from what is parked', async () => {
    await putRefusal('ada@example.com', 'ada-ext', 'ada@example.com is nobody');
    const id = await addUser(context, 'countess@example.com');
    await removeUser(context, id);
    const attributes = { userName: 'ada@example.com' };
    await parkPut('create', { ...resourceKey('acme', 'User', id), attributes });
    await feed();
    await purgeUser(operator, id);
    await sweepToTheEnd(context);
    await feed();
    expect(await traces()).toEqual([]);
  });

  it('is told once it can be, though its own change was parked, and parks no hash of a name', async () => {
    const id = await deletedAda();
    await feed();
    await purgeUser(operator, id);
    const records = await streamed.table.get({ pk: 'T#acme', sk: 'SETTINGS' });
    if (records === undefined) throw new Error('the tenant is not there');
    await streamed.table.writeOne({ kind: 'put', item: { ...records, settings: 'not to be understood' } });
    await feed();
    await sweepToTheEnd(context);
    expect(await parkedIds()).not.toEqual([]);
    expect(await traces()).toEqual([]);
    await streamed.table.writeOne({ kind: 'put', item: records });
    const publisher = new RecordingPublisher();
    const range = { from: new Date(0), to: new Date(1) };
    await replayEvents({ table: streamed.table, publisher, now: () => new Date() }, 'acme', range);
    expect(publisher.types).toContain('user.purged');
    expect(await parkedIds()).toEqual([]);
  });

  it('leaves parked what the log has of others who are called so', async () => {
    const id = await deletedAda();
    await feed();
    const later = await putRefusal('ada@example.com', 'ada-ext', 'later', new Date(Date.now() + 60_000));
    const entry = await streamed.table.get(later);
    if (entry === undefined) throw new Error('the entry is not there');
    await parkPut('later', entry);
    await parkPut('of-another', { ...entry, sk: 'x', resource: { type: 'User', id: 'another' } });
    await parkPut('of-group', { ...entry, sk: 'y', time: '2026-01-01T00:00:00.000Z', resource: { type: 'Group' } });
    await parkPut('called-so', {
      ...entry,
      sk: 'z',
      names: {},
      application: 'ada-ext',
      time: '2026-01-01T00:00:00.000Z',
    });
    await purgeUser(operator, id);
    expect(await parkedIds()).toEqual(['called-so', 'later', 'of-another', 'of-group']);
    expect(await streamed.table.get(later)).toEqual(entry);
  });

  it('goes through what is parked as far as there is time, and goes on from there', async () => {
    const id = await deletedAda();
    for (const changeId of ['a', 'b', 'c']) {
      const change = { id: changeId, at: new Date(), before: undefined, after: { ...resourceKey('acme', 'User', id) } };
      await park(streamed.table, 'acme', { change, person: undefined, reason: 'ZodError', now: new Date() });
    }
    await feed();
    const left = async () => (await queryAll(streamed.table, { pk: 'T#acme#PARKED' })).map(({ changeId }) => changeId);
    expect(await purgeUser(operator, id, { hasTime: hasTimes(1) })).toEqual({ isPurged: true, done: false });
    expect([await left(), (await stubOf(id)).parkedUpTo]).toEqual([['b', 'c'], 'a']);
    expect(await purgeUser(operator, id, { hasTime: () => false })).toEqual({ isPurged: true, done: false });
    expect([await left(), (await stubOf(id)).parkedUpTo]).toEqual([['c'], 'b']);
    expect(await purgeUser(operator, id)).toEqual({ isPurged: true, done: true });
    expect([await left(), (await stubOf(id)).parkedUpTo]).toEqual([[], undefined]);
  });

  it('deletes a parked change of several parts as a whole', async () => {
    const id = await deletedAda();
    const after = { ...resourceKey('acme', 'User', id), text: 'x'.repeat(150_000), value: 'ada@example.com' };
    const change = { id: 'large', at: new Date(), before: undefined, after };
    await park(streamed.table, 'acme', { change, person: undefined, reason: 'ZodError', now: new Date() });
    const purged = { tenant: 'acme', id, purgedAt: '', identifiers: [] };
    const writes: number[] = [];
    const counting = new Proxy(context.table, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (name !== 'write' && name !== 'writeOne') return typeof member === 'function' ? member.bind(target) : member;
        return async (given: Action | readonly Action[]) => {
          writes.push(Array.isArray(given) ? given.length : 1);
          await (name === 'write' ? target.write(given as Action[]) : target.writeOne(given as SingleAction));
        };
      },
    });
    expect(await eraseParked({ table: counting, hasTime: () => true }, purged, undefined)).toBeUndefined();
    expect(writes).toEqual([2]);
    expect(await queryAll(streamed.table, { pk: 'T#acme#PARKED' })).toEqual([]);
  });

  it('leaves what others who are called so have done, now and later', async () => {
    const id = await deletedAda();
    const newcomer = await addUser(context, 'ada@example.com', { externalId: 'ada-ext', nickName: 'Newcomer' });
    await feed();
    await purgeUser(operator, id);
    await putRefusal('ada@example.com', 'ada-ext', 'later', new Date(Date.now() + 1_000));
    await feed();
    await sweepToTheEnd(context);
    const log = await readLog(streamed.table);
    expect(log.filter(({ resource }) => resource?.id === newcomer)).toMatchObject([
      { names: { userName: 'ada@example.com', externalId: 'ada-ext' } },
    ]);
    expect(log.filter(({ detail }) => detail === 'later')).toHaveLength(1);
    const claim = await streamed.table.get({ pk: 'T#acme#UNIQUE#User.userName', sk: 'ada@example.com' });
    expect(claim).toMatchObject({ resourceId: newcomer });
    expect(await checkInvariants(streamed.table)).toEqual([]);
  });

  it('is refused for the living and the unknown, and once more does no harm', async () => {
    const living = await addUser(context, 'bob@example.com');
    await expect(purgeUser(operator, living)).rejects.toMatchObject({ code: 'conflict', message: /delete it first/ });
    for (const id of ['no-id', '2819c223-7f76-453a-919d-413861904646']) {
      await expect(purgeUser(operator, id)).rejects.toMatchObject({ code: 'not_found' });
    }
    await removeUser(context, living);
    await purgeUser(operator, living);
    const stub = await stubOf(living);
    expect(await purgeUser(operator, living)).toEqual({ isPurged: true, done: true });
    await sweepToTheEnd(context);
    expect(await purgeUser(operator, living)).toEqual({ isPurged: true, done: true });
    const { identifiers: _identifiers, identifierCount: _count, ...rest } = stub;
    expect(await stubOf(living)).toEqual(rest);
  });

  it('stops when its time is over, and goes on with the next call', async () => {
    const id = await deletedAda();
    await feed();
    const steps = [true];
    expect(await purgeUser(operator, id, { hasTime: () => steps.pop() ?? false })).toEqual({
      isPurged: true,
      done: false,
    });
    expect(await traces()).not.toEqual([]);
    expect(await purgeUser(operator, id)).toEqual({ isPurged: true, done: true });
    await feed();
    await sweepToTheEnd(context);
    expect(await traces()).toEqual([]);
  });
});
