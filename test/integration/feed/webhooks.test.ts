import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { purgeUser } from '../../../directory/lifecycle/purge-user.ts';
import { WEBHOOK_ATTEMPTS, WEBHOOK_DELAYS_SECONDS } from '../../../lambda/contract/webhook-attempts.ts';
import { createWebhookPublisher } from '../../../lambda/feed/publishers.ts';
import { LocalWebhookQueue } from '../../../local/webhook-queue.ts';
import { AdminApi } from '../../helpers/admin-api.ts';
import { addUser, createContext, requestOf } from '../../helpers/directory.ts';
import { createStreamedTable, drain, type StreamedTable } from '../../helpers/feed.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';
import { RecordedLog } from '../../helpers/scim-server.ts';
import { verifyWebhook, WebhookReceiver } from '../../helpers/webhook-receiver.ts';

const ACME = { path: { tenant: 'acme' } };

let streamed: StreamedTable;
let context: DirectoryContext;
let admin: AdminApi;
let receiver: WebhookReceiver;
let queue: LocalWebhookQueue;
let log: RecordedLog;
/** Attempts that wait for their time, which a test lets come. */
let waiting: { readonly seconds: number; readonly callback: () => void }[];

beforeEach(async () => {
  streamed = await createStreamedTable();
  const { table } = streamed;
  context = await createContext(table);
  admin = new AdminApi(table, new MemoryVault());
  admin.time = Date.now();
  receiver = new WebhookReceiver();
  log = new RecordedLog();
  waiting = [];
  const later = (seconds: number, callback: () => void) => {
    waiting.push({ seconds, callback });
    return () => undefined;
  };
  queue = new LocalWebhookQueue({ table, secrets: admin.delivery.webhookSecrets, log, later });
  const webhookUrl = await receiver.start();
  await admin.ok('changeTenant', { ...ACME, body: { settings: { webhookUrl } } });
});

afterEach(async () => {
  await queue.stop();
  await receiver.stop();
});

async function newSecret(body: object = {}): Promise<string> {
  return (await admin.ok('createWebhookSecret', { ...ACME, body })).secret;
}

/** Has the feed tell what happened. */
async function tell(): Promise<void> {
  await drain(streamed, createWebhookPublisher(queue));
}

async function untilReceived(count: number): Promise<void> {
  await expect.poll(() => receiver.received.length, { timeout: 20_000, interval: 20 }).toBe(count);
}

/** The next attempt, without waiting for its time. */
async function untilWaiting(count: number): Promise<void> {
  await expect.poll(() => waiting.length, { timeout: 20_000, interval: 20 }).toBe(count);
}

describe('a webhook', () => {
  it('carries the event, signed as Standard Webhooks has it', async () => {
    const secret = await newSecret();
    const id = await addUser(context, 'ada@example.com');
    await tell();
    await untilReceived(1);
    const [received] = receiver.received;
    if (received === undefined) throw new Error('nothing was received');
    const event = verifyWebhook(received, secret);
    expect(event).toMatchObject({ type: 'user.created', tenant: 'acme', resource: { type: 'User', id } });
    expect(received.headers['webhook-id']).toBe(event.id);
    expect(() => verifyWebhook({ ...received, body: received.body.replace('acme', 'evil') }, secret)).toThrow();
    expect(() => verifyWebhook(received, `whsec_${Buffer.alloc(32, 1).toString('base64')}`)).toThrow();
  });

  it('comes again after a failure, ever later, and is given up in the end', async () => {
    const secret = await newSecret();
    receiver.answers.push(...Array.from({ length: WEBHOOK_ATTEMPTS }, (_, i) => [500, 404, 302, 429][i % 4] ?? 500));
    await addUser(context, 'ada@example.com');
    await tell();
    for (const [attempt] of WEBHOOK_DELAYS_SECONDS.entries()) {
      await untilWaiting(attempt + 1);
      waiting.at(-1)?.callback();
    }
    await untilReceived(WEBHOOK_ATTEMPTS);
    await expect.poll(() => log.lines.some(({ message }) => message === 'webhook given up')).toBe(true);
    expect(waiting.map(({ seconds }) => seconds)).toEqual(WEBHOOK_DELAYS_SECONDS);
    const ids = receiver.received.map((received) => verifyWebhook(received, secret).id);
    expect(new Set(ids).size).toBe(1);
  });

  it('comes when the receiver wants it, if that is later', async () => {
    await newSecret();
    receiver.answers.push(503);
    receiver.headers = { 'retry-after': '3600' };
    await addUser(context, 'ada@example.com');
    await tell();
    await untilWaiting(1);
    expect(waiting[0]?.seconds).toBe(3_600);
  });

  it('is not repeated where the receiver wants no more of them', async () => {
    await newSecret();
    receiver.answers.push(410);
    await addUser(context, 'ada@example.com');
    await tell();
    await expect.poll(() => log.lines.filter(({ message }) => message === 'webhook').length).toBe(1);
    expect(log.lines.find(({ message }) => message === 'webhook')).toMatchObject({ outcome: 'dropped' });
    expect(waiting).toEqual([]);
  });

  it('that fails while the run ends is not waited for', async () => {
    await newSecret();
    const answered = Promise.withResolvers<void>();
    receiver.answers.push(500);
    receiver.beforeAnswer = () => answered.promise;
    await addUser(context, 'ada@example.com');
    await tell();
    await untilReceived(1);
    const stopped = queue.stop();
    answered.resolve();
    await stopped;
    expect(waiting).toEqual([]);
  });

  it('follows no redirect', async () => {
    await newSecret();
    const other = new WebhookReceiver();
    receiver.answers.push(307);
    receiver.headers = { location: await other.start() };
    await addUser(context, 'ada@example.com');
    await tell();
    await untilWaiting(1);
    expect(other.received).toEqual([]);
    await other.stop();
  });

  it('waits for a secret where the tenant has none yet', async () => {
    await addUser(context, 'ada@example.com');
    await tell();
    await untilWaiting(1);
    expect(receiver.received).toEqual([]);
    const secret = await newSecret();
    waiting[0]?.callback();
    await untilReceived(1);
    for (const received of receiver.received) expect(verifyWebhook(received, secret).type).toBe('user.created');
  });

  it('is not sent by a tenant that has no URL, nor once it has none any more', async () => {
    await newSecret();
    await admin.ok('changeTenant', { ...ACME, body: { settings: { webhookUrl: null } } });
    await addUser(context, 'ada@example.com');
    await tell();
    await queue.send([{ kind: 'test', tenant: 'acme', time: new Date().toISOString(), event: 'e-1' }]);
    await expect.poll(() => log.lines.filter(({ message }) => message === 'webhook').length).toBe(1);
    expect(log.lines.find(({ message }) => message === 'webhook')).toMatchObject({ event: 'e-1', outcome: 'dropped' });
    expect(receiver.received).toEqual([]);
  });

  it('holds nothing of a person who was purged while it waited', async () => {
    await newSecret();
    receiver.answers.push(500);
    const id = await addUser(context, 'ada@example.com');
    await tell();
    await untilWaiting(1);
    receiver.received.length = 0;
    await deleteResource(requestOf(context, streamed.table), 'User', id, { ifMatch: undefined });
    await purgeUser(requestOf(context, streamed.table), id, { hasTime: () => true });
    waiting[0]?.callback();
    await untilReceived(1);
    expect(JSON.stringify(receiver.received)).not.toContain('ada@example.com');
    expect(JSON.stringify(receiver.received)).toContain(id);
  });
});

