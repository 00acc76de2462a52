import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLocalTransport, createSignedTransport, readLocalKey } from '../../../../cli/admin/transport.ts';

function recordingFetch(answer: Response | Error = Response.json({})) {
  const requests: Request[] = [];
  const fetch = async (url: URL, init: RequestInit): Promise<Response> => {
    requests.push(new Request(url, init));
    if (answer instanceof Error) throw answer;
    return answer.clone();
  };
  return { fetch, requests };
}

const url = new URL('https://abc.execute-api.eu-central-1.amazonaws.com/prod/admin/tenants?after=a%20b');
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' };

describe('createSignedTransport', () => {
  const transportWith = (fetch: ReturnType<typeof recordingFetch>['fetch']) =>
    createSignedTransport({ fetch, region: 'eu-central-1', credentials, now: () => new Date('2026-11-22T10:00:00Z') });

  it('signs for API Gateway in the region, session token included', async () => {
    const { fetch, requests } = recordingFetch();
    await transportWith(fetch)({ method: 'GET', url });
    const headers = requests[0]?.headers;
    expect(headers?.get('authorization')).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261122\/eu-central-1\/execute-api\/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$/,
    );
    expect(headers?.get('x-amz-date')).toBe('20261122T100000Z');
    expect(headers?.get('x-amz-security-token')).toBe('session');
  });

  it('signs the query and the body', async () => {
    const { fetch, requests } = recordingFetch();
    const transport = transportWith(fetch);
    await transport({ method: 'POST', url, body: '{"a":1}' });
    await transport({ method: 'POST', url, body: '{"a":2}' });
    await transport({ method: 'POST', url: new URL(`${url.href}c`), body: '{"a":2}' });
    const signatures = requests.map(({ headers }) => headers.get('authorization'));
    expect(new Set(signatures).size).toBe(3);
    expect(await requests[0]?.text()).toBe('{"a":1}');
  });

  it('says who did not answer, and why', async () => {
    const cause = Object.assign(new Error('nobody there'), { code: 'ENOTFOUND' });
    const { fetch } = recordingFetch(new TypeError('fetch failed', { cause }));
    await expect(transportWith(fetch)({ method: 'GET', url })).rejects.toMatchObject({
      message: 'https://abc.execute-api.eu-central-1.amazonaws.com does not answer: ENOTFOUND',
      exitCode: 3,
    });
  });
});

describe('createLocalTransport', () => {
  it('sends the development key', async () => {
    const { fetch, requests } = recordingFetch(new Response('{}', { status: 503, headers: { 'retry-after': '7' } }));
    const transport = createLocalTransport(fetch, 'key');
    expect(await transport({ method: 'GET', url })).toEqual({ status: 503, text: '{}', retryAfter: '7' });
    expect(requests[0]?.headers.get('authorization')).toBe('Bearer key');
  });
});

describe('readLocalKey', () => {
  it('reads the key of the data folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'scim-stack-key-'));
    await writeFile(join(folder, 'admin.key'), 'secret\n');
    await expect(readLocalKey(folder)).resolves.toBe('secret');
    await rm(folder, { recursive: true });
  });

  it('says what to do where there is none', async () => {
    await expect(readLocalKey('nowhere')).rejects.toMatchObject({
      message: expect.stringContaining(join('nowhere', 'admin.key')),
      advice: expect.stringContaining('npm start'),
      exitCode: 3,
    });
  });
});
