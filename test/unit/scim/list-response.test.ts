import { describe, expect, it } from 'vitest';
import { toListResponse } from '../../../scim/list-response.ts';

describe('toListResponse', () => {
  it('counts the resources of the page and echoes where it starts', () => {
    expect(toListResponse({ totalResults: 12, startIndex: 11, resources: [{ id: 'a' }, { id: 'b' }] })).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 12,
      itemsPerPage: 2,
      startIndex: 11,
      Resources: [{ id: 'a' }, { id: 'b' }],
    });
  });

  it('has Resources also where nothing was found, as Entra expects', () => {
    expect(toListResponse({ totalResults: 0, startIndex: 1, resources: [] })).toMatchObject({
      totalResults: 0,
      itemsPerPage: 0,
      Resources: [],
    });
  });

  it('of a walk by cursor says where to go on, and no startIndex (RFC 9865 §2)', () => {
    const body = toListResponse({ nextCursor: 'abc', resources: [{ id: 'a' }] });
    expect(body).toEqual({ schemas: expect.anything(), itemsPerPage: 1, nextCursor: 'abc', Resources: [{ id: 'a' }] });
  });
});
