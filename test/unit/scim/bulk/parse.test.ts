import { describe, expect, it } from 'vitest';
import { BULK_REQUEST_SCHEMA, parseBulkRequest } from '../../../../scim/bulk/parse.ts';
import type { BulkOperation } from '../../../../scim/bulk/types.ts';
import type { JsonObject, JsonValue } from '../../../../scim/json.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';

const types = Object.values(createResourceSchemas()).map(({ type }) => type);
const user = { userName: 'ada' };

function requestOf(operations: JsonValue, more: JsonObject = {}): JsonValue {
  return { schemas: [BULK_REQUEST_SCHEMA], Operations: operations, ...more };
}

function parse(body: JsonValue, maxOperations = 1_000) {
  return parseBulkRequest(body, types, maxOperations);
}

function parseOne(operation: JsonValue): BulkOperation | undefined {
  return parse(requestOf([operation])).operations[0];
}

describe('parseBulkRequest', () => {
  it('reads operations of every method, in their order', () => {
    const { failOnErrors, operations } = parse(
      requestOf(
        [
          { method: 'POST', path: '/Users', bulkId: 'a', data: user },
          { method: 'PUT', path: '/Groups/g1', version: 'W/"3"', data: { displayName: 'Sales' } },
          { method: 'PATCH', path: '/Users/bulkId:a', data: { Operations: [] } },
          { method: 'DELETE', path: '/Groups/g2', bulkId: 'b', version: '*' },
        ],
        { failOnErrors: 2 },
      ),
    );
    expect(failOnErrors).toBe(2);
    expect(operations).toEqual([
      { kind: 'creation', method: 'POST', bulkId: 'a', type: 'User', data: user },
      {
        ...{ kind: 'change', method: 'PUT', bulkId: undefined, type: 'Group', target: { id: 'g1' } },
        ...{ ifMatch: { versions: [3] }, data: { displayName: 'Sales' } },
      },
      {
        ...{ kind: 'change', method: 'PATCH', bulkId: undefined, type: 'User', target: { bulkId: 'a' } },
        ...{ ifMatch: undefined, data: { Operations: [] } },
      },
      {
        ...{ kind: 'change', method: 'DELETE', bulkId: 'b', type: 'Group', target: { id: 'g2' } },
        ...{ ifMatch: { any: true }, data: null },
      },
    ]);
  });

  it('reads names and methods in any case, and null as absent', () => {
    const body = {
      SCHEMAS: [BULK_REQUEST_SCHEMA.toUpperCase()],
      failonerrors: null,
      operations: [{ Method: 'delete', PATH: '/Users/u', bulkid: null, Version: null }],
    };
    expect(parse(body)).toMatchObject({
      failOnErrors: undefined,
      operations: [{ kind: 'change', method: 'DELETE', bulkId: undefined, ifMatch: undefined }],
    });
  });

  it.each([
    ['nothing', null, /got null/],
    ['a list', [], /got a list/],
    ['no schemas', { Operations: [{}] }, /BulkRequest/],
    ['other schemas', { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [{}] }, /BulkRequest/],
    ['no Operations', { schemas: [BULK_REQUEST_SCHEMA] }, /Operations.*got nothing/],
    ['an empty list of Operations', requestOf([]), /at least one/],
    ['Operations that are none', requestOf({}), /got an object/],
    ['Operations twice', requestOf([{}], { operations: [{}] }), /twice/],
    ['failOnErrors 0', requestOf([{}], { failOnErrors: 0 }), /failOnErrors.*got 0/],
    ['failOnErrors 1.5', requestOf([{}], { failOnErrors: 1.5 }), /failOnErrors.*got 1.5/],
    ['failOnErrors as a text', requestOf([{}], { failOnErrors: '1' }), /failOnErrors.*got a string/],
  ])('refuses the request for %s', (_, body, detail) => {
    expect(() => parse(body)).toThrow(expect.objectContaining({ status: 400, scimType: 'invalidSyntax' }));
    expect(() => parse(body)).toThrow(detail);
  });

  it('refuses more operations than there may be with 413, naming the limit', () => {
    const operations = Array.from({ length: 4 }, () => ({ method: 'DELETE', path: '/Users/u' }));
    expect(parse(requestOf(operations), 4).operations).toHaveLength(4);
    expect(() => parse(requestOf(operations), 3)).toThrow(expect.objectContaining({ status: 413 }));
    expect(() => parse(requestOf(operations), 3)).toThrow(/4 operations.*maxOperations of 3/);
  });

  it.each<[string, JsonValue, number, RegExp]>([
    ['no object', 'x', 400, /as an object, got a string/],
    ['no method', { path: '/Users/u' }, 400, /method.*got nothing/],
    ['another method', { method: 'GET', path: '/Users/u' }, 400, /method.*"GET"/],
    ['no path', { method: 'DELETE' }, 400, /path.*got nothing/],
    ['a path twice', { method: 'DELETE', path: '/Users/u', Path: '/Users/v' }, 400, /path is there twice/],
    ['an unknown path', { method: 'DELETE', path: '/Robots/u' }, 404, /"\/Robots\/u".*\/Users and \/Groups/],
    ['a path with more segments', { method: 'DELETE', path: '/Users/u/name' }, 404, /leads nowhere/],
    ['a path that is no encoding', { method: 'DELETE', path: '/Users/%zz' }, 404, /leads nowhere/],
    ['an empty path', { method: 'DELETE', path: '' }, 404, /leads nowhere/],
    ['POST to a resource', { method: 'POST', bulkId: 'a', path: '/Users/u', data: user }, 405, /endpoint/],
    ['PUT to an endpoint', { method: 'PUT', path: '/Users', data: user }, 405, /\/Users\/\{id\}/],
    ['POST without bulkId', { method: 'POST', path: '/Users', data: user }, 400, /bulkId/],
    ['an empty bulkId', { method: 'POST', path: '/Users', bulkId: '', data: user }, 400, /bulkId.*empty/],
    ['a bulkId that is no text', { method: 'POST', path: '/Users', bulkId: 7, data: user }, 400, /bulkId.*number/],
    ['a long bulkId', { method: 'POST', path: '/Users', bulkId: 'x'.repeat(121), data: user }, 400, /121.*at most 120/],
    ['POST without data', { method: 'POST', path: '/Users', bulkId: 'a' }, 400, /data.*POST/],
    ['PATCH without data', { method: 'PATCH', path: '/Users/u' }, 400, /data.*PATCH/],
    ['a version that is no text', { method: 'DELETE', path: '/Users/u', version: 3 }, 400, /version.*number/],
  ])('leaves %s to the operation that has it', (_, operation, status, detail) => {
    const { operations } = parse(requestOf([operation, { method: 'DELETE', path: '/Users/other' }]));
    expect(operations).toMatchObject([
      { kind: 'faulty', error: { status, message: expect.stringMatching(detail) } },
      { kind: 'change' },
    ]);
  });

  it('tells of a faulty operation what could be read of it', () => {
    expect(parseOne({ method: 'put', path: '/Groups/g', bulkId: 'x' })).toMatchObject({
      ...{ kind: 'faulty', method: 'PUT', bulkId: 'x', path: { type: 'Group', target: { id: 'g' } } },
    });
  });

  it.each([
    ['Users/u', { id: 'u' }],
    ['/Users/u/', { id: 'u' }],
    ['//Users//a%2Fb', { id: 'a/b' }],
    ['/Users/bulkId:x', { bulkId: 'x' }],
    ['/Users/bulkId%3Ax%20y', { bulkId: 'x y' }],
  ])('reads the path %s', (path, target) => {
    expect(parseOne({ method: 'DELETE', path })).toMatchObject({ type: 'User', target });
  });

  it('performs none of several POSTs with one bulkId, and lets others have one that no POST has', () => {
    const { operations } = parse(
      requestOf([
        { method: 'POST', path: '/Users', bulkId: 'a', data: user },
        { method: 'POST', path: '/Groups', bulkId: 'a', data: { displayName: 'A' } },
        { method: 'POST', path: '/Users', bulkId: 'b', data: user },
        { method: 'DELETE', path: '/Users/u', bulkId: 'b' },
      ]),
    );
    expect(operations.map(({ kind }) => kind)).toEqual(['faulty', 'faulty', 'creation', 'change']);
    expect(operations[0]).toMatchObject({
      error: { scimType: 'invalidValue', message: expect.stringContaining('"a"') },
    });
  });
});
