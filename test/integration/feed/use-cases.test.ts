import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import type { DirectoryEvent } from '../../../directory/feed/event-schemas.ts';
import type { Item } from '../../../directory/store/item-table.ts';
import type { LogItem } from '../../../directory/store/log-items.ts';
import {
  addGroup,
  addMembers,
  addUser,
  createContext,
  patch,
  removeMembers,
  requestOf,
} from '../../helpers/directory.ts';
import { createStreamedTable, drain, RecordingPublisher, readLog, type StreamedTable } from '../../helpers/feed.ts';
import { seedUsers } from '../../helpers/seed.ts';

let streamed: StreamedTable;
let context: DirectoryContext;
let publisher: RecordingPublisher;
beforeEach(async () => {
  streamed = await createStreamedTable();
  context = await createContext(streamed.table);
  publisher = new RecordingPublisher();
});

/** What the log and the events have more once the request is done and the feed has caught up. */
async function followed(request: (context: DirectoryContext) => Promise<unknown>): Promise<{
  readonly entries: readonly LogItem[];
  readonly events: readonly DirectoryEvent[];
  readonly requestId: string;
}> {
  await drain(streamed, publisher);
  const before = new Set([...(await readLog(streamed.table)), ...publisher.events].map(({ id }) => id));
  const asked = requestOf(context, streamed.table);
  await request(asked);
  await drain(streamed, publisher);
  return {
    entries: (await readLog(streamed.table)).filter(({ id }) => !before.has(id)),
    events: publisher.events.filter(({ id }) => !before.has(id)),
    requestId: asked.requestId,
  };
}

const remove = (type: 'User' | 'Group', id: string) => (asked: DirectoryContext) =>
  deleteResource(asked, type, id, { ifMatch: undefined });

