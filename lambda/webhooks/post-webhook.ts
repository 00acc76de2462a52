import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** A receiver that takes longer is taken for dead. */
const TIMEOUT_MILLIS = 10_000;

/** Where webhooks may lead: `public`: by https to the internet alone; `any`: wherever a local run can reach. */
export type WebhookTargets = 'public' | 'any';

/** What became of an attempt to post. */
export type PostOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterSeconds: number | undefined }
  /** Nothing was sent: the URL leads where webhooks may not. */
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'unreachable'; readonly code: string };

/** Finds the addresses of a host name; the system's resolver, unless a test has its own. */
export type Resolve = (host: string, options: LookupAllOptions, callback: ResolveCallback) => void;
type ResolveCallback = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

export interface PostOptions {
  readonly targets: WebhookTargets;
  readonly resolve?: Resolve;
  /** Default: ten seconds. */
  readonly timeoutMillis?: number;
}

class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
}

/** Posts JSON to a tenant's URL, once, and follows no redirect. Of the answer nothing is kept but its status. */
export async function postWebhook(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  { targets, resolve = lookup, timeoutMillis = TIMEOUT_MILLIS }: PostOptions,
): Promise<PostOutcome> {
  const target = URL.parse(url);
  if (target === null || !isAllowed(target, targets)) return { kind: 'forbidden' };
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  try {
    const { statusCode = 0, headers: answered } = await exchange(send, target, body, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      lookup: createLookup(targets, resolve),
      signal: AbortSignal.timeout(timeoutMillis),
      agent: false,
    });
    return { kind: 'answered', status: statusCode, retryAfterSeconds: toSeconds(answered['retry-after']) };
  } catch (error) {
    return error instanceof ForbiddenAddressError
      ? { kind: 'forbidden' }
      : { kind: 'unreachable', code: codeOf(error) };
  }
}

/** A host that is an address itself is never looked up. */
function isAllowed({ protocol, hostname, username, password }: URL, targets: WebhookTargets): boolean {
  if (username !== '' || password !== '') return false;
  if (targets === 'any') return protocol === 'https:' || protocol === 'http:';
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return protocol === 'https:' && (isIP(host) === 0 || isPublicAddress(host));
}

/**
 * What the connection itself asks for the address: so the one that was looked at is the one that is connected to, and a
 * name that is given another address a moment later leads nowhere else.
 */
function createLookup(targets: WebhookTargets, resolve: Resolve): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null) callback(error, []);
      else if (
        first === undefined ||
        (targets === 'public' && !addresses.every(({ address }) => isPublicAddress(address)))
      ) {
        callback(new ForbiddenAddressError(), []);
      } else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

async function exchange(
  send: typeof httpRequest,
  url: URL,
  body: string,
  options: RequestOptions,
): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    const request = send(url, options, (response) => {
      response.on('error', () => undefined);
      response.destroy(); // whatever it says, nobody reads it
      resolve(response);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The seconds of a `Retry-After`; its form with a date is rare, and passed over. */
function toSeconds(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
}

/** Such as ECONNREFUSED; a message could quote the URL, which may hold a secret. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code: unknown = Reflect.get(error, 'code');
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'timeout';
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : error.name;
}
