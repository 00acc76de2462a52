import { describe, expect, it } from 'vitest';
import { toAuthorizerEvent, toFrame, toProxyEvent } from '../../../local/event.ts';
import { findRoute } from '../../../local/router.ts';

function frameOf(url: string, rawHeaders: readonly string[] = []) {
  const match = findRoute(url.split('?', 1)[0] ?? '');
  if (match === undefined) throw new Error(`${url} leads nowhere`);
  const wire = { method: 'GET', url, rawHeaders, sourceIp: '192.0.2.1', requestId: 'r-1', receivedAt: new Date(0) };
  return toFrame(wire, match);
}

describe('an event of the local run', () => {
  it('has query values decoded once, blanks written either way', () => {
    const frame = frameOf('/demo/scim/v2/Users?filter=userName%20eq+%22ada%2Bx%40example.com%22&count=1&count=2&empty');
    expect({ ...frame.queryStringParameters }).toEqual({
      filter: 'userName eq "ada+x@example.com"',
      count: '2',
      empty: '',
    });
    expect(frame.multiValueQueryStringParameters?.['count']).toEqual(['1', '2']);
  });

  it('decodes a value no second time', () => {
    expect(frameOf('/demo/scim/v2/Users?filter=%2541').queryStringParameters?.['filter']).toBe('%41');
  });

  it('has null in place of a query that is not there', () => {
    const frame = frameOf('/demo/scim/v2/Users');
    expect(frame.queryStringParameters).toBeNull();
    expect(frame.multiValueQueryStringParameters).toBeNull();
  });

  it('keeps the spelling of header names, all values, and of the single ones the last', () => {
    const frame = frameOf('/demo/scim/v2/Users', ['X-One', 'a', 'X-One', 'b', 'host', 'h.example']);
    expect({ ...frame.headers }).toEqual({ 'X-One': 'b', host: 'h.example' });
    expect(frame.multiValueHeaders['X-One']).toEqual(['a', 'b']);
    expect(frame.requestContext.domainName).toBe('h.example');
  });

  it('takes the names of prototypes for names like any other', () => {
    const frame = frameOf('/demo/scim/v2/Users?__proto__=x&constructor=y', ['__proto__', 'z']);
    expect(Object.keys(frame.queryStringParameters ?? {})).toEqual(['__proto__', 'constructor']);
    expect(Object.keys(frame.headers)).toEqual(['__proto__']);
  });

  it('carries a body that is no UTF-8 text as Base64', () => {
    const frame = frameOf('/demo/scim/v2/Users');
    const bytes = Buffer.from([0x7b, 0xff, 0x7d]);
    expect(toProxyEvent(frame, {}, bytes)).toMatchObject({ body: bytes.toString('base64'), isBase64Encoded: true });
    expect(toProxyEvent(frame, {}, Buffer.from('{"ü":1}'))).toMatchObject({ body: '{"ü":1}', isBase64Encoded: false });
    expect(toProxyEvent(frame, {}, Buffer.alloc(0))).toMatchObject({ body: null, isBase64Encoded: false });
  });

  it('asks the authorizer for the very method and path', () => {
    const event = toAuthorizerEvent(frameOf('/demo/scim/v2/Users/1?x=y'));
    expect(event.type).toBe('REQUEST');
    expect(event.methodArn).toMatch(/^arn:aws:execute-api:[^/]+:local\/local\/GET\/demo\/scim\/v2\/Users\/1$/);
  });
});
