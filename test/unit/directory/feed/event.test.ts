import { describe, expect, it } from 'vitest';
import { logKeyOfEvent, toEvents } from '../../../../directory/feed/event.ts';
import { withoutPersonalData } from '../../../../directory/feed/log-entry.ts';
import { newEntry } from '../../../../directory/feed/new-entry.ts';
import type { LogItem } from '../../../../directory/store/log-items.ts';

const letOut = { eventAttributes: ['userName', 'name', 'urn:example:x'] };

function entryOf(facts: Partial<LogItem> = {}): LogItem {
  return newEntry('acme', ['one'], {
    time: '2026-11-22T10:00:00.000Z',
    application: 'entra',
    requestId: 'r-1',
    operation: 'update',
    resource: { type: 'User', id: '1' },
    names: { userName: 'ada', externalId: 'e-1' },
    version: 2,
    changes: [
      { path: 'name.givenName', before: 'Ada' },
      { path: 'nameless', after: 'x' },
      { path: 'urn:example:x:colour', after: 'red' },
      { path: 'urn:example:xy:colour', after: 'blue' },
      { path: 'userName', before: 'ida', after: 'ada' },
    ],
    ...facts,
  });
}

describe('toEvents', () => {
  it('shows the values that the tenant lets out, by path or by what it is below, and names the others', () => {
    const [event] = toEvents('acme', entryOf(), letOut);
    expect(event).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}\.user\.updated$/),
      type: 'user.updated',
      time: '2026-11-22T10:00:00.000Z',
      tenant: 'acme',
      application: 'entra',
      requestId: 'r-1',
      resource: { type: 'User', id: '1' },
      sequence: 2,
      data: {
        names: { userName: 'ada' },
        changes: [
          { path: 'name.givenName', before: 'Ada' },
          { path: 'nameless', withheld: true },
          { path: 'urn:example:x:colour', after: 'red' },
          { path: 'urn:example:xy:colour', withheld: true },
          { path: 'userName', before: 'ida', after: 'ada' },
        ],
      },
    });
  });

  it('shows everything where the tenant lets out everything, but for what the entry itself has left out', () => {
    const entry = entryOf({ changes: [{ path: 'title', after: 'x' }, { path: 'photos' }], truncated: true });
    const [event] = toEvents('acme', entry, { eventAttributes: ['*'] });
    expect(event?.data).toMatchObject({
      changes: [
        { path: 'title', after: 'x' },
        { path: 'photos', withheld: true },
      ],
    });
  });

  it.each([
    ['create', 'User', 'user.created'],
    ['deactivate', 'User', 'user.deactivated'],
    ['reactivate', 'User', 'user.reactivated'],
    ['delete', 'User', 'user.deleted'],
    ['restore', 'User', 'user.restored'],
    ['relink', 'User', 'user.restored'],
    ['purge', 'User', 'user.purged'],
    ['create', 'Group', 'group.created'],
    ['update', 'Group', 'group.updated'],
    ['delete', 'Group', 'group.deleted'],
  ] as const)('makes of %s of a %s the event %s', (operation, type, expected) => {
    const events = toEvents('acme', entryOf({ operation, resource: { type, id: '1' } }), letOut);
    expect(events.map((event) => event.type)).toEqual([expected]);
  });

  it.each([
    ['restore', 'operator'],
    ['relink', 'identity provider'],
  ] as const)('says of %s who brought the user back', (operation, by) => {
    expect(toEvents('acme', entryOf({ operation }), letOut)[0]?.data).toMatchObject({ by });
  });

  it('tells one entry with members as one event for each direction, all under its sequence', () => {
    const group = entryOf({
      resource: { type: 'Group', id: 'g' },
      changes: [],
      membersAdded: ['1', '2'],
      membersRemoved: ['3'],
    });
    expect(toEvents('acme', group, letOut)).toMatchObject([
      { type: 'membership.added', sequence: 2, resource: { id: 'g' }, data: { members: ['1', '2'] } },
      { type: 'membership.removed', sequence: 2, resource: { id: 'g' }, data: { members: ['3'] } },
    ]);
  });

  it('tells every version of a group: also one whose members come by a long write', () => {
    const start = entryOf({ resource: { type: 'Group', id: 'g' }, changes: [] });
    expect(toEvents('acme', start, letOut)).toMatchObject([{ type: 'group.updated', data: { changes: [] } }]);
  });

  it.each(['unchanged', 'failed'] as const)('tells nothing of a request that %s', (outcome) => {
    expect(toEvents('acme', entryOf({ outcome }), letOut)).toEqual([]);
  });

  it('tells what happened to whoever was purged, without a name or a value', () => {
    const entry = entryOf({ detail: 'ada is taken' });
    const [event] = toEvents('acme', withoutPersonalData(entry), { eventAttributes: ['*'] });
    expect(event?.data).toEqual({ names: {}, changes: [], purged: true });
    expect(event?.id).toBe(toEvents('acme', entry, letOut)[0]?.id);
  });
});

describe('logKeyOfEvent', () => {
  it('finds the entry again', () => {
    const entry = entryOf({ membersAdded: ['1'] });
    for (const event of toEvents('acme', entry, letOut)) {
      expect(logKeyOfEvent(event)).toEqual({ pk: entry.pk, sk: entry.sk });
    }
  });
});
