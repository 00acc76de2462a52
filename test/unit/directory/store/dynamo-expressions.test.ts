import { describe, expect, it } from 'vitest';
import {
  toConditionExpressions,
  toKeyConditionExpressions,
  toUpdateExpressions,
} from '../../../../directory/store/dynamo-expressions.ts';

describe('toConditionExpressions', () => {
  it('is empty where there is no condition, for DynamoDB refuses empty expressions', () => {
    expect(toConditionExpressions()).toStrictEqual({});
    expect(toConditionExpressions([])).toStrictEqual({});
  });

  it('joins all conditions, with a placeholder for each name and value', () => {
    const expressions = toConditionExpressions([
      { kind: 'exists' },
      { kind: 'versionIs', version: 2 },
      { kind: 'absent', attribute: 'size' },
      { kind: 'atMost', attribute: 'a.b', value: 1 },
      { kind: 'atLeast', attribute: 'a.b', value: 0 },
      { kind: 'equals', attribute: 'size', value: 'x' },
      { kind: 'notExists' },
    ]);
    expect(expressions).toStrictEqual({
      ConditionExpression:
        'attribute_exists(#n0) AND #n1 = :v0 AND attribute_not_exists(#n2) AND #n3 <= :v1 AND #n3 >= :v2 AND #n2 = :v3 AND attribute_not_exists(#n0)',
      ExpressionAttributeNames: { '#n0': 'pk', '#n1': 'version', '#n2': 'size', '#n3': 'a.b' },
      ExpressionAttributeValues: { ':v0': { N: '2' }, ':v1': { N: '1' }, ':v2': { N: '0' }, ':v3': { S: 'x' } },
    });
  });

  it('has no values where no condition compares', () => {
    expect(toConditionExpressions([{ kind: 'exists' }])).not.toHaveProperty('ExpressionAttributeValues');
  });
});

describe('toUpdateExpressions', () => {
  const key = { pk: 'p', sk: 's' };

  it('has one clause a kind of change', () => {
    const { UpdateExpression } = toUpdateExpressions({
      kind: 'update',
      key,
      set: { a: 1, b: 2 },
      add: { c: 3 },
      remove: ['d', 'e'],
    });
    expect(UpdateExpression).toBe('SET #n0 = :v0, #n1 = :v1 ADD #n2 :v2 REMOVE #n3, #n4');
  });

  it('leaves out clauses without a part', () => {
    expect(toUpdateExpressions({ kind: 'update', key, set: {}, remove: ['d'] })).toStrictEqual({
      UpdateExpression: 'REMOVE #n0',
      ExpressionAttributeNames: { '#n0': 'd' },
    });
  });
});

describe('toKeyConditionExpressions', () => {
  it.each([
    [undefined, undefined, '#n0 = :v0'],
    ['a', undefined, '#n0 = :v0 AND #n1 >= :v1'],
    [undefined, 'b', '#n0 = :v0 AND #n1 <= :v1'],
    ['a', 'b', '#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2'],
  ])('from %s to %s', (from, to, expected) => {
    expect(toKeyConditionExpressions('p', { from, to, after: undefined }).KeyConditionExpression).toBe(expected);
  });
});
