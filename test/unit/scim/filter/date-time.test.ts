import { describe, expect, it } from 'vitest';
import { toEpochMilliseconds } from '../../../../scim/filter/date-time.ts';

describe('toEpochMilliseconds', () => {
  it.each([
    ['2011-05-13T04:42:34Z', Date.UTC(2011, 4, 13, 4, 42, 34)],
    ['2011-05-13t04:42:34z', Date.UTC(2011, 4, 13, 4, 42, 34)],
    ['2011-05-13T04:42:34', Date.UTC(2011, 4, 13, 4, 42, 34)],
    ['2011-05-13T04:42:34.5Z', Date.UTC(2011, 4, 13, 4, 42, 34, 500)],
    ['2011-05-13T06:42:34+02:00', Date.UTC(2011, 4, 13, 4, 42, 34)],
    ['2011-05-12T20:12:34-08:30', Date.UTC(2011, 4, 13, 4, 42, 34)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2023-12-31T24:00:00Z', Date.UTC(2024, 0, 1)],
    ['0001-01-01T00:00:00Z', -62135596800000],
  ])('reads %s', (text, expected) => {
    expect(toEpochMilliseconds(text)).toBe(expected);
  });

  it('tells apart what differs by less than a millisecond', () => {
    const earlier = toEpochMilliseconds('2024-01-01T00:00:00.0001Z') ?? Number.NaN;
    expect(toEpochMilliseconds('2024-01-01T00:00:00.0002Z')).toBeGreaterThan(earlier);
  });

  it.each([
    '',
    '2011-05-13',
    '2011-05-13 04:42:34Z',
    '2011-5-13T04:42:34Z',
    '2011-05-13T04:42Z',
    '2023-02-29T00:00:00Z',
    '2023-13-01T00:00:00Z',
    '2023-00-01T00:00:00Z',
    '2023-01-00T00:00:00Z',
    '2023-01-01T25:00:00Z',
    '2023-01-01T24:00:01Z',
    '2023-01-01T24:00:00.1Z',
    '2023-01-01T00:60:00Z',
    '2023-01-01T00:00:60Z',
    '2023-01-01T00:00:00+15:00',
    '2023-01-01T00:00:00+01:60',
    '2023-01-01T00:00:00ZZ',
    'yesterday',
  ])('takes %j for no date and time', (text) => {
    expect(toEpochMilliseconds(text)).toBeUndefined();
  });
});
