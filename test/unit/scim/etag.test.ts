import { describe, expect, it } from 'vitest';
import { matchesVersion, parseIfMatch, parseIfNoneMatch, toETag, type VersionCondition } from '../../../scim/etag.ts';

describe('toETag', () => {
  it('is a weak ETag', () => {
    expect(toETag(3)).toBe('W/"3"');
  });
});

describe.each([
  ['parseIfMatch', parseIfMatch],
  ['parseIfNoneMatch', parseIfNoneMatch],
])('%s', (_name, parse) => {
  it.each([undefined, '', '  '])('sees no condition in %j', (header) => {
    expect(parse(header)).toBeUndefined();
  });

  it.each(['*', ' * '])('reads %j as any version', (header) => {
    expect(parse(header)).toEqual({ any: true });
  });

  it.each([
    ['W/"3"', [3]],
    ['"3"', [3]],
    ['W/"3", "4",W/"5"', [3, 4, 5]],
    [' W/"0" ', [0]],
  ])('reads the versions of %j', (header, versions) => {
    expect(parse(header)).toEqual({ versions });
  });

  it.each(['3', 'W/3', '"abc"', '"03"', '"3.0"', '"1e3"', '""', '"W/3"', '"3', '"99999999999999999999"', 'é'])(
    'finds no version of ours in %j',
    (header) => {
      expect(parse(header)).toEqual({ versions: [] });
    },
  );

  it('keeps a comma inside of a foreign ETag from making two', () => {
    expect(parse('"1,2", W/"7"')).toEqual({ versions: [7] });
  });
});

describe('matchesVersion', () => {
  it.each<[VersionCondition, boolean]>([
    [{ any: true }, true],
    [{ versions: [2, 3] }, true],
    [{ versions: [2] }, false],
    [{ versions: [] }, false],
  ])('tells for %j whether version 3 is meant', (condition, expected) => {
    expect(matchesVersion(condition, 3)).toBe(expected);
  });
});
