import type { LookupAddress } from 'node:dns';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PostOptions, postWebhook, type Resolve } from '../../../../lambda/webhooks/post-webhook.ts';

let server: Server;
let port: number;
let requests: number;

beforeEach(async () => {
  requests = 0;
  server = createServer((_request, response) => {
    requests += 1;
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

/** A resolver that answers so, and never asks the network. */
function resolveTo(...addresses: readonly string[]): Resolve {
  const found = addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_host, _options, callback) => callback(null, found);
}

async function post(url: string, options: Partial<PostOptions> = {}) {
  return await postWebhook(url, {}, '{}', { targets: 'public', resolve: resolveTo('127.0.0.1'), ...options });
}

describe('where a deployed webhook may lead', () => {
  it.each([
    'http://hooks.example.com/',
    'https://127.0.0.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://user:secret@hooks.example.com/',
    'ftp://hooks.example.com/',
    'file:///etc/passwd',
    'no url',
  ])('is never %s', async (url) => {
    expect(await post(url)).toEqual({ kind: 'forbidden' });
  });

  it.each([[['127.0.0.1']], [['10.0.0.1', '1.1.1.1']], [['1.1.1.1', '::1']], [['fd00:ec2::254']]])(
    'is no name whose addresses are %j: the very connection asks for them',
    async (addresses) => {
      expect(await post(`https://hooks.example.com:${port}/`, { resolve: resolveTo(...addresses) })).toEqual({
        kind: 'forbidden',
      });
      expect(requests).toBe(0);
    },
  );
});

describe('what comes of a post', () => {
  it('is the status', async () => {
    expect(await post(`http://127.0.0.1:${port}/`, { targets: 'any' })).toMatchObject({
      kind: 'answered',
      status: 204,
    });
    expect(requests).toBe(1);
  });

  it('is a code where nobody answers, and never the URL', async () => {
    const url = `http://127.0.0.1:${port}/secret-path`;
    await new Promise((resolve) => {
      server.close(resolve);
    });
    expect(await post(url, { targets: 'any' })).toEqual({ kind: 'unreachable', code: 'ECONNREFUSED' });
    server.listen(0);
  });

  it('is a time-out where the receiver says nothing', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    const address = silent.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
    expect(await post(url, { targets: 'any', timeoutMillis: 50 })).toEqual({ kind: 'unreachable', code: 'timeout' });
    silent.closeAllConnections();
    silent.close();
  });

  it('is a code where the name is not known', async () => {
    const resolve: Resolve = (_host, _options, callback) =>
      callback(Object.assign(new Error('no hooks.example.com'), { code: 'ENOTFOUND' }), []);
    expect(await post('https://hooks.example.com/', { resolve })).toEqual({ kind: 'unreachable', code: 'ENOTFOUND' });
  });
});
