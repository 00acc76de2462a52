import { describe, expect, it } from 'vitest';
import { toBulkResponse } from '../../../../scim/bulk/response.ts';
import { uniquenessError } from '../../../../scim/errors.ts';

describe('toBulkResponse', () => {
  it('says of each operation what there is to say', () => {
    const location = 'https://scim.example.com/Users/1';
    const error = uniquenessError('userName');
    expect(
      toBulkResponse([
        { method: 'POST', bulkId: 'a', status: 201, location, version: 1, error: undefined },
        { method: 'POST', bulkId: 'b', status: 409, location: undefined, version: undefined, error },
        { method: 'DELETE', bulkId: undefined, status: 204, location, version: undefined, error: undefined },
        { method: undefined, bulkId: undefined, status: 409, location: undefined, version: undefined, error },
      ]),
    ).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'],
      Operations: [
        { location, method: 'POST', bulkId: 'a', version: 'W/"1"', status: '201' },
        { method: 'POST', bulkId: 'b', status: '409', response: expect.objectContaining({ status: '409' }) },
        { location, method: 'DELETE', status: '204' },
        { status: '409', response: expect.objectContaining({ scimType: 'uniqueness' }) },
      ],
    });
  });
});
