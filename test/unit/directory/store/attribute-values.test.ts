import { describe, expect, it } from 'vitest';
import { toAttributeValues, toItem, toKeyValues } from '../../../../directory/store/attribute-values.ts';

const item = {
  pk: 'p',
  sk: 's',
  text: '',
  number: -1.5,
  flag: false,
  nothing: null,
  list: [1, ['x']],
  map: { constructor: { name: 'Set' }, empty: {} },
};

describe('toAttributeValues', () => {
  it('makes native maps, lists, strings, numbers, booleans and null of an item', () => {
    expect(toAttributeValues(item)).toEqual({
      pk: { S: 'p' },
      sk: { S: 's' },
      text: { S: '' },
      number: { N: '-1.5' },
      flag: { BOOL: false },
      nothing: { NULL: true },
      list: { L: [{ N: '1' }, { L: [{ S: 'x' }] }] },
      map: { M: { constructor: { M: { name: { S: 'Set' } } }, empty: { M: {} } } },
    });
  });

  it('is undone by toItem', () => {
    expect(toItem(toAttributeValues(item))).toEqual(item);
  });
});

describe('toKeyValues', () => {
  it('takes the key alone', () => {
    expect(toKeyValues(item)).toStrictEqual({ pk: { S: 'p' }, sk: { S: 's' } });
  });
});

describe('toItem', () => {
  it('refuses what is no item of ours', () => {
    expect(() => toItem({ pk: { S: 'p' } })).toThrow('without pk or sk');
    expect(() => toItem({ pk: { S: 'p' }, sk: { S: 's' }, set: { SS: ['x'] } })).toThrow('SS');
  });
});