describe('the rotation of the secret', () => {
  it('has webhooks signed with both for a while: neither receiver refuses one', async () => {
    const first = await newSecret();
    const { secret: second, previousUntil } = await admin.ok('createWebhookSecret', {
      ...ACME,
      body: { overlapHours: 2 },
    });
    expect(Date.parse(previousUntil)).toBe(admin.time + 2 * 3_600_000);
    await addUser(context, 'ada@example.com');
    await tell();
    await untilReceived(1);
    for (const received of receiver.received) {
      for (const secret of [first, second]) expect(verifyWebhook(received, secret).type).toBe('user.created');
    }
  });

  it('ends at once where no overlap is wanted', async () => {
    const first = await newSecret();
    const made = await admin.ok('createWebhookSecret', { ...ACME, body: { overlapHours: 0 } });
    expect(made.previousUntil).toBeUndefined();
    await addUser(context, 'ada@example.com');
    await tell();
    await untilReceived(1);
    for (const received of receiver.received) {
      expect(() => verifyWebhook(received, first)).toThrow();
      expect(verifyWebhook(received, made.secret).type).toBe('user.created');
    }
  });

  it('is in the audit, without the secret', async () => {
    const secret = await newSecret();
    const audit = JSON.stringify(await admin.ok('listAudit', { query: { tenant: 'acme' } }));
    expect(audit).toContain('webhooks.secret');
    expect(audit).not.toContain(secret);
    expect(JSON.stringify(admin.log.lines)).not.toContain(secret);
  });
});

describe('the test webhook', () => {
  it('is queued by id alone, arrives signed, and is sent once', async () => {
    const secret = await newSecret();
    const { event } = await admin.ok('testWebhook', ACME);
    expect(admin.delivery.queued).toEqual([{ kind: 'test', tenant: 'acme', time: expect.any(String), event }]);
    receiver.answers.push(500);
    await queue.send(admin.delivery.queued);
    await untilReceived(1);
    for (const received of receiver.received) {
      expect(verifyWebhook(received, secret)).toMatchObject({ id: event, type: 'webhook.test', tenant: 'acme' });
    }
    await expect.poll(() => log.lines.filter(({ message }) => message === 'webhook').length).toBe(1);
    expect(waiting).toEqual([]);
  });

  it('is in the audit, with where it was posted', async () => {
    const { event, webhookUrl } = await admin.ok('testWebhook', ACME);
    const { records } = await admin.ok('listAudit', { query: { tenant: 'acme' } });
    expect(records).toContainEqual(
      expect.objectContaining({ action: 'webhooks.test', tenant: 'acme', after: { event, webhookUrl } }),
    );
  });

  it('is refused where there is no URL', async () => {
    await admin.ok('changeTenant', { ...ACME, body: { settings: { webhookUrl: null } } });
    const { status, body } = await admin.call('testWebhook', ACME);
    expect([status, body.error.code]).toEqual([409, 'conflict']);
  });
});

describe('what waits in the queue', () => {
  it('are ids and times alone', async () => {
    await addUser(context, 'ada@example.com');
    await drain(streamed, createWebhookPublisher(admin.delivery.webhooks));
    expect(admin.delivery.queued.length).toBe(1);
    for (const message of admin.delivery.queued) {
      expect(Object.keys(message).sort()).toEqual(['event', 'kind', 'tenant', 'time']);
    }
    expect(JSON.stringify(admin.delivery.queued)).not.toContain('ada@');
  });
});
