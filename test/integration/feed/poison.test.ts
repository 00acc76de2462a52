import { beforeEach, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { createFeed } from '../../../directory/feed/consume.ts';
import { listParked, type ParkedChange, readParked } from '../../../directory/feed/park.ts';
import { replayEvents } from '../../../directory/feed/replay.ts';
import { setPolicy } from '../../../directory/operator/policy.ts';
import type { Item } from '../../../directory/store/item-table.ts';
import { resourceKey } from '../../../directory/store/keys.ts';
import { TableUnavailableError } from '../../../directory/store/table-errors.ts';
import { policy } from '../../helpers/access.ts';
import { addGroup, addUser, createContext, patch } from '../../helpers/directory.ts';
import { createStreamedTable, drain, RecordingPublisher, readLog, type StreamedTable } from '../../helpers/feed.ts';
import { operatorOf } from '../../helpers/ownership.ts';

let streamed: StreamedTable;
let context: DirectoryContext;
let publisher: RecordingPublisher;
beforeEach(async () => {
  streamed = await createStreamedTable();
  context = await createContext(streamed.table);
  publisher = new RecordingPublisher();
});

/** Two bytes, three and four: wherever a part ends, it ends within something. */
const LARGE = 'é€😀'.repeat(16_000);

/** Somebody has written past the directory. @returns the user's id. */
async function poison(more: Readonly<Record<string, Item[string]>> = {}): Promise<string> {
  const id = await addUser(context, 'ada@example.com', { nickName: LARGE, title: LARGE });
  const key = resourceKey('acme', 'User', id);
  await streamed.table.writeOne({ kind: 'update', key, set: { version: 2, lastModified: 7, ...more } });
  return id;
}

async function listAll() {
  return (await listParked(streamed.table, 'acme', { limit: 100 })).parked;
}

async function parkedChanges(): Promise<readonly ParkedChange[]> {
  const parked: ParkedChange[] = [];
  for await (const change of readParked(streamed.table, 'acme')) parked.push(change);
  return parked;
}

/** @returns the sums of all pages. */
async function replayAll() {
  const sum = { recovered: 0, stillParked: 0, events: 0 };
  const range = { from: new Date(0), to: new Date(Date.now() + 60_000) };
  const replay = { table: streamed.table, publisher, now: () => new Date() };
  let after: string | undefined;
  do {
    const page = await replayEvents(replay, 'acme', { ...range, after });
    sum.recovered += page.recovered;
    sum.stillParked += page.stillParked;
    sum.events += page.events;
    after = page.next;
  } while (after !== undefined);
  return sum;
}

describe('a change that nobody can make sense of', () => {
  it('is kept whole, says why without a value, and lets the others by', async () => {
    const ada = await poison();
    const bob = await addUser(context, 'bob@example.com');
    await drain(streamed, publisher);
    expect(publisher.events.map(({ type, resource }) => [type, resource?.id])).toEqual([
      ['user.created', ada],
      ['user.created', bob],
    ]);
    expect(await listAll()).toMatchObject([{ reason: 'lastModified: invalid_type' }]);
    const [parked] = await parkedChanges();
    const body: unknown = JSON.parse(parked?.body ?? '');
    expect(body).toMatchObject({
      before: { version: 1, attributes: { nickName: LARGE, title: LARGE } },
      after: { version: 2, lastModified: 7, attributes: { nickName: LARGE, title: LARGE } },
    });
    expect(parked?.keys.length).toBeGreaterThan(1);
  });

  it('is kept once, however often it is delivered', async () => {
    await poison();
    const changes = await streamed.stream.read(100);
    const feed = createFeed({ table: streamed.table, publisher, now: () => new Date() });
    for (const _ of [1, 2]) {
      expect((await feed.consume(changes)).parked).toMatchObject([{ tenant: 'acme', reason: expect.any(String) }]);
    }
    expect(await listAll()).toHaveLength(1);
  });

  it('stays parked in a replay that understands no more of it', async () => {
    await poison();
    await drain(streamed, publisher);
    expect(await replayAll()).toMatchObject({ recovered: 0, stillParked: 1 });
    expect(await listAll()).toHaveLength(1);
  });

  it('comes back by a replay once it is understood: its entry and its event, and it is parked no more', async () => {
    const id = await poison();
    await drain(streamed, publisher);
    const [parked] = await parkedChanges();
    for (const key of parked?.keys ?? []) {
      const body = String((await streamed.table.get(key))?.['body']);
      const mended = body.replace('"lastModified":7', '"lastModified":"2026-11-22T00:00:00.000Z"');
      await streamed.table.writeOne({ kind: 'update', key, set: { body: mended } });
    }
    expect(await replayAll()).toMatchObject({ recovered: 1, stillParked: 0 });
    expect(publisher.events).toContainEqual(
      expect.objectContaining({ type: 'user.updated', sequence: 2, resource: { type: 'User', id } }),
    );
    expect((await readLog(streamed.table)).map(({ version }) => version).toSorted()).toEqual([1, 2]);
    expect(await listAll()).toEqual([]);
  });

  it('may be an item with a kind of value that the directory never writes', async () => {
    const id = await addUser(context, 'ada');
    const changes = await streamed.stream.read(100);
    const [change] = changes.filter(({ after }) => after?.sk === id);
    const odd = {
      id: 'odd',
      at: new Date(),
      before: undefined,
      after: { ...resourceKey('acme', 'User', id), by: { SS: ['x'] } },
    };
    const feed = createFeed({ table: streamed.table, publisher, now: () => new Date() });
    const report = await feed.consume([odd, ...(change === undefined ? [] : [change])]);
    expect(report).toMatchObject({ entries: 1, events: 1, parked: [{ changeId: 'odd' }] });
  });
});

describe('what a later release has written', () => {
  const settings = { pk: 'T#acme', sk: 'SETTINGS' };

  it('in the settings of a tenant holds up nobody else, and comes back with the release', async () => {
    const readable = await streamed.table.get(settings);
    const id = await addUser(context, 'ada@example.com');
    const globex = await createContext(streamed.table, { tenant: 'globex' });
    await addUser(globex, 'bob@example.com');
    await streamed.table.writeOne({ kind: 'update', key: settings, set: { state: 'frozen' } });
    await drain(streamed, publisher);
    expect(publisher.events.map(({ tenant, type }) => [tenant, type])).toEqual([['globex', 'user.created']]);
    expect(await listAll()).toMatchObject([{ reason: 'state: invalid_value' }]);
    if (readable !== undefined) await streamed.table.writeOne({ kind: 'put', item: readable });
    expect(await replayAll()).toMatchObject({ recovered: 1, stillParked: 0 });
    expect(publisher.events).toContainEqual(expect.objectContaining({ tenant: 'acme', type: 'user.created' }));
    expect((await readLog(streamed.table)).map(({ resource }) => resource?.id)).toEqual([id]);
  });

  it('in a user whose access role is to be looked at holds up nobody else', async () => {
    await setPolicy(operatorOf(context), 'acme', { document: policy, version: undefined });
    const [ada, bob] = [await addUser(context, 'ada@example.com'), await addUser(context, 'bob@example.com')];
    await drain(streamed, publisher);
    await addGroup(context, 'Staff', [ada, bob]);
    const carol = await addUser(context, 'carol@example.com');
    const key = resourceKey('acme', 'User', ada);
    const readable = await streamed.table.get(key);
    await streamed.table.writeOne({ kind: 'update', key, set: { roleLock: 'admin' } }); // rather than an object
    await drain(streamed, publisher);
    expect(publisher.events).toContainEqual(
      expect.objectContaining({ type: 'access-role.changed', resource: { type: 'User', id: carol } }),
    );
    // The user's own change, and the entry of the group.
    expect(await listAll()).toMatchObject(Array(2).fill({ reason: 'roleLock: invalid_type' }));
    if (readable !== undefined) await streamed.table.writeOne({ kind: 'put', item: readable });
    expect(await replayAll()).toMatchObject({ recovered: 1, stillParked: 1 });
  });
});

describe('what fails for a while', () => {
  it('is thrown and not parked, and what else came is published', async () => {
    await addUser(context, 'ada');
    const id = await addUser(context, 'bob');
    const changes = await streamed.stream.read(100);
    const { table } = streamed;
    const busy = {
      ...context.table,
      get: table.get.bind(table),
      getMany: table.getMany.bind(table),
      query: table.query.bind(table),
      writeOne: table.writeOne.bind(table),
      withMeter: table.withMeter.bind(table),
      write: async (...[actions, options]: Parameters<typeof table.write>) => {
        if (JSON.stringify(actions).includes(id)) throw new TableUnavailableError('busy');
        await table.write(actions, options);
      },
    };
    const feed = createFeed({ table: busy, publisher, now: () => new Date() });
    await expect(feed.consume(changes)).rejects.toThrow('busy');
    expect(publisher.types).toEqual(['user.created']);
    expect(await listAll()).toEqual([]);
    await drain(streamed, publisher);
    expect(publisher.types).toEqual(['user.created', 'user.created']);
  });

  it('is not what the directory itself does', async () => {
    const id = await addUser(context, 'ada');
    await patch(context, 'User', id, [{ op: 'replace', path: 'title', value: 'Countess' }]);
    await drain(streamed, publisher);
    expect(await listAll()).toEqual([]);
  });
});
