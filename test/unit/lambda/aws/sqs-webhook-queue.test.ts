import type { ChangeMessageVisibilityCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { SqsWebhookQueue } from '../../../../lambda/aws/sqs-webhook-queue.ts';
import type { WebhookMessage } from '../../../../lambda/webhooks/webhook-message.ts';

const messages = Array.from({ length: 23 }, (_, n): WebhookMessage => {
  return { kind: 'event', tenant: 'acme', time: '2026-11-22T12:00:00.000Z', event: `${n}.user.created` };
});

function queueThat(answer: object) {
  const inputs: object[] = [];
  const client = {
    send: async ({ input }: SendMessageBatchCommand | ChangeMessageVisibilityCommand) => {
      inputs.push(input);
      return answer;
    },
  };
  // biome-ignore lint/suspicious/noExplicitAny: the client's overloads; the queue sends these two commands.
  return { queue: new SqsWebhookQueue(client as any, 'https://sqs.example.com/q'), inputs };
}

describe('the queue of webhooks in SQS', () => {
  it('takes ten messages at a time, each in the group of its tenant', async () => {
    const { queue, inputs } = queueThat({});
    await queue.send(messages);
    const entries = inputs.map((input) => Reflect.get(input, 'Entries'));
    expect(entries.map((batch) => batch.length)).toEqual([10, 10, 3]);
    expect(entries.flat().map(({ MessageBody }) => JSON.parse(MessageBody))).toEqual(messages);
    expect(new Set(entries.flat().map(({ MessageGroupId }) => MessageGroupId))).toEqual(new Set(['acme']));
  });

  it('throws where SQS does not take one', async () => {
    const { queue } = queueThat({ Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }] });
    await expect(queue.send(messages.slice(0, 2))).rejects.toThrow('InternalError');
  });

  it('hides a message until its next attempt', async () => {
    const { queue, inputs } = queueThat({});
    await queue.postpone('handle', 300);
    expect(inputs).toEqual([
      { QueueUrl: 'https://sqs.example.com/q', ReceiptHandle: 'handle', VisibilityTimeout: 300 },
    ]);
  });
});
