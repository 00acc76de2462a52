import { checkAnswer, type RawAnswer } from '../answer/checks.ts';
import { type JsonObject, memberOf } from '../json.ts';
import { Gate } from '../parallel.ts';
import type { Recorder } from '../report/recorder.ts';
import { RunStoppedError, UnusableAnswerError } from './faults.ts';
import { type BlankStyle, encodeQuery, type Query } from './query.ts';
import { isTransient, MAX_ATTEMPTS, toWaitMs } from './retry.ts';
import { type SentAction, toSentAction } from './sent-action.ts';
import type { TenantUrl } from './tenant-url.ts';
import type { TokenSource } from './token.ts';

export interface ScimRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly endpoint: 'Users' | 'Groups' | 'Schemas' | 'ResourceTypes' | 'ServiceProviderConfig';
  readonly id?: string;
  readonly query?: Query;
  readonly body?: JsonObject;
  /** The statuses that are right. */
  readonly expect: readonly number[];
  /** Right as well if an earlier attempt, whose answer never came, may have taken effect. */
  readonly expectRepeated?: readonly number[];
  /** Sent in place of the token. */
  readonly authorization?: string;
}

export interface ScimAnswer {
  readonly status: number;
  readonly body: JsonObject | undefined;
  /** How the report names the request, such as `PATCH /Users/{id}`. */
  readonly kind: string;
}

export interface ScimClientOptions {
  readonly tenantUrl: TenantUrl;
  readonly token: TokenSource;
  readonly recorder: Recorder;
  /** Media type of request bodies, and what is accepted. */
  readonly contentType: string;
  readonly accept: string;
  /** Requests at once. */
  readonly concurrency: number;
  readonly timeoutSeconds: number;
  readonly blank: BlankStyle;
  /** Ends the run when it aborts. */
  readonly signal: AbortSignal;
  /** Told of each answer; never of a token. */
  readonly trace: (line: string) => void;
  /** Told of each request for users and groups. */
  readonly note: (action: SentAction) => void;
  /** Waits before a request is sent again; rejects when the signal aborts. */
  readonly wait: Wait;
}

export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** How the report names a request: no id, no value. */
function kindOf({ method, endpoint, id, query = {} }: ScimRequest): string {
  const parameter = ['filter', 'startIndex'].find((name) => name in query);
  return `${method} /${endpoint}${id === undefined ? '' : '/{id}'}${parameter === undefined ? '' : `?${parameter}`}`;
}

/** Sends requests, repeats what may be repeated, checks what holds of every answer, and records it all. */
export class ScimClient {
  readonly #options: ScimClientOptions;
  readonly #gate: Gate;

  constructor(options: ScimClientOptions) {
    this.#options = options;
    this.#gate = new Gate(options.concurrency);
  }

  get baseUrl(): string {
    return this.#options.tenantUrl.base;
  }

  /**
   * @throws {@link UnusableAnswerError} where the status is not one of the expected; recorded.
   * @throws {@link RunStoppedError} where the token is refused, nobody answers, or the run is interrupted.
   */
  send(request: ScimRequest): Promise<ScimAnswer> {
    return this.#gate.through(() => this.#sendRepeatedly(request));
  }