describe('a user', () => {
  it('is created: one entry, one event, with what the tenant lets out', async () => {
    let id = '';
    const { entries, events, requestId } = await followed(async (asked) => {
      id = await addUser(asked, 'ada@example.com', {
        externalId: 'e-1',
        name: { givenName: 'Ada' },
        title: 'Countess',
      });
    });
    expect(entries).toMatchObject([
      {
        operation: 'create',
        outcome: 'success',
        application: 'entra',
        requestId,
        resource: { type: 'User', id },
        names: { userName: 'ada@example.com', externalId: 'e-1' },
        version: 1,
      },
    ]);
    expect(entries[0]?.changes).toContainEqual({ path: 'name.givenName', after: 'Ada' });
    expect(events).toMatchObject([
      {
        type: 'user.created',
        tenant: 'acme',
        application: 'entra',
        requestId,
        resource: { type: 'User', id },
        sequence: 1,
        data: { names: { userName: 'ada@example.com', externalId: 'e-1' } },
      },
    ]);
    expect(changesOf(events[0])).toEqual(
      expect.arrayContaining([
        { path: 'active', after: true },
        { path: 'externalId', after: 'e-1' },
        { path: 'name.givenName', withheld: true },
        { path: 'title', withheld: true },
        { path: 'userName', after: 'ada@example.com' },
      ]),
    );
    expect(JSON.stringify(events)).not.toContain('Countess');
  });

  it('changes: what was and what is, by path', async () => {
    const id = await addUser(context, 'ada', { emails: [{ value: 'a@example.com', type: 'work' }] });
    const { entries, events } = await followed((asked) =>
      patch(asked, 'User', id, [
        { op: 'replace', path: 'userName', value: 'lovelace' },
        { op: 'replace', path: 'emails[type eq "work"].value', value: 'l@example.com' },
        { op: 'add', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', value: 'Engines' },
      ]),
    );
    expect(entries.map(({ operation, version }) => ({ operation, version }))).toEqual([
      { operation: 'update', version: 2 },
    ]);
    expect(entries[0]?.changes).toEqual([
      {
        path: 'emails',
        before: [{ value: 'a@example.com', type: 'work' }],
        after: [{ value: 'l@example.com', type: 'work' }],
      },
      { path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', after: 'Engines' },
      { path: 'userName', before: 'ada', after: 'lovelace' },
    ]);
    expect(events).toMatchObject([{ type: 'user.updated', sequence: 2 }]);
    expect(changesOf(events[0])).toContainEqual({ path: 'userName', before: 'ada', after: 'lovelace' });
    expect(changesOf(events[0])).toContainEqual({ path: 'emails', withheld: true });
  });

  it('is deactivated and comes back', async () => {
    const id = await addUser(context, 'ada');
    const left = await followed((asked) =>
      patch(asked, 'User', id, [{ op: 'replace', path: 'active', value: 'False' }]),
    );
    expect(left.entries).toMatchObject([{ operation: 'deactivate', version: 2 }]);
    expect(left.events).toMatchObject([{ type: 'user.deactivated', sequence: 2 }]);
    const back = await followed((asked) => patch(asked, 'User', id, [{ op: 'replace', value: { active: true } }]));
    expect(back.entries).toMatchObject([{ operation: 'reactivate', version: 3 }]);
    expect(changesOf(back.events[0])).toEqual([{ path: 'active', before: false, after: true }]);
  });

  it('is deleted: and leaves each group, which says so under its own version', async () => {
    const id = await addUser(context, 'ada');
    const groups = [await addGroup(context, 'One', [id]), await addGroup(context, 'Two', [id])];
    const { entries, events, requestId } = await followed(remove('User', id));
    expect(entries.filter(({ operation }) => operation === 'delete')).toMatchObject([
      { resource: { type: 'User', id }, version: 2, names: { userName: 'ada' }, requestId },
    ]);
    const types = events.map(({ type }) => type).toSorted();
    expect(types).toEqual(['membership.removed', 'membership.removed', 'user.deleted']);
    for (const event of events.filter(({ type }) => type === 'membership.removed')) {
      expect(groups).toContain(event.resource?.id);
      expect(event).toMatchObject({ sequence: 2, requestId, data: { members: [id] } });
    }
  });

  it('says nothing where nothing changed', async () => {
    const id = await addUser(context, 'ada');
    const { entries, events } = await followed((asked) =>
      patch(asked, 'User', id, [{ op: 'replace', path: 'userName', value: 'ada' }]),
    );
    expect([...entries, ...events]).toEqual([]);
  });
});

describe('a group', () => {
  it('is created with members: one entry, an event of each kind under the same sequence', async () => {
    const members = [await addUser(context, 'ada'), await addUser(context, 'bob')];
    const { entries, events } = await followed((asked) => addGroup(asked, 'Sales', members));
    expect(entries).toMatchObject([{ operation: 'create', names: { displayName: 'Sales' }, version: 1 }]);
    expect(entries[0]?.membersAdded.toSorted()).toEqual(members.toSorted());
    expect(events.map(({ type, sequence }) => ({ type, sequence })).toSorted(byType)).toEqual([
      { type: 'group.created', sequence: 1 },
      { type: 'membership.added', sequence: 1 },
    ]);
  });

  it('takes a member in and out: a membership each, and no change of the group', async () => {
    const id = await addUser(context, 'ada');
    const group = await addGroup(context, 'Sales');
    const came = await followed((asked) => patch(asked, 'Group', group, [addMembers([id])]));
    expect(came.entries).toMatchObject([{ operation: 'update', version: 2, membersAdded: [id], changes: [] }]);
    expect(came.events).toMatchObject([
      { type: 'membership.added', resource: { type: 'Group', id: group }, sequence: 2, data: { members: [id] } },
    ]);
    const went = await followed((asked) => patch(asked, 'Group', group, [removeMembers([id])]));
    expect(went.events).toMatchObject([{ type: 'membership.removed', sequence: 3, data: { members: [id] } }]);
  });

  it('is renamed', async () => {
    const group = await addGroup(context, 'Sales');
    const { entries, events } = await followed((asked) =>
      patch(asked, 'Group', group, [{ op: 'replace', path: 'displayName', value: 'Selling' }]),
    );
    expect(entries).toMatchObject([{ operation: 'update', changes: [{ before: 'Sales', after: 'Selling' }] }]);
    expect(events.map(({ type }) => type)).toEqual(['group.updated']);
  });

  it('takes in, and is deleted with, more members than a transaction holds: each is told once', async () => {
    const members = await seedUsers(context, 120, 'user');
    const group = await addGroup(context, 'Sales', members.slice(0, 5));
    const came = await followed((asked) => patch(asked, 'Group', group, [addMembers(members)]));
    expect(came.events.every(({ sequence }) => sequence === 2)).toBe(true);
    expect(came.entries.every(({ requestId }) => requestId === came.requestId)).toBe(true);
    expect(membersOf(came.events, 'membership.added')).toEqual(members.slice(5));
    const went = await followed(remove('Group', group));
    expect(went.events.every(({ sequence }) => sequence === 3)).toBe(true);
    expect(membersOf(went.events, 'membership.removed')).toEqual(members);
    expect(went.events.filter(({ type }) => type === 'group.deleted')).toHaveLength(1);
  });
});

describe('what is no resource', () => {
  it('a completed sync cycle is told, the open one is not', async () => {
    const cycle: Item = {
      pk: 'T#acme#CYCLE#entra',
      sk: 'CURRENT',
      start: 1_000,
      last: 61_000,
      requests: 3,
      creates: 2,
    };
    const { events: none } = await followed(() => streamed.table.writeOne({ kind: 'put', item: cycle }));
    expect(none).toEqual([]);
    const closed = { ...cycle, sk: '1970-01-01T00:00:01.000Z', closedAt: 700_000 };
    const { entries, events } = await followed(() => streamed.table.writeOne({ kind: 'put', item: closed }));
    expect(entries).toMatchObject([{ operation: 'cycle', application: 'entra', time: '1970-01-01T00:11:40.000Z' }]);
    expect(events).toMatchObject([
      {
        type: 'cycle.completed',
        application: 'entra',
        data: { requests: 3, creates: 2, end: '1970-01-01T00:01:01.000Z' },
      },
    ]);
  });

  it('a token that comes near its end is told once for each step, unless its application is muted', async () => {
    const token = { credentialId: 'abc', versionId: 'v', issuedAt: 'then', expiresAt: '2027-01-20T00:00:00.000Z' };
    const application = { pk: 'T#acme', sk: 'APP#entra', created: 'then', token };
    const incident = (since: string, cause: string) => ({ since, cause, announced: false });
    const steps: readonly Item[string][] = [
      { failing: incident('2027-01-01T00:00:00.000Z', 'failing') },
      { 'token-expires-within-30-days': incident('2027-01-02T00:00:00.000Z', 'a') },
      { 'token-expires-within-30-days': incident('2027-01-02T00:00:00.000Z', 'b') },
      { 'token-expires-within-7-days': incident('2027-01-14T00:00:00.000Z', 'c') },
    ];
    const put = async (more: Readonly<Record<string, Item[string]>>) => {
      for (const incidents of steps) {
        await streamed.table.writeOne({ kind: 'put', item: { ...application, incidents, watchVersion: 1, ...more } });
      }
    };
    const { events } = await followed(() => put({}));
    expect(events).toMatchObject([
      { type: 'token.expiring', time: '2027-01-02T00:00:00.000Z', data: { reason: 'token-expires-within-30-days' } },
      { type: 'token.expiring', time: '2027-01-14T00:00:00.000Z', data: { credentialId: 'abc' } },
    ]);
    const { events: muted } = await followed(() => put({ sk: 'APP#quiet', muted: true }));
    expect(muted).toEqual([]);
  });

  it('nothing is told of a tenant that is gone or going', async () => {
    await addUser(context, 'ada');
    await streamed.table.writeOne({
      kind: 'update',
      key: { pk: 'T#acme', sk: 'SETTINGS' },
      set: { state: 'deleting' },
    });
    const stranger: Item = { pk: 'T#globex#LOG', sk: randomUUID() };
    await streamed.table.writeOne({ kind: 'put', item: stranger });
    await drain(streamed, publisher);
    expect(publisher.published).toEqual([]);
    expect(await readLog(streamed.table)).toEqual([]);
  });
});

function changesOf(event: DirectoryEvent | undefined): readonly object[] {
  return event !== undefined && 'changes' in event.data ? event.data.changes : [];
}

function membersOf(events: readonly DirectoryEvent[], type: DirectoryEvent['type']): readonly string[] {
  return events
    .flatMap((event) => (event.type === type && 'members' in event.data ? event.data.members : []))
    .toSorted();
}

function byType(left: { readonly type: string }, right: { readonly type: string }): number {
  return left.type < right.type ? -1 : 1;
}
