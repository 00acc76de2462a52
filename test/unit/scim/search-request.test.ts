import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../scim/json.ts';
import { parseSearchRequest } from '../../../scim/search-request.ts';

const schemas = ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'];

const refused = (scimType: string, detail: RegExp) =>
  expect.objectContaining({ status: 400, scimType, message: expect.stringMatching(detail) });

describe('parseSearchRequest', () => {
  it("reads the RFC's example (RFC 7644 §3.4.3)", () => {
    const body = {
      schemas,
      attributes: ['displayName', 'userName'],
      filter: 'displayName sw "smith"',
      startIndex: 1,
      count: 10,
    };
    expect(parseSearchRequest(body)).toEqual({
      attributes: 'displayName,userName',
      filter: 'displayName sw "smith"',
      startIndex: '1',
      count: '10',
    });
  });

  it('reads every member, names in any case, null as none', () => {
    const body = {
      SCHEMAS: [schemas[0]?.toUpperCase() ?? ''],
      EXCLUDEDATTRIBUTES: ['members'],
      attributes: null,
      sortby: 'userName',
      sortOrder: 'descending',
      cursor: '',
      filter: null,
      count: -1e20,
    };
    expect(parseSearchRequest(body)).toEqual({
      excludedAttributes: 'members',
      sortBy: 'userName',
      sortOrder: 'descending',
      cursor: '',
      count: '-100000000000000000000',
    });
  });

  it.each<[JsonValue, string, RegExp]>([
    [null, 'invalidSyntax', /an object, got null/],
    [[], 'invalidSyntax', /an object, got a list/],
    [{}, 'invalidSyntax', /schemas: .*SearchRequest/],
    [{ schemas: 'x' }, 'invalidSyntax', /schemas: .*SearchRequest/],
    [{ schemas, fliter: 'x' }, 'invalidSyntax', /no "fliter"; it may have schemas, .*filter, .*cursor/],
    [{ schemas, count: 1, Count: 1 }, 'invalidSyntax', /count is there twice/],
    [{ schemas, filter: 1 }, 'invalidValue', /filter: expected a string, got a number/],
    [{ schemas, sortBy: {} }, 'invalidValue', /sortBy: expected a string, got an object/],
    [{ schemas, cursor: false }, 'invalidValue', /cursor: expected a string, got a boolean/],
    [{ schemas, startIndex: '1' }, 'invalidValue', /startIndex: expected an integer, such as 1, got a string/],
    [{ schemas, count: 1.5 }, 'invalidValue', /count: expected an integer, such as 1, got 1\.5/],
    [{ schemas, attributes: 'userName' }, 'invalidValue', /attributes: expected a list of names.*got a string/],
    [{ schemas, attributes: ['id', 1] }, 'invalidValue', /attributes: expected a list of names.*something else/],
  ])('refuses %j', (body, scimType, detail) => {
    expect(() => parseSearchRequest(body)).toThrow(refused(scimType, detail));
  });
});
