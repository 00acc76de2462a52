import { describe, expect, it } from 'vitest';
import { counted, toCell, toFields, toTable } from '../../../../cli/text/table.ts';
import { parseTime, toDistance, toTime } from '../../../../cli/text/times.ts';

const now = new Date('2026-11-22T10:00:00Z');

describe('toTable', () => {
  it('aligns columns, numbers to the right, without blanks at the end of a line', () => {
    const table = toTable(
      [
        { name: 'a', size: 5 },
        { name: 'longer', size: 1_000 },
      ],
      [
        { title: 'NAME', value: ({ name }) => name },
        { title: 'SIZE', value: ({ size }) => size, align: 'right' },
        { title: 'X', value: () => undefined },
      ],
    );
    expect(table).toBe('NAME    SIZE  X\na          5  -\nlonger  1000  -\n');
  });

  it('counts code points, not UTF-16 units', () => {
    const table = toTable(
      ['😀', 'ab'],
      [
        { title: 'A', value: (text) => text },
        { title: 'B', value: () => 'x' },
      ],
    );
    expect(table).toBe('A   B\n😀   x\nab  x\n');
  });
});

describe('toFields', () => {
  it('aligns values and leaves out what is undefined', () => {
    expect(
      toFields([
        ['A', 1],
        ['Longer', 'x'],
        ['Gone', undefined],
      ]),
    ).toBe('A       1\nLonger  x\n');
  });
});

describe('toCell', () => {
  it('replaces what would steer a terminal', () => {
    expect(toCell('a\u001b[31m\n\u009bb')).toBe('a�[31m��b');
  });
});

describe('counted', () => {
  it.each([
    [0, 'no users'],
    [1, '1 user'],
    [2, '2 users'],
  ])('%i is %s', (count, text) => {
    expect(counted(count, 'user')).toBe(text);
  });
});

describe('parseTime', () => {
  it.each([
    ['90m', '2026-11-22T08:30:00.000Z'],
    ['24h', '2026-11-21T10:00:00.000Z'],
    ['7d', '2026-11-15T10:00:00.000Z'],
    ['2w', '2026-11-08T10:00:00.000Z'],
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T09:30:00+01:00', '2026-11-01T08:30:00.000Z'],
  ])('reads %s', (text, time) => {
    expect(parseTime(text, now)?.toISOString()).toBe(time);
  });

  it.each(['', 'now', '7', 'd', '7y', '2026', '2026-13-01', '2026-11-01T09:30', '22.11.2026'])('refuses %j', (text) => {
    expect(parseTime(text, now)).toBeUndefined();
  });
});

describe('toDistance', () => {
  it.each([
    ['2026-11-22T10:00:20Z', 'now'],
    ['2026-11-22T10:59:59Z', 'in 60 minutes'],
    ['2026-11-22T10:01:00Z', 'in 1 minute'],
    ['2026-11-22T09:00:00Z', '60 minutes ago'],
    ['2026-11-22T13:00:00Z', 'in 3 hours'],
    ['2026-12-22T10:00:00Z', 'in 30 days'],
  ])('%s is %s', (time, text) => {
    expect(toDistance(time, now)).toBe(text);
  });
});

describe('toTime', () => {
  it('shows UTC to the second', () => {
    expect(toTime('2026-11-22T11:00:00.123+01:00')).toBe('2026-11-22T10:00:00Z');
    expect(toTime(undefined)).toBeUndefined();
  });
});
