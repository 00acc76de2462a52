import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesVersion, parseIfMatch, toETag } from '../../../scim/etag.ts';

describe('parseIfMatch', () => {
  it('matches the versions whose ETags it is given, and no other', () => {
    const version = fc.nat({ max: 20 });
    fc.assert(
      fc.property(fc.array(version, { minLength: 1 }), version, (versions, actual) => {
        const condition = parseIfMatch(versions.map(toETag).join(', '));
        expect(condition !== undefined && matchesVersion(condition, actual)).toBe(versions.includes(actual));
      }),
    );
  });

  it('bears any header', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        expect(() => parseIfMatch(header)).not.toThrow();
      }),
    );
  });
});
