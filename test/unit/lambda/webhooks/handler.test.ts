import { describe, expect, it } from 'vitest';
import { SqliteItemTable } from '../../../../directory/store/sqlite-item-table.ts';
import { systemRuntime } from '../../../../lambda/aws/runtime.ts';
import { createWebhookHandler, type WebhookCounts } from '../../../../lambda/webhooks/handler.ts';
import type { PostOutcome } from '../../../../lambda/webhooks/post-webhook.ts';
import { createWebhookSecret } from '../../../../lambda/webhooks/webhook-secret.ts';
import { createContext } from '../../../helpers/directory.ts';
import { RecordedLog } from '../../../helpers/scim-server.ts';

const URL_WITH_SECRET = 'https://hooks.example.com/path-that-is-secret';
const secret = createWebhookSecret(Buffer.alloc(32, 1));

async function setUp(post: (url: string) => Promise<PostOutcome>) {
  const table = new SqliteItemTable(':memory:');
  await createContext(table);
  const key = { pk: 'T#acme', sk: 'SETTINGS' };
  await table.writeOne({ kind: 'update', key, set: { settings: { webhookUrl: URL_WITH_SECRET } } });
  const log = new RecordedLog();
  const postponed: [string, number][] = [];
  const counts: WebhookCounts[] = [];
  const handler = createWebhookHandler({
    table,
    secrets: { find: async () => ({ current: { secret }, previous: undefined }) },
    targets: 'public',
    post,
    postpone: async (receiptHandle, seconds) => void postponed.push([receiptHandle, seconds]),
    log,
    measure: (measured) => counts.push(measured),
    runtime: systemRuntime,
  });
  return { handler, log, postponed, counts };
}

function recordOf(
  id: string,
  attempt = 1,
  message: unknown = { kind: 'test', tenant: 'acme', time: '2026', event: id },
) {
  const attributes = { ApproximateReceiveCount: String(attempt) };
  return { messageId: id, receiptHandle: `handle-${id}`, body: JSON.stringify(message), attributes };
}

const answered = (status: number): PostOutcome => ({ kind: 'answered', status, retryAfterSeconds: undefined });

describe('the handler of the queue of webhooks', () => {
  it('leaves in the queue what is none of our messages, and sends the others', async () => {
    const { handler, counts } = await setUp(async () => answered(204));
    const { batchItemFailures } = await handler({
      Records: [recordOf('1'), recordOf('2', 1, { x: 1 }), recordOf('3')],
    });
    expect(batchItemFailures).toEqual([{ itemIdentifier: '2' }]);
    expect(counts).toEqual([{ delivered: 2, dropped: 0, failed: 1 }]);
  });

  it('leaves in the queue what fails by our own fault, and says so without a value', async () => {
    const { handler, log } = await setUp(() => Promise.reject(new Error(`cannot post to ${URL_WITH_SECRET}`)));
    const { batchItemFailures } = await handler({ Records: [recordOf('1')] });
    expect(batchItemFailures).toEqual([{ itemIdentifier: '1' }]);
    expect(log.lines).toEqual([expect.objectContaining({ level: 'ERROR', message: 'webhook failed', event: '1' })]);
    expect(JSON.stringify(log.lines)).not.toContain('path-that-is-secret');
  });

  it('drops the message of a tenant that is gone', async () => {
    const { handler, counts } = await setUp(async () => answered(204));
    const message = { kind: 'event', tenant: 'gone', time: '2026', event: 'x.user.created' };
    expect(await handler({ Records: [recordOf('1', 1, message)] })).toEqual({ batchItemFailures: [] });
    expect(counts).toEqual([{ delivered: 0, dropped: 1, failed: 0 }]);
  });

  it('says what became of a webhook, and not where it was sent', async () => {
    const { handler, log } = await setUp(async () => answered(500));
    await handler({ Records: [recordOf('1', 3)] });
    expect(log.lines).toEqual([
      expect.objectContaining({ tenant: 'acme', event: '1', attempt: 3, outcome: 'failed', reason: 'status 500' }),
    ]);
    expect(JSON.stringify(log.lines)).not.toContain('hooks.example.com');
  });
});
