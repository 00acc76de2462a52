import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

export interface ReceivedWebhook {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A tenant's receiver of webhooks on this machine, which answers as it is told. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  /** Statuses of the next answers; 204 once there are none left. */
  readonly answers: number[] = [];
  /** Of every answer. */
  headers: Readonly<Record<string, string>> = {};
  /** What an answer waits for. */
  beforeAnswer: () => Promise<void> = async () => undefined;
  readonly #server: Server = createServer((request, response) => {
    void text(request).then(async (body) => {
      this.received.push({ headers: request.headers, body });
      await this.beforeAnswer();
      response.writeHead(this.answers.shift() ?? 204, this.headers).end();
    });
  });

  /** @returns its URL */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the receiver listens on no port');
    return `http://127.0.0.1:${address.port}/hooks`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}

/** What a receiver makes of a webhook by a library of Standard Webhooks. @throws where the signature does not hold */
// biome-ignore lint/suspicious/noExplicitAny: whatever was sent; a test's expectations are its check.
export function verifyWebhook({ headers, body }: ReceivedWebhook, secret: string): any {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return new Webhook(secret).verify(body, Object.fromEntries(texts));
}
