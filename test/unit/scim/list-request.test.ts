import { describe, expect, it } from 'vitest';
import { ScimError } from '../../../scim/errors.ts';
import { parseListRequest } from '../../../scim/list-request.ts';

const refused = (scimType: string, detail: RegExp) =>
  expect.objectContaining({ status: 400, scimType, message: expect.stringMatching(detail) });

describe('parseListRequest', () => {
  it('asks for the first page of everything, by index, where nothing is said', () => {
    expect(parseListRequest({}, 100)).toEqual({
      filter: undefined,
      sort: undefined,
      paging: { startIndex: 1, count: 100 },
    });
  });

  it('reads filter, order and position', () => {
    expect(
      parseListRequest(
        { filter: 'userName pr', sortBy: 'name.familyName', sortOrder: 'DESCENDING', startIndex: '11', count: '5' },
        100,
      ),
    ).toEqual({
      filter: { kind: 'present', path: { name: 'userName' } },
      sort: { by: { name: 'name', subAttribute: 'familyName' }, order: 'descending' },
      paging: { startIndex: 11, count: 5 },
    });
  });

  it('is ascending unless said otherwise, and orders nothing without sortBy (RFC 7644 §3.4.2.3)', () => {
    expect(parseListRequest({ sortBy: 'id' }, 100).sort).toEqual({ by: { name: 'id' }, order: 'ascending' });
    expect(parseListRequest({ sortOrder: 'descending' }, 100).sort).toBeUndefined();
  });

  it.each([
    [{ sortBy: 'a..b' }, /sortBy is "a\.\.b".*name\.familyName/],
    [{ sortBy: '' }, /sortBy is ""/],
    [{ sortBy: 'x'.repeat(10_000).concat(' ') }, /sortBy is "x{39}…"/],
    [{ sortBy: 'id', sortOrder: 'up' }, /sortOrder is "up".*ascending/],
  ])('is 400 invalidValue, saying what was expected: %j', (parameters, detail) => {
    expect(() => parseListRequest(parameters, 100)).toThrow(refused('invalidValue', detail));
  });

  describe('with a cursor (RFC 9865 §2)', () => {
    it('pages by cursor, and keeps the count as it was asked', () => {
      expect(parseListRequest({ cursor: '' }, 100).paging).toEqual({ cursor: '', count: undefined });
      expect(parseListRequest({ cursor: 'abc', count: '7' }, 100).paging).toEqual({ cursor: 'abc', count: 7 });
    });

    it('takes a negative count for 0', () => {
      expect(parseListRequest({ cursor: '', count: '-7' }, 100).paging).toEqual({ cursor: '', count: 0 });
    });

    it('refuses a count above the maximum, unless the walk was begun with it', () => {
      expect(() => parseListRequest({ cursor: '', count: '101' }, 100)).toThrow(
        refused('invalidCount', /count is 101.*from 0 to 100/),
      );
      expect(parseListRequest({ cursor: 'abc', count: '101' }, 100).paging).toEqual({ cursor: 'abc', count: 101 });
    });

    it.each(['x', '1.5', ''])('is 400 invalidCount for a count of %j', (count) => {
      expect(() => parseListRequest({ cursor: '', count }, 100)).toThrow(refused('invalidCount', /must be an integer/));
    });

    it('is refused together with startIndex', () => {
      expect(() => parseListRequest({ cursor: '', startIndex: '1' }, 100)).toThrow(
        refused('invalidValue', /startIndex and cursor/),
      );
    });
  });

  it('fails in our words only', () => {
    for (const text of ['', '\ud800', '\u0000', '9'.repeat(400), '__proto__', 'urn:', ':', '.']) {
      for (const name of ['sortBy', 'sortOrder', 'startIndex', 'count', 'filter']) {
        try {
          parseListRequest({ [name]: text }, 100);
        } catch (error) {
          expect(error).toBeInstanceOf(ScimError);
        }
      }
    }
  });
});
