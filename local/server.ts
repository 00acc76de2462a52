import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Gateway, type GatewayResponse, gatewayResponse } from './gateway.ts';

/** API Gateway's limit for the body of a request. */
const MAX_BODY_BYTES = 10 * 1_048_576;
/** What requests under way may take, once the server is told to end. */
const CLOSE_GRACE_MILLIS = 2_000;

export interface Listener {
  readonly port: number;
  /** From now on requests are answered; until then they wait. */
  serve(gateway: Gateway): void;
  /** Takes no more connections, lets requests under way finish for a moment, then frees the port. */
  close(): Promise<void>;
}

/** @throws the system's error, such as EADDRINUSE, where host and port cannot be listened on. */
export async function listen(host: string, port: number): Promise<Listener> {
  const gateway = Promise.withResolvers<Gateway>();
  const server = createServer((request, response) => {
    void respond(gateway.promise, request, response);
  });
  server.on('clientError', refuseMalformed);
  // Longer than clients and proxies keep a connection idle, so that it is they who close it.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  return {
    port: portOf(server),
    serve: gateway.resolve,
    close: () => close(server),
  };
}

async function respond(gateway: Promise<Gateway>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomUUID();
  // As API Gateway names it; the request log and the provisioning log have the same.
  response.setHeader('x-amzn-RequestId', requestId);
  try {
    const body = await readBody(request);
    if (body === undefined) {
      response.shouldKeepAlive = false; // the rest of the body is not read
      send(response, gatewayResponse('REQUEST_TOO_LARGE'));
      return;
    }
    const answer = (await gateway)(
      {
        method: request.method ?? '',
        url: request.url ?? '',
        rawHeaders: request.rawHeaders,
        sourceIp: request.socket.remoteAddress ?? '',
        requestId,
        receivedAt: new Date(),
      },
      body,
    );
    send(response, await answer);
  } catch {
    // The client went away while it was sending: there is nobody to answer.
    response.destroy();
  }
}

function send(response: ServerResponse, { statusCode, headers, body }: GatewayResponse): void {
  response.writeHead(statusCode, body === '' ? headers : { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

/** @returns undefined where the body is too large. @throws Error where the client goes away before its end. */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  // By events: an async iterator over each request would cost as much as all of HTTP's parsing.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) {
        request.pause();
        resolve(undefined);
        return;
      }
      chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
  });
}

/** What is no HTTP never becomes a request. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { headers, body } = gatewayResponse('BAD_REQUEST_PARAMETERS');
  const lines = Object.entries({ ...headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}`).join('\r\n');
  socket.end(`HTTP/1.1 400 Bad Request\r\n${head}\r\n\r\n${body}`);
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MILLIS);
  await closed;
  clearTimeout(timer);
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
