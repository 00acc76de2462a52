import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ScimHandler } from '../../../lambda/http/request.ts';
import { createGateway, type GatewayDependencies } from '../../../local/gateway.ts';
import { RecordedLog } from '../../helpers/scim-server.ts';

const allow = policy('Allow', { tenant: 'demo', application: 'default' });

function policy(effect: 'Allow' | 'Deny', context: Readonly<Record<string, string>>) {
  const Statement = [{ Action: 'execute-api:Invoke', Effect: effect, Resource: '*' }];
  return { principalId: 'p', policyDocument: { Version: '2012-10-17', Statement }, context };
}

function answering(handler: ScimHandler, changes: Partial<GatewayDependencies> = {}) {
  const log = new RecordedLog();
  const gateway = createGateway({
    authorizer: async () => allow,
    entries: { users: handler, groups: handler, bulk: handler, search: handler, discovery: handler },
    log,
    ...changes,
  });
  const send = (url = '/demo/scim/v2/Users', rawHeaders = ['Authorization', 'Bearer x']) => {
    const wire = { method: 'GET', url, rawHeaders, sourceIp: '192.0.2.1', requestId: 'r-1', receivedAt: new Date(0) };
    return gateway(wire, Buffer.alloc(0));
  };
  return { send, log };
}

const echo: ScimHandler = async (event) => ({
  statusCode: 200,
  headers: { etag: 'W/"1"' },
  body: JSON.stringify(event),
});

describe('the local gateway', () => {
  it('hands the entry the context of the authorizer', async () => {
    const { statusCode, headers, body } = await answering(echo).send();
    expect([statusCode, headers['etag']]).toEqual([200, 'W/"1"']);
    expect(JSON.parse(body).requestContext.authorizer).toEqual({
      tenant: 'demo',
      application: 'default',
      principalId: 'p',
    });
  });

  it('answers 401 without asking anybody where there is no Authorization header', async () => {
    const authorizer = () => Promise.reject(new Error('asked'));
    for (const rawHeaders of [[], ['Authorization', '']]) {
      const { statusCode, headers } = await answering(echo, { authorizer }).send(undefined, rawHeaders);
      expect(statusCode).toBe(401);
      expect(headers['WWW-Authenticate']).toContain('Bearer');
    }
  });

  it("answers 401 to the authorizer's Unauthorized", async () => {
    const authorizer = () => Promise.reject(new Error('Unauthorized'));
    expect((await answering(echo, { authorizer }).send()).statusCode).toBe(401);
  });

  it('answers 401 with the reason of a Deny', async () => {
    const authorizer = async () => policy('Deny', { reason: 'The secret token expired; $& stays' });
    const { statusCode, headers, body } = await answering(echo, { authorizer }).send();
    expect(statusCode).toBe(401);
    expect(headers['WWW-Authenticate']).toContain('invalid_token');
    expect(JSON.parse(body)).toMatchObject({ status: '401', detail: 'The secret token expired; $& stays' });
  });

  it('answers 504 where the entry does not in time', async () => {
    const slow: ScimHandler = async () => {
      await setTimeout(1_000, undefined, { ref: false });
      return { statusCode: 200, body: '' };
    };
    const { statusCode, body } = await answering(slow, { timeoutMillis: 5 }).send();
    expect([statusCode, JSON.parse(body).status]).toEqual([504, '504']);
  });

  it('answers 502 where an entry or the authorizer fails, and logs it without its message', async () => {
    const broken = answering(() => Promise.reject(new Error('personal-value')));
    expect((await broken.send()).statusCode).toBe(502);
    expect(JSON.stringify(broken.log.lines)).toContain('frames');
    expect(JSON.stringify(broken.log.lines)).not.toContain('personal-value');
  });

  it("answers 502 where an answer is larger than Lambda's 6 MB, escapes included", async () => {
    const answer = (quotes: number): ScimHandler => {
      return async () => ({ statusCode: 200, body: '"'.repeat(quotes) });
    };
    expect((await answering(answer(3_100_000)).send()).statusCode).toBe(200);
    expect((await answering(answer(3_150_000)).send()).statusCode).toBe(502);
  });

  it('answers 404 outside the route table, as the SCIM error that API Gateway gives', async () => {
    const { statusCode, body } = await answering(echo).send('/nowhere');
    expect([statusCode, JSON.parse(body).status]).toEqual([404, '404']);
  });
});
