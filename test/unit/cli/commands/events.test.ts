import { describe, expect, it } from 'vitest';
import { ENDPOINT, NOW, runCli } from '../../../helpers/cli.ts';

const FROM = '2026-11-21T10:00:00.000Z';

describe('scim-stack events replay', () => {
  const pages = {
    replayEvents: ({ body }: { readonly body?: { readonly after?: string } }) =>
      body?.after === undefined
        ? { recovered: 1, stillParked: 1, published: 0, next: 'page-2' }
        : { recovered: 0, stillParked: 0, published: 7 },
  };

  it.each([
    [['events', 'replay', 'acme', '--from', '24h']],
    [['events', 'replay', '--tenant', 'acme', '--from', FROM]],
  ])('publishes page after page of one span of time: %j', async (args) => {
    const { exitCode, stdout, api } = await runCli([...args, ...ENDPOINT], { answers: pages });
    expect(exitCode).toBe(0);
    expect(api.calls.map(({ body, path }) => [path['tenant'], body])).toEqual([
      ['acme', { from: FROM, to: NOW.toISOString() }],
      ['acme', { from: FROM, to: NOW.toISOString(), after: 'page-2' }],
    ]);
    expect(stdout).toBe(
      '7 events of acme published. 1 parked change recovered, 1 still parked: scim-stack events parked acme\n',
    );
  });

  it('prints for programs what it did', async () => {
    const args = ['events', 'replay', 'acme', '--from', '24h', '--to', '1h', '--json'];
    const { stdout } = await runCli([...args, ...ENDPOINT], { answers: pages });
    const to = '2026-11-22T09:00:00.000Z';
    expect(JSON.parse(stdout)).toEqual({ tenant: 'acme', from: FROM, to, recovered: 1, stillParked: 1, published: 7 });
  });

  it.each([
    [['events', 'replay', 'acme']],
    [['events', 'replay', '--from', '24h']],
    [['events', 'replay', 'acme', '--tenant', 'globex', '--from', '24h']],
    [['events', 'replay', 'acme', '--from', 'yesterday']],
  ])('refuses %j with 2', async (args) => {
    const { exitCode, api } = await runCli([...args, ...ENDPOINT]);
    expect(exitCode).toBe(2);
    expect(api.calls).toEqual([]);
  });
});

describe('scim-stack events parked', () => {
  it('lists when and why, and never what', async () => {
    const parked = [{ id: 'change-1', time: FROM, reason: 'by: invalid_type' }];
    const { stdout } = await runCli(['events', 'parked', 'acme', ...ENDPOINT], {
      answers: { listParked: () => ({ parked }) },
    });
    expect(stdout).toContain('2026-11-21T10:00:00Z');
    expect(stdout).toContain('by: invalid_type');
  });

  it('says that there is nothing', async () => {
    const { stdout } = await runCli(['events', 'parked', '--tenant', 'acme', ...ENDPOINT], {
      answers: { listParked: () => ({ parked: [] }) },
    });
    expect(stdout).toBe('Nothing of acme is parked.\n');
  });
});

describe('scim-stack webhooks', () => {
  it('shows a new secret, once, and until when the one before signs as well', async () => {
    const made = {
      tenant: 'acme',
      secret: 'whsec_abc',
      secretId: '0123456789ab',
      previousUntil: '2026-11-23T10:00:00.000Z',
    };
    const { stdout, api } = await runCli(['webhooks', 'secret', 'acme', '--overlap-hours', '24', ...ENDPOINT], {
      answers: { createWebhookSecret: () => made },
    });
    expect(stdout).toContain('whsec_abc');
    expect(stdout).toContain('also signs until 2026-11-23T10:00:00Z');
    expect(api.calls[0]?.body).toEqual({ overlapHours: 24 });
  });

  it('has a test sent, and says under which id it is in the log', async () => {
    const { stdout } = await runCli(['webhooks', 'test', 'acme', ...ENDPOINT], {
      answers: { testWebhook: () => ({ event: 'event-1', webhookUrl: 'https://hooks.example.com/scim' }) },
    });
    expect(stdout).toContain('event-1');
    expect(stdout).toContain('https://hooks.example.com/scim');
  });

  it.each(['hooks.example.com', 'ftp://hooks.example.com/', 'null'])('refuses the URL %s with 2', async (url) => {
    expect((await runCli(['webhooks', 'set', 'acme', url, ...ENDPOINT])).exitCode).toBe(2);
  });
});
