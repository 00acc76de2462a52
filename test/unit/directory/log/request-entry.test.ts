import { describe, expect, it } from 'vitest';
import { maskText } from '../../../../directory/log/mask.ts';
import { type RequestedAction, toActionEntry, toActionRecord } from '../../../../directory/log/request-entry.ts';
import { strikeQuotations } from '../../../../directory/log/strike-quotations.ts';
import type { Done } from '../../../../directory/resource-view.ts';
import { LOG_OPERATIONS, LogItemSchema } from '../../../../directory/store/log-items.ts';
import { OperationSchema } from '../../../../lambda/contract/log-messages.ts';

const done = (kind: Done['kind']): Done => ({ kind, membersAdded: 0, membersRemoved: 0 });
const id = 'aaaaaaaa-0000-4000-8000-000000000000';

const post: RequestedAction = {
  ...{ method: 'POST', type: 'User', id: undefined, status: 409, scimType: 'uniqueness', done: undefined },
  detail: 'userName is already in use by "ada"',
  body: { USERNAME: 'ada@example.com', externalId: '7', displayName: 'Ada', title: 'Countess' },
};

describe('the entry of a request', () => {
  it('is there where it failed or changed nothing, and nowhere else', () => {
    for (const kind of ['created', 'updated', 'deactivated', 'reactivated', 'deleted'] as const) {
      expect(toActionRecord({ ...post, status: 200, done: done(kind) })).toBeUndefined();
    }
    expect(toActionRecord({ ...post, method: 'GET', status: 304 })).toBeUndefined();
    expect(toActionRecord({ ...post, method: 'PUT', status: 200, done: done('unchanged') })).toMatchObject({
      operation: 'update',
      outcome: 'unchanged',
    });
    expect(toActionRecord(post)).toMatchObject({ operation: 'create', outcome: 'failed', status: 409 });
  });

  it.each([
    ['POST', 'create'],
    ['PUT', 'update'],
    ['PATCH', 'update'],
    ['DELETE', 'delete'],
    ['GET', 'read'],
    ['OPTIONS', 'read'],
  ])('calls %s %s', (method, operation) => {
    expect(toActionRecord({ ...post, method })?.operation).toBe(operation);
  });

  it('has the names of who was to be created, by attributes in any case, and what failed without what it quotes', () => {
    expect(toActionRecord(post)).toMatchObject({
      names: { userName: 'ada@example.com', externalId: '7', displayName: 'Ada' },
      detail: 'userName is already in use by "…"',
    });
  });

  it.each<readonly [string, Partial<RequestedAction>]>([
    ['the request has an id', { method: 'PUT', id }],
    ['nothing identifies the user', { body: { displayName: 'Ada' } }],
    ['they are no texts', { body: { userName: 7, externalId: ['7'] } }],
    ['they are too long to be looked up', { body: { userName: 'x'.repeat(513) } }],
    ['no table could store them', { body: { userName: '\ud800' } }],
    ['there is no body', { body: undefined }],
  ])('has no name where %s', (_, change) => {
    expect(toActionRecord({ ...post, ...change })?.names).toEqual({});
  });

  it('keeps a group’s name without an identifier, for it is nobody’s', () => {
    const group = toActionRecord({ ...post, type: 'Group', body: { displayName: 'Sales' } });
    expect(group).toMatchObject({ resource: { type: 'Group' }, names: { displayName: 'Sales' } });
  });

  it('keeps no id but one of ours', () => {
    expect(toActionRecord({ ...post, method: 'DELETE', id })?.resource).toEqual({ type: 'User', id });
    expect(toActionRecord({ ...post, method: 'DELETE', id: 'ada@example.com' })?.resource).toEqual({ type: 'User' });
  });

  it('is the same whenever it is made again, and another for each operation of a request', () => {
    const request = { tenant: 'acme', application: 'entra', requestId: 'r-1', time: new Date(0) };
    const record = toActionRecord(post);
    if (record === undefined) throw new Error('there is no entry');
    const entry = toActionEntry(request, record);
    expect(toActionEntry(request, record)).toEqual(entry);
    expect(LogItemSchema.parse(entry)).toEqual(entry);
    expect(toActionEntry(request, record, 1).sk).not.toBe(entry.sk);
    expect(entry).toMatchObject({ pk: 'T#acme#LOG', application: 'entra', requestId: 'r-1' });
  });
});

describe('what hides personal values', () => {
  it.each([
    ['ada@example.com', 'a…@e…'],
    ['Ada', 'A…'],
    ['\u{1F600}x', '\u{1F600}…'],
    ['', '…'],
    ['@', '…@…'],
  ])('masks %j as %j', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  it('strikes what is quoted, with its escaped quotes', () => {
    expect(strikeQuotations('a: got "x \\" y", not "z"; it\'s "')).toBe('a: got "…", not "…"; it\'s "');
  });
});

describe('the operations of the log', () => {
  it('are those of the contract', () => {
    expect(OperationSchema.options).toEqual(LOG_OPERATIONS);
  });
});
