import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { SnsTopic } from '../../../../lambda/watch/sns-topic.ts';

const ARN = 'arn:aws:sns:eu-central-1:123456789012:alarms';
const PUBLISHED = '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';
const REFUSED =
  '<ErrorResponse><Error><Code>AuthorizationError</Code><Message>not authorized</Message></Error></ErrorResponse>';
const servers: ReturnType<typeof createServer>[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** An SNS that answers with that status, and keeps what it was sent. */
async function startSns(status: number) {
  const received: { readonly headers: IncomingMessage['headers']; readonly form: URLSearchParams }[] = [];
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, form: new URLSearchParams(await text(request)) });
    response.writeHead(status, { 'content-type': 'text/xml' });
    response.end(status === 200 ? PUBLISHED : REFUSED);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const client = new SNSClient({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${address.port}`,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' },
  });
  return { topic: new SnsTopic(client, ARN), received };
}

describe('SnsTopic', () => {
  it('publishes a notice, signed for the region of the topic', async () => {
    const { topic, received } = await startSns(200);
    const notice = {
      subject: 'scim-stack: tenant acme is unhealthy',
      message: 'acme / entra: silent & 20 %\nno cycle',
    };
    await topic.send(notice);
    expect(received).toHaveLength(1);
    expect(Object.fromEntries(received[0]?.form ?? [])).toEqual({
      ...{ Action: 'Publish', Version: '2010-03-31', TopicArn: ARN },
      ...{ Subject: notice.subject, Message: notice.message },
    });
    expect(received[0]?.headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/sns\/aws4_request, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/,
    );
    expect(received[0]?.headers['x-amz-security-token']).toBe('session');
  });

  it('fails where SNS does', async () => {
    const { topic } = await startSns(403);
    await expect(topic.send({ subject: 's', message: 'm' })).rejects.toThrow('not authorized');
  });
});
