import { describe, expect, it } from 'vitest';
import { type StreamPattern, streamFilters } from '../../../../lambda/contract/stream-filters.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** As Lambda's event filtering has it: every name of the pattern, any of a leaf's choices. */
function matches(pattern: StreamPattern, record: Json): boolean {
  return Object.entries(pattern).every(([name, inner]) => {
    const value =
      typeof record === 'object' && record !== null && !Array.isArray(record) ? Reflect.get(record, name) : undefined;
    if (!isLeaf(inner)) return value !== undefined && matches(inner, value);
    return inner.some((choice) => {
      if (typeof choice === 'string') return value === choice;
      if ('suffix' in choice) return typeof value === 'string' && value.endsWith(choice.suffix);
      return value !== undefined && typeof value !== 'object';
    });
  });
}

function isLeaf(inner: StreamPattern[string]): inner is Extract<StreamPattern[string], readonly unknown[]> {
  return Array.isArray(inner);
}

const by = { M: { application: { S: 'entra' }, requestId: { S: 'r-1' } } };

/** A record of the stream, as DynamoDB writes it. */
function recordOf(pk: string, sk: string, before: object | undefined, after: object | undefined): Json {
  const keys = { pk: { S: pk }, sk: { S: sk } };
  const image = (item: object | undefined) => (item === undefined ? undefined : { ...keys, ...item });
  const eventName = before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY';
  const images = { NewImage: image(after), OldImage: image(before) };
  return JSON.parse(JSON.stringify({ eventName, dynamodb: { Keys: keys, ...images } }));
}

const isWanted = (record: Json) => streamFilters.some((pattern) => matches(pattern, record));

describe('the change feed is called', () => {
  it.each<[string, Json]>([
    ['a user that is new', recordOf('T#acme#User', '1', undefined, { by })],
    ['a user that changed', recordOf('T#acme#User', '1', { by }, { by })],
    ['a group', recordOf('T#acme#Group', '1', { by }, { by, delta: { M: {} } })],
    ['a tombstone', recordOf('T#acme#TOMBSTONE#User', '1', undefined, { by })],
    ['the last members that leave with a group', recordOf('T#acme#TOMBSTONE#Group', '1', { by }, { by })],
    ['what a purge leaves', recordOf('T#acme#PURGED#User', '1', undefined, { by })],
    ['a chunk that is done', recordOf('T#acme#JOURNAL#1', 'j#00001', { by, groupVersion: { N: '3' } }, undefined)],
    ['a chunk of an earlier release', recordOf('T#acme#JOURNAL#1', 'j#00001', { by }, undefined)],
    ['an entry of the log', recordOf('T#acme#LOG', '2026#1', undefined, { requestId: { S: 'r-1' } })],
    ['a completed cycle', recordOf('T#acme#CYCLE#entra', '2026', undefined, { closedAt: { N: '1' } })],
    [
      'what the watcher found',
      recordOf('T#acme', 'APP#entra', { watchVersion: { N: '1' } }, { watchVersion: { N: '2' } }),
    ],
  ])('for %s', (_, record) => {
    expect(isWanted(record)).toBe(true);
  });

  it.each<[string, Json]>([
    [
      'the open cycle, which every request adds to',
      recordOf('T#acme#CYCLE#entra', 'CURRENT', { last: { N: '1' } }, { last: { N: '2' } }),
    ],
    ['a claim', recordOf('T#acme#UNIQUE#User.userName', 'ada', undefined, { resourceId: { S: '1' } })],
    ['an index entry', recordOf('T#acme#INDEX#User.externalId', 'x\u00011', undefined, {})],
    ['a membership', recordOf('T#acme#MEMBERS#1', '2', undefined, { type: { S: 'User' } })],
    ['the other half of it', recordOf('T#acme#MEMBEROF#2', '1', { type: { S: 'User' } }, undefined)],
    ['a counter', recordOf('T#acme#COUNT#User', '0a', { count: { N: '1' } }, { count: { N: '2' } })],
    ['a pointer of the log', recordOf('T#acme#LOG-OF#1', 'entra#2026#1', undefined, {})],
    ['another, of an application called log', recordOf('T#acme#LOG-APP#log', '2026#1', undefined, {})],
    [
      'an entry of the log that is erased',
      recordOf('T#acme#LOG', '2026#1', { requestId: { S: 'r' } }, { requestId: { S: 'r' } }),
    ],
    ['a setting', recordOf('T#acme', 'SETTINGS', { version: { N: '1' } }, { version: { N: '2' } })],
    ['an operator', recordOf('AUDIT', '2026#1', undefined, { requestId: { S: 'r-1' } })],
    ['an open journal', recordOf('JOURNALS', 'acme#1#j', undefined, { since: { S: '2026' } })],
  ])('not for %s', (_, record) => {
    expect(isWanted(record)).toBe(false);
  });
});
