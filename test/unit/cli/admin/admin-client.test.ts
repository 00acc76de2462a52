import { describe, expect, it } from 'vitest';
import { AdminClient } from '../../../../cli/admin/admin-client.ts';
import type { AdminAnswer, AdminRequest } from '../../../../cli/admin/transport.ts';
import { acme } from '../../../helpers/admin-answers.ts';

const BASE = 'https://abc.execute-api.us-east-1.amazonaws.com/prod/admin';

/** A client whose requests get these answers in turn, the last one for ever. */
function clientFor(...answers: readonly [number, unknown, string?][]) {
  const requests: AdminRequest[] = [];
  const waits: number[] = [];
  const transport = async (request: AdminRequest): Promise<AdminAnswer> => {
    const [status, body, retryAfter] = answers[Math.min(requests.length, answers.length - 1)] ?? [500, ''];
    requests.push(request);
    return { status, text: typeof body === 'string' ? body : JSON.stringify(body), retryAfter };
  };
  const delay = async (millis: number): Promise<void> => {
    waits.push(millis);
  };
  const client = new AdminClient({ baseUrl: new URL(BASE), transport, signal: new AbortController().signal, delay });
  return { client, requests, waits };
}

const tooMany: [number, unknown, string] = [429, { error: { code: 'busy', message: 'wait' } }, '3'];
const list: [number, unknown] = [200, { tenants: [] }];

describe('AdminClient', () => {
  it('puts names into the path and the body into JSON', async () => {
    const { client, requests } = clientFor([200, acme]);
    await client.call('showTenant', { path: { tenant: 'acme' } });
    expect(requests[0]).toEqual({ method: 'GET', url: new URL(`${BASE}/tenants/acme`) });
    await client.call('changeTenant', { path: { tenant: 'acme' }, body: { settings: { maxPageSize: 10 } } });
    expect(requests[1]).toMatchObject({ method: 'PATCH', body: '{"settings":{"maxPageSize":10}}' });
  });

  it('writes blanks of a query as %20 and a plus sign as %2B, as the signature wants', async () => {
    const { client, requests } = clientFor([200, { totalResults: 0 }]);
    const filter = 'userName eq "a+b@example.com"';
    await client.call('listUsers', { path: { tenant: 'acme' }, query: { filter, count: undefined } });
    expect(requests[0]?.url.search).toBe('?filter=userName%20eq%20%22a%2Bb%40example.com%22');
  });

  it('lets no id leave its path segment', async () => {
    const { client, requests } = clientFor([200, {}]);
    await client.call('showUser', { path: { tenant: 'acme', id: '../../x?y' } });
    expect(requests[0]?.url.pathname).toBe('/prod/admin/tenants/acme/users/..%2F..%2Fx%3Fy');
  });

  it('reads again after as long as it is asked to wait', async () => {
    const { client, requests, waits } = clientFor(tooMany, [503, ''], list);
    await expect(client.call('listTenants')).resolves.toEqual({ tenants: [] });
    expect(requests).toHaveLength(3);
    expect(waits).toEqual([3_000, 2_000]);
  });

  it('gives up after four attempts', async () => {
    const { client, requests } = clientFor(tooMany);
    await expect(client.call('listTenants')).rejects.toMatchObject({ message: 'wait', exitCode: 1 });
    expect(requests).toHaveLength(4);
  });

  it('never repeats a call that makes something', async () => {
    const { client, requests } = clientFor([504, '']);
    const call = client.call('issueToken', { path: { tenant: 'acme', application: 'default' }, body: {} });
    await expect(call).rejects.toMatchObject({ status: 504 });
    expect(requests).toHaveLength(1);
  });

  it("tells the API's own words, with the code for programs", async () => {
    const { client } = clientFor([409, { error: { code: 'conflict', message: 'is there already' } }]);
    const call = client.call('createTenant', { body: { name: 'acme' } });
    await expect(call).rejects.toMatchObject({ message: 'is there already', code: 'conflict', status: 409 });
  });

  it.each([
    [403, { message: 'User: arn:… is not authorized' }, 'is not authorized'],
    [401, { schemas: [], status: '401', detail: 'no token' }, 'no token'],
    [403, '<html>', 'no reason given'],
  ])('says of a gateway that answers %i which policies are wanted', async (status, body, reason) => {
    const { client } = clientFor([status, body]);
    const error: unknown = await client.call('showTenant', { path: { tenant: 'acme' } }).catch((caught) => caught);
    expect(error).toMatchObject({ exitCode: 3, message: expect.stringContaining(reason) });
    expect(error).toMatchObject({ advice: expect.stringContaining('observer, operator or administrator') });
  });

  it.each([
    ['no JSON', '<html>hello</html>'],
    ['another release', { tenants: [{ name: 'acme' }] }],
  ])('refuses an answer that it does not know: %s', async (_, body) => {
    const { client } = clientFor([200, body]);
    await expect(client.call('listTenants')).rejects.toMatchObject({ exitCode: 3 });
  });
});
