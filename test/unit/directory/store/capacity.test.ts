import { describe, expect, it } from 'vitest';
import { sizeOfItem, toReadUnits, toWriteUnits } from '../../../../directory/store/capacity.ts';
import type { ItemValue } from '../../../../directory/store/item-table.ts';

/** pk, sk and their one-letter values. */
const KEY_BYTES = 6;

describe('sizeOfItem', () => {
  it.each<[ItemValue, number]>([
    ['', 0],
    ['abc', 3],
    ['é\u{1F600}', 6],
    [true, 1],
    [null, 1],
    [0, 1],
    [7, 2],
    [99, 2],
    [100, 2], // one significant digit
    [123, 3],
    [-123, 4],
    [0.05, 2],
    [1e-7, 2],
    [123.45, 4],
    [Number.MAX_SAFE_INTEGER, 9],
    [[], 3],
    [['ab', 1], 3 + 3 + 3],
    [{}, 3],
    [{ ab: 'c', d: [true] }, 3 + (1 + 2 + 1) + (1 + 1 + (3 + 1 + 1))],
  ])('counts %j as %i bytes beside its name', (value, bytes) => {
    expect(sizeOfItem({ pk: 'p', sk: 's', a: value })).toBe(KEY_BYTES + 1 + bytes);
  });
});

describe('toReadUnits', () => {
  it('rounds up by 4 KB, and halves where not consistent', () => {
    expect([0, 1, 4096, 4097, 409_600].map((size) => toReadUnits(size))).toStrictEqual([1, 1, 1, 2, 100]);
    expect([0, 4096, 4097].map((size) => toReadUnits(size, false))).toStrictEqual([0.5, 0.5, 1]);
  });
});

describe('toWriteUnits', () => {
  it('rounds the larger size up by 1 KB', () => {
    expect(toWriteUnits(0, 0)).toBe(1);
    expect(toWriteUnits(1024, 1025)).toBe(2);
    expect(toWriteUnits(5000, 0)).toBe(5);
  });
});
