import { Agent, request } from 'node:http';
import { isJsonObject, type JsonObject, type JsonValue } from '../../replay/json.ts';
import { forEachParallel } from '../../replay/parallel.ts';
import type { RunningServer } from '../servers/running-server.ts';

export interface Answer {
  readonly status: number;
  readonly body: JsonObject | undefined;
  readonly bytes: number;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * A client that does as little as it can, over connections that stay open: with `fetch`, and with the replay's checks,
 * half of what is measured would be the client.
 */
export class Client {
  readonly #base: URL;
  readonly #token: string;
  readonly #agent: Agent;
  readonly #width: number;

  /** @param width - Requests at once, each on a connection of its own. */
  constructor({ url, token }: Pick<RunningServer, 'url' | 'token'>, width: number) {
    this.#base = new URL(url);
    this.#token = token;
    this.#width = width;
    this.#agent = new Agent({ keepAlive: true, maxSockets: width });
  }

  /** Does the work for each, as many at once as the client is wide. @returns Milliseconds. */
  async forEach<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<number> {
    const started = performance.now();
    await forEachParallel(items, this.#width, work);
    return performance.now() - started;
  }

  /** @throws Error unless the status is one that is right: a wrong answer is fast, too. */
  async send(expected: number | readonly number[], method: Method, path: string, body?: JsonValue): Promise<Answer> {
    const answer = await this.#exchange(method, path, body === undefined ? undefined : JSON.stringify(body));
    if ([expected].flat().includes(answer.status)) return answer;
    throw new Error(`${method} ${path}: expected ${expected}, got ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  close(): void {
    this.#agent.destroy();
  }

  #exchange(method: Method, path: string, text: string | undefined): Promise<Answer> {
    const { hostname, port, pathname } = this.#base;
    const headers: Record<string, string | number> = {
      Accept: 'application/scim+json',
      Authorization: `Bearer ${this.#token}`,
    };
    if (text !== undefined) {
      headers['Content-Type'] = 'application/scim+json';
      headers['Content-Length'] = Buffer.byteLength(text);
    }
    return new Promise((resolve, reject) => {
      const outgoing = request(
        { agent: this.#agent, hostname, port, method, path: `${pathname}${path}`, headers },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const bytes = Buffer.concat(chunks);
            resolve({ status: incoming.statusCode ?? 0, body: toObject(bytes), bytes: bytes.length });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(text);
    });
  }
}

function toObject(bytes: Buffer): JsonObject | undefined {
  if (bytes.length === 0) return undefined;
  const value: JsonValue = JSON.parse(bytes.toString('utf8'));
  return isJsonObject(value) ? value : undefined;
}

/** The id of what was answered. */
export function idOf({ body }: Answer): string {
  const id = body?.['id'];
  if (typeof id !== 'string') throw new Error('the answer holds no resource with an id');
  return id;
}
