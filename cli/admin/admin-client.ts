import * as z from 'zod';
import {
  type AdminRequest as AdminBody,
  type AdminOperation,
  type AdminResponse,
  adminRoutes,
} from '../../lambda/contract/admin-api.ts';
import { AdminErrorSchema } from '../../lambda/contract/admin-messages.ts';
import type { AdminRoute } from '../../lambda/contract/admin-route.ts';
import { CliError, exitCodes } from '../failure.ts';
import type { AdminAnswer, AdminTransport } from './transport.ts';

export interface AdminCall<O extends AdminOperation> {
  /** Values of the path's `{names}`. */
  readonly path?: Readonly<Record<string, string>>;
  /** What is undefined is not sent. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: AdminBody<O>;
}

export interface AdminClientOptions {
  /** Ends in `/admin`. */
  readonly baseUrl: URL;
  readonly transport: AdminTransport;
  readonly signal: AbortSignal;
  /** Waits between two attempts. */
  readonly delay: (millis: number, signal: AbortSignal) => Promise<void>;
}

/** The error of the admin API, by its code; the message is the server's. */
export class AdminRefusal extends CliError {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message, toAdvice(status));
    this.status = status;
    this.code = code;
  }
}

const MAX_ATTEMPTS = 4;
const FIRST_WAIT_MILLIS = 1_000;
const MAX_WAIT_MILLIS = 30_000;
const TRANSIENT = new Set([429, 502, 503, 504]);
/** Jobs that go on where the call before ended, and questions, so that a repeated call does no harm. */
const RESUMABLE: ReadonlySet<AdminOperation> = new Set([
  ...(['deleteTenant', 'checkTenant', 'buildIndex', 'dropIndex'] as const),
  ...(['revealLog', 'purgeLog', 'restoreUser', 'purgeUser'] as const),
  ...(['previewPolicy', 'checkSignIn'] as const),
]);

/** Speaks the admin API: one method, typed by the contract's route table. */
export class AdminClient {
  readonly #options: AdminClientOptions;

  constructor(options: AdminClientOptions) {
    this.#options = options;
  }

  get baseUrl(): string {
    return this.#options.baseUrl.href;
  }

  /** @throws {@link AdminRefusal} {@link CliError} */
  async call<O extends AdminOperation>(operation: O, call: AdminCall<O> = {}): Promise<AdminResponse<O>> {
    const route: AdminRoute = adminRoutes[operation];
    const url = this.#toUrl(route.path, call);
    const answer = await this.#sendRepeatedly(operation, route.method, url, call.body);
    const body = parseJson(answer.text);
    if (answer.status >= 400) throw toRefusal(answer.status, body);
    const parsed = adminRoutes[operation].response.safeParse(body);
    if (!parsed.success) throw unexpectedAnswer(route, answer.status, parsed.error);
    return parsed.data as AdminResponse<O>; // of the very schema that the type is inferred from
  }

  #toUrl(path: string, { path: values = {}, query = {} }: AdminCall<AdminOperation>): URL {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
    const url = new URL(this.#options.baseUrl);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/${filled}`;
    // A blank as %20, never as +: Signature Version 4 takes a plus sign for one.
    url.search = Object.entries(query)
      .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
      .join('&');
    return url;
  }

  async #sendRepeatedly(operation: AdminOperation, method: string, url: URL, body: unknown): Promise<AdminAnswer> {
    const { transport, signal, delay } = this.#options;
    const mayRepeat = method === 'GET' || RESUMABLE.has(operation);
    const request = { method, url, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await transport(request, signal);
      if (!mayRepeat || attempt >= MAX_ATTEMPTS || !TRANSIENT.has(answer.status)) return answer;
      await delay(toWaitMillis(answer.retryAfter, attempt), signal);
    }
  }
}

function toWaitMillis(retryAfter: string | undefined, attempt: number): number {
  const asked = Number(retryAfter) * 1_000;
  return Math.min(asked > 0 ? asked : FIRST_WAIT_MILLIS * 2 ** (attempt - 1), MAX_WAIT_MILLIS);
}

/** What stands before the API (its gateway, a firewall) has answers of other shapes. */
const GatewayErrorSchema = z.object({ detail: z.string().optional(), message: z.string().optional() });

function toRefusal(status: number, body: unknown): AdminRefusal {
  const own = AdminErrorSchema.safeParse(body);
  if (own.success) return new AdminRefusal(status, own.data.error.code, own.data.error.message);
  const { data } = GatewayErrorSchema.safeParse(body);
  const message = data?.detail || data?.message || 'no reason given';
  return new AdminRefusal(status, 'gateway', `the admin API answered ${status}: ${message}`);
}

function toAdvice(status: number): { readonly advice?: string; readonly exitCode: number } {
  if (status === 401 || status === 403) {
    const advice =
      'Your AWS credentials need one of the policies observer, operator or administrator that the stack made; ' +
      'scim-stack doctor tells who you are.';
    return { advice, exitCode: exitCodes.unreachable };
  }
  if (TRANSIENT.has(status)) return { advice: 'Try again in a minute.', exitCode: exitCodes.failed };
  return { exitCode: exitCodes.failed };
}

function unexpectedAnswer({ method, path }: AdminRoute, status: number, error: z.ZodError): CliError {
  const what = `${method} ${path} was answered ${status} in a way that this release does not know`;
  const advice = 'Are the command line and the deployment of the same release, and is it the admin API that answers?';
  return new CliError(`${what}:\n${z.prettifyError(error)}`, { advice, exitCode: exitCodes.unreachable });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
