import { describe, expect, it } from 'vitest';
import { findSubject, type Subject } from '../../../../directory/feed/subject.ts';
import { type GuardItem, toStoredItem } from '../../../../directory/guard/guard-items.ts';
import { guardBaseKey, guardKey } from '../../../../directory/store/access-keys.ts';
import type { ItemChange } from '../../../../directory/store/item-change.ts';
import type { Item, Key } from '../../../../directory/store/item-table.ts';
import { isFedByLambda } from '../../../helpers/stream-filters.ts';

const by = { application: 'entra', requestId: 'r-1' };

type Facts = Readonly<Record<string, Item[string]>> | undefined;

function changeOf({ pk, sk }: Key, before: Facts, after: Facts): ItemChange {
  const image = (facts: Facts) => facts && { pk, sk, ...facts };
  return { id: '1', at: new Date(0), before: image(before), after: image(after) };
}

function change(pk: string, sk: string, before: Facts, after: Facts): ItemChange {
  return changeOf({ pk, sk }, before, after);
}

const trip = { at: '2026', mode: 'on', what: 'users', counted: 4, limit: 3, base: 9, windowMinutes: 60 } as const;

/** The guard's window, as it is written. */
function window(more: Partial<GuardItem>): ItemChange {
  const key = guardKey('acme', 'entra');
  return changeOf(key, { version: 1 }, toStoredItem({ ...key, version: 2, buckets: [], writeId: 'w', ...more }));
}

/** Of each kind of item that the feed has something to say of. */
const wanted: Readonly<Record<Subject['kind'], Readonly<Record<string, ItemChange>>>> = {
  resource: {
    'a user that is new': change('T#acme#User', '1', undefined, { by }),
    'a user that changed': change('T#acme#User', '1', { by }, { by, version: 2 }),
    'a group': change('T#acme#Group', '1', { by }, { by, delta: {} }),
  },
  tombstone: {
    'a tombstone': change('T#acme#TOMBSTONE#User', '1', undefined, { by }),
    'the last members that leave with a group': change('T#acme#TOMBSTONE#Group', '1', { by }, { by, delta: {} }),
  },
  purged: { 'what a purge leaves': change('T#acme#PURGED#User', '1', undefined, { by }) },
  chunk: {
    'a chunk that is done': change('T#acme#JOURNAL#1', 'j#00001', { by, groupVersion: 3 }, undefined),
    'a chunk of an earlier release': change('T#acme#JOURNAL#1', 'j#00001', { by }, undefined),
  },
  log: { 'an entry of the log': change('T#acme#LOG', '2026#1', undefined, { requestId: 'r-1' }) },
  cycle: { 'a completed cycle': change('T#acme#CYCLE#entra', '2026', undefined, { closedAt: 1 }) },
  application: {
    'what the watcher found': change('T#acme', 'APP#entra', { watchVersion: 1 }, { watchVersion: 2 }),
  },
  guard: {
    'a window of the guard that has tripped': window({ tripped: trip }),
    'a reminder that requests are held': window({ reminder: { at: '2026', since: '2026', held: 2 } }),
  },
};

const cases = Object.entries(wanted).flatMap(([kind, changes]) =>
  Object.entries(changes).map(([name, each]) => [name, kind, each] as const),
);

describe('the change feed is called', () => {
  it.each(cases)('for %s', (_, kind, each) => {
    expect(findSubject(each.after ?? each.before ?? { pk: '', sk: '' })?.kind).toBe(kind);
    expect(isFedByLambda(each)).toBe(true);
  });

  it.each<[string, ItemChange]>([
    ['the open cycle, which every request adds to', change('T#acme#CYCLE#entra', 'CURRENT', { last: 1 }, { last: 2 })],
    ['a claim', change('T#acme#UNIQUE#User.userName', 'ada', undefined, { resourceId: '1' })],
    ['an index entry', change('T#acme#INDEX#User.externalId', 'x\u00011', undefined, {})],
    ['a membership', change('T#acme#MEMBERS#1', '2', undefined, { type: 'User' })],
    ['the other half of it', change('T#acme#MEMBEROF#2', '1', { type: 'User' }, undefined)],
    ['a counter', change('T#acme#COUNT#User', '0a', { count: 1 }, { count: 2 })],
    ['a pointer of the log', change('T#acme#LOG-OF#1', 'entra#2026#1', undefined, {})],
    ['another, of an application called log', change('T#acme#LOG-APP#log', '2026#1', undefined, {})],
    ['an entry of the log that is erased', change('T#acme#LOG', '2026#1', { requestId: 'r' }, { requestId: 'r' })],
    ['a window of the guard that only counts', window({ buckets: [{ at: 1, users: 1, memberships: 0 }] })],
    ['what a window is measured against', changeOf(guardBaseKey('acme', 'memberships', '0a'), undefined, { count: 1 })],
    ['a setting', change('T#acme', 'SETTINGS', { version: 1 }, { version: 2 })],
    ['an operator', change('AUDIT', '2026#1', undefined, { requestId: 'r-1' })],
    ['an open journal', change('JOURNALS', 'acme#1#j', undefined, { since: '2026' })],
  ])('not for %s', (_, each) => {
    expect(isFedByLambda(each)).toBe(false);
  });
});
