import { describe, expect, it } from 'vitest';
import { checkAnswer } from '../../../../replay/answer/checks.ts';

const location = 'https://x.example/scim/v2/Users/1';
const user = { schemas: [], id: '1', meta: { location, version: 'W/"1"' } };
const error = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404', detail: 'not found' };

function check(status: number, body: unknown, headers: Record<string, string> = {}): string[] {
  const all = { 'content-type': 'application/scim+json', location, ...headers };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return checkAnswer({ status, headers: new Headers(all), text }).faults.map((fault) => fault.check);
}

describe('checkAnswer', () => {
  it('finds nothing wrong with what is right', () => {
    expect(check(200, user)).toEqual([]);
    expect(check(201, user, { etag: 'W/"1"', 'content-type': 'application/scim+json; charset=utf-8' })).toEqual([]);
    expect(check(204, '')).toEqual([]);
    expect(check(404, error)).toEqual([]);
    expect(check(401, { ...error, status: '401' }, { 'www-authenticate': 'Bearer' })).toEqual([]);
  });

  it.each([
    ['another content type', 200, user, { 'content-type': 'application/json' }, 'content type'],
    ['a body with 204', 204, '{}', {}, 'body'],
    ['no JSON', 200, '<html>', {}, 'body'],
    ['a JSON list', 200, [], {}, 'body'],
    ['a password, however deep', 200, { ...user, x: [{ Password: 'x' }] }, {}, 'password'],
    ['a numeric status in an error', 404, { ...error, status: 404 }, {}, 'error body'],
    ['an error of another status', 400, error, {}, 'error body'],
    ['an error without detail', 404, { ...error, detail: undefined }, {}, 'error body'],
    ['a 401 without WWW-Authenticate', 401, { ...error, status: '401' }, {}, 'error body'],
    ['another Location', 201, user, { location: 'https://x.example/2' }, 'location'],
    ['another ETag', 200, user, { etag: 'W/"2"' }, 'version'],
  ] as const)('finds %s', (_, status, body, headers, fault) => {
    expect(check(status, body, headers)).toContain(fault);
  });
});