  async #sendRepeatedly(request: ScimRequest): Promise<ScimAnswer> {
    const { recorder, token } = this.#options;
    const kind = kindOf(request);
    for (let attempt = 1; ; attempt += 1) {
      this.#throwIfInterrupted();
      const secret = await token.current();
      const answer = await this.#attempt(request, secret, kind);
      const isLast = attempt >= MAX_ATTEMPTS;
      if (!('status' in answer)) {
        if (isLast) throw new RunStoppedError('unreachable', `${kind}: ${answer.failure}, ${attempt} times in a row`);
        recorder.retried(answer.failure, kind);
        await this.#wait(null, attempt);
        continue;
      }
      if (request.authorization === undefined && (answer.status === 401 || answer.status === 403)) {
        await token.refresh();
        if (isLast || (await token.current()) === secret) throw this.#refused(answer, kind);
        recorder.retried(`${answer.status}, token changed`, kind);
        continue;
      }
      if (isTransient(answer.status) && !isLast && !request.expect.includes(answer.status)) {
        recorder.retried(String(answer.status), kind);
        await this.#wait(answer.headers.get('retry-after'), attempt);
        continue;
      }
      return this.#accept(request, answer, kind, attempt > 1);
    }
  }

  /** One exchange: the answer, or why there was none. */
  async #attempt(request: ScimRequest, secret: string, kind: string): Promise<RawAnswer | { failure: string }> {
    const { signal, timeoutSeconds, recorder, trace } = this.#options;
    const started = performance.now();
    const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
    const url = this.#urlOf(request);
    try {
      const response = await fetch(url, {
        method: request.method,
        headers: this.#headersOf(request, secret),
        body: request.body === undefined ? null : JSON.stringify(request.body),
        redirect: 'manual',
        signal: AbortSignal.any([signal, timeout]),
      });
      const text = await response.text();
      const milliseconds = performance.now() - started;
      recorder.answered(kind, milliseconds);
      trace(`${request.method} ${url.slice(this.baseUrl.length)} ${response.status} ${Math.round(milliseconds)} ms`);
      const answer = { status: response.status, headers: response.headers, text };
      this.#note(request, answer);
      return answer;
    } catch (error) {
      this.#throwIfInterrupted();
      const failure = timeout.aborted ? `no answer within ${timeoutSeconds} s` : connectionFailure(error);
      trace(`${request.method} ${url.slice(this.baseUrl.length)} ${failure}`);
      this.#note(request, undefined);
      return { failure };
    }
  }

  #note(request: ScimRequest, answer: RawAnswer | undefined): void {
    const action = toSentAction(request, answer);
    if (action !== undefined) this.#options.note(action);
  }

  #urlOf({ endpoint, id, query }: ScimRequest): string {
    const path = id === undefined ? endpoint : `${endpoint}/${encodeURIComponent(id)}`;
    const { tenantUrl, blank } = this.#options;
    return `${tenantUrl.base}/${path}${encodeQuery({ ...query, ...tenantUrl.query }, blank)}`;
  }

  #headersOf(request: ScimRequest, secret: string): Record<string, string> {
    const { accept, contentType } = this.#options;
    return {
      accept,
      authorization: request.authorization ?? `Bearer ${secret}`,
      ...(request.body === undefined ? {} : { 'content-type': contentType }),
    };
  }

  #accept(request: ScimRequest, answer: RawAnswer, kind: string, repeated: boolean): ScimAnswer {
    const { recorder } = this.#options;
    const { body, faults } = checkAnswer(answer);
    for (const fault of faults) recorder.fault({ ...fault, request: kind });
    const expected = [...request.expect, ...(repeated ? (request.expectRepeated ?? []) : [])];
    if (!expected.includes(answer.status)) {
      const message = `expected ${expected.join(' or ')}, got ${answer.status}: ${detailOf(body)}`;
      recorder.fault({ check: 'status', request: kind, message });
      throw new UnusableAnswerError(message);
    }
    if (body === undefined && answer.status !== 204) throw new UnusableAnswerError(`${kind}: no usable body`);
    return { status: answer.status, body, kind };
  }

  /** What puts an identity provider's whole job into quarantine ends the run, too. */
  #refused(answer: RawAnswer, kind: string): RunStoppedError {
    const { body, faults } = checkAnswer(answer);
    const { recorder } = this.#options;
    for (const fault of faults) recorder.fault({ ...fault, request: kind });
    const message = `the token was refused with ${answer.status}: ${detailOf(body)}`;
    recorder.fault({ check: 'status', request: kind, message });
    return new RunStoppedError('refused', message);
  }

  async #wait(retryAfter: string | null, attempt: number): Promise<void> {
    try {
      await this.#options.wait(toWaitMs(retryAfter, attempt, new Date()), this.#options.signal);
    } catch {
      this.#throwIfInterrupted();
    }
  }

  #throwIfInterrupted(): void {
    if (this.#options.signal.aborted) throw new RunStoppedError('interrupted', 'interrupted');
  }
}

function detailOf(body: JsonObject | undefined): string {
  const detail = memberOf(body, 'detail') ?? memberOf(body, 'message');
  return typeof detail === 'string' ? detail : 'no detail given';
}

function connectionFailure(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection';
  return `connection failed (${code})`;
}
