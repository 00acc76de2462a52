import { describe, expect, it } from 'vitest';
import { BULK_REQUEST_SCHEMA, parseBulkRequest } from '../../../../scim/bulk/parse.ts';
import { planBulk } from '../../../../scim/bulk/plan.ts';
import type { JsonObject } from '../../../../scim/json.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';

const types = Object.values(createResourceSchemas()).map(({ type }) => type);

/** Each step as the operation's place, `+` for a link, and the steps that it waits for. */
function planOf(...Operations: readonly JsonObject[]): readonly string[] {
  const { operations } = parseBulkRequest({ schemas: [BULK_REQUEST_SCHEMA], Operations }, types, 1_000);
  const steps = planBulk(operations);
  const nameOf = (place: number) => `${steps[place]?.operation}${steps[place]?.kind === 'link' ? '+' : ''}`;
  return steps.map(({ after }, place) => `${nameOf(place)} after ${after.map(nameOf).sort().join(', ') || 'none'}`);
}

const group = (bulkId: string, ...members: readonly string[]) => ({
  ...{ method: 'POST', path: '/Groups', bulkId },
  data: { displayName: bulkId, members: members.map((value) => ({ value })) },
});
const user = (bulkId: string, userName = bulkId) => ({ method: 'POST', path: '/Users', bulkId, data: { userName } });
const patch = (path: string, ...members: readonly string[]) => ({
  ...{ method: 'PATCH', path },
  data: { Operations: [{ op: 'add', path: 'members', value: members.map((value) => ({ value })) }] },
});
const remove = (path: string) => ({ method: 'DELETE', path });

describe('planBulk', () => {
  it('lets operations that have nothing to do with each other begin at once, in the order of the request', () => {
    expect(planOf(user('a'), user('b'), remove('/Users/x'), patch('/Groups/g', 'y'))).toEqual([
      '0 after none',
      '1 after none',
      '2 after none',
      '3 after none',
    ]);
  });

  it('takes a creation before what refers to it, backwards and forwards', () => {
    expect(planOf(group('g', 'bulkId:a', 'bulkId:b'), user('a'), patch('/Groups/h', 'bulkId:b'), user('b'))).toEqual([
      '1 after none',
      '3 after none',
      '0 after 1, 3',
      '2 after 3',
    ]);
    expect(planOf(patch('/Users/bulkId:a'), user('a'))).toEqual(['1 after none', '0 after 1']);
  });

  it('opens a circle at one place, and closes it once all of it is there', () => {
    expect(planOf(group('a', 'bulkId:b'), group('b', 'bulkId:c'), group('c', 'bulkId:a'))).toEqual([
      '2 after none',
      '1 after 2',
      '0 after 1',
      '2+ after 0, 2',
    ]);
  });

  it('links what refers to itself', () => {
    expect(planOf(group('a', 'bulkId:a', 'bulkId:b'), user('b'))).toEqual(['1 after none', '0 after 1', '0+ after 0']);
  });

  it('has what changes a resource of a circle wait for its link, but not what refers to it', () => {
    const circle = [group('a', 'bulkId:b'), group('b', 'bulkId:a')];
    expect(planOf(...circle, patch('/Groups/bulkId:b', 'x'), patch('/Groups/g', 'bulkId:b'))).toEqual([
      '1 after none',
      '0 after 1',
      '1+ after 0, 1',
      '2 after 1, 1+',
      '3 after 1',
    ]);
  });

  it('keeps the order of operations on one resource', () => {
    expect(
      planOf(patch('/Groups/g', 'x'), patch('/Groups/h', 'x'), patch('Groups/g', 'y'), remove('/Groups/g')),
    ).toEqual(['0 after none', '1 after none', '2 after 0', '3 after 2']);
  });

  it('keeps the order of a deletion and what mentions who is deleted', () => {
    expect(planOf(patch('/Groups/g', 'u'), patch('/Groups/h', 'u'), remove('/Users/u'), group('a', 'u'))).toEqual([
      '0 after none',
      '1 after none',
      '2 after 0, 1',
      '3 after 2',
    ]);
  });

  it('keeps the order of those who ask for one name', () => {
    expect(planOf(user('a', 'Ada'), user('b', 'ada'), user('c', 'bob'), group('ada'))).toEqual([
      '0 after none',
      '1 after 0',
      '2 after none',
      '3 after none',
    ]);
  });

  it('has a faulty operation wait for nothing, and what refers to it wait for it', () => {
    expect(planOf(group('g', 'bulkId:a'), { ...user('a'), path: '/Robots' }, patch('/Groups/h', 'bulkId:z'))).toEqual([
      '1 after none',
      '0 after 1',
      '2 after none',
    ]);
  });
});
