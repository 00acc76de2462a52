import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScimError } from '../../../scim/errors.ts';
import { parsePaging } from '../../../scim/paging.ts';

const parameter = fc.option(fc.oneof(fc.string(), fc.bigInt().map(String), fc.double().map(String)), {
  nil: undefined,
});

describe('parsePaging', () => {
  it('gives integers in range, or a 400', () => {
    fc.assert(
      fc.property(parameter, parameter, fc.integer({ min: 1, max: 1000 }), (startIndex, count, maxPageSize) => {
        try {
          const paging = parsePaging({ startIndex, count }, maxPageSize);
          expect(Number.isSafeInteger(paging.startIndex) && paging.startIndex >= 1).toBe(true);
          expect(Number.isSafeInteger(paging.count) && paging.count >= 0 && paging.count <= maxPageSize).toBe(true);
        } catch (error) {
          if (!(error instanceof ScimError)) throw error;
          expect(error).toMatchObject({ status: 400, scimType: 'invalidValue' });
        }
      }),
    );
  });

  it('keeps what is in range', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1 }), fc.integer({ min: 0, max: 100 }), (startIndex, count) => {
        expect(parsePaging({ startIndex: String(startIndex), count: String(count) }, 100)).toEqual({
          startIndex,
          count,
        });
      }),
    );
  });
});
