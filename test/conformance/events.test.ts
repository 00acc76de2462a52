import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type DirectoryEvent, DirectoryEventSchema } from '../../directory/feed/event-schemas.ts';
import type {} from '../helpers/dynamodb-local.ts';
import { type LocalRun, startLocalRun } from '../helpers/local-run.ts';
import { newUser, sendScim } from '../helpers/scim-client.ts';
import { verifyWebhook, WebhookReceiver } from '../helpers/webhook-receiver.ts';

const SOON = { timeout: 30_000, interval: 50 };

let dataFolder: string;

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'scim-stack-events-'));
});

afterAll(async () => {
  await rm(dataFolder, { recursive: true, force: true });
});

/** What the run has printed beside its tenants. */
function eventsOf(run: LocalRun): readonly DirectoryEvent[] {
  const lines = run.stdout().trimEnd().split('\n').slice(run.tenants.length);
  return lines.map((line) => DirectoryEventSchema.parse(JSON.parse(line)));
}

function typesOf(run: LocalRun, id: string): readonly string[] {
  return eventsOf(run)
    .filter((event) => JSON.stringify(event).includes(id))
    .map(({ type }) => type)
    .toSorted();
}

/** Calls an API that takes the development key. */
async function callSigned(run: LocalRun, method: string, path: string, body?: unknown) {
  const key = (await readFile(join(run.dataFolder, 'admin.key'), 'utf8')).trim();
  const response = await fetch(new URL(path, run.tenant.tenantUrl), {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: whatever was answered; a test's expectations are its check.
  return { status: response.status, body: (await response.json()) as any };
}

describe('npm start -- --events', () => {
  it('prints what happens as lines of JSON, also what happened unseen before', async () => {
    const before = await startLocalRun({ dataFolder, through: 'node' });
    const { body: unseen } = await sendScim(before.tenant, 'POST', 'Users', newUser('before@example.com'));
    // Killed: what the feed has not taken in yet is in the file.
    await before.stop('SIGKILL');

    const run = await startLocalRun({ dataFolder, through: 'node', args: ['--events'] });
    try {
      const { body: user } = await sendScim(run.tenant, 'POST', 'Users', newUser('ada@example.com'));
      const group = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'Staff' };
      const { body: staff } = await sendScim(run.tenant, 'POST', 'Groups', {
        ...group,
        members: [{ value: user.id }, { value: unseen.id }],
      });
      await sendScim(run.tenant, 'DELETE', `Users/${user.id}`);
      await expect
        .poll(() => typesOf(run, user.id), SOON)
        .toEqual(expect.arrayContaining(['membership.added', 'membership.removed', 'user.created', 'user.deleted']));
      await expect.poll(() => typesOf(run, staff.id), SOON).toEqual(expect.arrayContaining(['group.created']));
      for (const { tenant } of eventsOf(run)) expect(tenant).toBe('demo');
      expect(run.stderr()).toBe('');
    } finally {
      expect(await run.stop()).toBe(0);
    }
  });

  it('goes on where the last run ended, and loses nothing that was not published', async () => {
    const first = await startLocalRun({ dataFolder, through: 'node', args: ['--events'] });
    const ids: string[] = [];
    for (let n = 0; n < 20; n++) {
      ids.push((await sendScim(first.tenant, 'POST', 'Users', newUser(`crowd-${n}@example.com`))).body.id);
    }
    await first.stop('SIGKILL');
    const seen = new Set(eventsOf(first).map(({ resource }) => resource?.id));
    const second = await startLocalRun({ dataFolder, through: 'node', args: ['--events'] });
    try {
      const missing = () => {
        const all = new Set([...seen, ...eventsOf(second).map(({ resource }) => resource?.id)]);
        return ids.filter((id) => !all.has(id));
      };
      await expect.poll(missing, SOON).toEqual([]);
    } finally {
      await second.stop();
    }
  });

  it('does the same over DynamoDB', async () => {
    const args = ['--dynamodb', inject('dynamodbUrl'), '--events'];
    const run = await startLocalRun({ through: 'node', tenants: ['streamed'], args });
    try {
      const { body } = await sendScim(run.tenant, 'POST', 'Users', newUser('dynamo@example.com'));
      await expect.poll(() => typesOf(run, body.id), SOON).toEqual(['user.created']);
    } finally {
      await run.stop();
    }
  });
});

describe('npm start', () => {
  it('posts webhooks, signed with a secret that outlives the run, and serves the application API', async () => {
    const receiver = new WebhookReceiver();
    const webhookUrl = await receiver.start();
    const first = await startLocalRun({ dataFolder, through: 'node' });
    await callSigned(first, 'PATCH', '/admin/tenants/demo', { settings: { webhookUrl } });
    const { body: made } = await callSigned(first, 'POST', '/admin/tenants/demo/webhook/secret', {});
    await first.stop();
    const run = await startLocalRun({ dataFolder, through: 'node' });
    try {
      const { body: user } = await sendScim(run.tenant, 'POST', 'Users', newUser('hook@example.com'));
      const ofUser = () => receiver.received.filter(({ body }) => body.includes(user.id));
      await expect.poll(() => ofUser().length, SOON).toBeGreaterThan(0);
      for (const received of ofUser()) expect(verifyWebhook(received, made.secret)).toMatchObject({ tenant: 'demo' });
      const read = await callSigned(run, 'GET', `/application/demo/Users/${user.id}`);
      expect([read.status, read.body.userName]).toEqual([200, 'hook@example.com']);
      const from = new Date(Date.now() - 3_600_000).toISOString();
      const count = ofUser().length;
      const replayed = await callSigned(run, 'POST', '/admin/tenants/demo/events/replay', { from });
      expect([replayed.status, replayed.body.recovered]).toEqual([200, 0]);
      const { next } = replayed.body;
      await callSigned(run, 'POST', '/admin/tenants/demo/events/replay', { from, after: next });
      await expect.poll(() => ofUser().length, SOON).toBeGreaterThan(count);
      const log = await readFile(join(run.dataFolder, 'requests.log'), 'utf8');
      expect(log).not.toContain('hook@example.com');
      expect(log).not.toContain(made.secret);
      expect(log).not.toContain(webhookUrl);
    } finally {
      await run.stop();
      await receiver.stop();
    }
  });
});
