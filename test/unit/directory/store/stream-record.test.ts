import { describe, expect, it } from 'vitest';
import { toItemChange } from '../../../../directory/store/stream-record.ts';

const keys = { pk: { S: 'p' }, sk: { S: 's' } };
const old = { ...keys, n: { N: '1' } };

describe('toItemChange', () => {
  it('reads a record as Lambda delivers it, its time in seconds', () => {
    const dynamodb = { ApproximateCreationDateTime: 1_795_343_515, Keys: keys, OldImage: old, NewImage: keys };
    expect(toItemChange({ eventID: 'e', eventName: 'MODIFY', dynamodb })).toEqual({
      id: 'e',
      at: new Date('2026-11-22T10:31:55.000Z'),
      before: { pk: 'p', sk: 's', n: 1 },
      after: { pk: 'p', sk: 's' },
    });
  });

  it('reads one as the streams API answers it, its time as a date', () => {
    const at = new Date();
    const change = toItemChange({ eventID: 'e', dynamodb: { ApproximateCreationDateTime: at, OldImage: old } });
    expect(change).toEqual({ id: 'e', at, before: { pk: 'p', sk: 's', n: 1 }, after: undefined });
  });

  it('hands on a value that is none of ours as DynamoDB writes it, so that the change can be kept', () => {
    const NewImage = { ...keys, set: { SS: ['a'] }, list: { L: [{ NS: ['1'] }, { S: 'x' }] } };
    const { after } = toItemChange({ eventID: 'e', dynamodb: { ApproximateCreationDateTime: 1, NewImage } });
    expect(after).toEqual({ pk: 'p', sk: 's', set: { SS: ['a'] }, list: { L: [{ NS: ['1'] }, { S: 'x' }] } });
  });

  it.each([
    {},
    { eventID: 'e' },
    { eventID: 'e', dynamodb: { ApproximateCreationDateTime: 1, NewImage: { pk: { S: 'p' } } } },
  ])('refuses what is no record of the table: %o', (record) => {
    expect(() => toItemChange(record)).toThrow();
  });
});
