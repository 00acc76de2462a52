import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { CliError, exitCodes } from '../failure.ts';

export interface AdminRequest {
  readonly method: string;
  readonly url: URL;
  /** JSON text. */
  readonly body?: string;
}

export interface AdminAnswer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
}

/** Sends a request of the admin API, with the credentials that it takes. */
export type AdminTransport = (request: AdminRequest, signal?: AbortSignal) => Promise<AdminAnswer>;

/** What `fetch` is called with here; a test passes its own. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

type Credentials = ConstructorParameters<typeof SignatureV4>[0]['credentials'];

export interface SignedTransportOptions {
  readonly fetch: Fetch;
  readonly region: string;
  readonly credentials: Credentials;
  readonly now: () => Date;
}

/** Signs with the operator's own AWS credentials (Signature Version 4), as API Gateway's IAM authorization wants. */
export function createSignedTransport({ fetch, region, credentials, now }: SignedTransportOptions): AdminTransport {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  return async ({ method, url, body }, signal) => {
    const headers = { host: url.host, ...contentTypeOf(body) };
    const signed = await signer.sign(
      {
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        ...(url.port === '' ? {} : { port: Number(url.port) }),
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers,
        ...(body === undefined ? {} : { body }),
      },
      { signingDate: now() },
    );
    const { host: _, ...rest } = signed.headers; // fetch sets it itself, the same
    return await send(fetch, { method, url, ...(body === undefined ? {} : { body }) }, rest, signal);
  };
}

/** With the development key of the local run. */
export function createLocalTransport(fetch: Fetch, key: string): AdminTransport {
  return (request, signal) =>
    send(fetch, request, { authorization: `Bearer ${key}`, ...contentTypeOf(request.body) }, signal);
}

/** The file that `npm start` writes into its data folder. */
const KEY_FILE = 'admin.key';

/** @throws {@link CliError} where there is no local run with that data folder. */
export async function readLocalKey(dataFolder: string): Promise<string> {
  const path = join(dataFolder, KEY_FILE);
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new CliError(`there is no development key in ${path}`, {
      advice: 'Start the local run first (npm start), or name its data folder: --local <folder>.',
      exitCode: exitCodes.unreachable,
      cause,
    });
  }
}

function contentTypeOf(body: string | undefined): Record<string, string> {
  return body === undefined ? {} : { 'content-type': 'application/json' };
}

async function send(
  fetch: Fetch,
  { method, url, body }: AdminRequest,
  headers: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<AdminAnswer> {
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'error', // a redirect would carry the credentials elsewhere
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
    return {
      status: response.status,
      text: await response.text(),
      retryAfter: response.headers.get('retry-after') ?? undefined,
    };
  } catch (error) {
    if (signal?.aborted === true) throw new DOMException('interrupted', 'AbortError');
    throw new CliError(`${url.origin} does not answer: ${reasonOf(error)}`, {
      advice: 'Is the address right, and is the deployment (or the local run) up? scim-stack doctor looks into it.',
      exitCode: exitCodes.unreachable,
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
