import * as z from 'zod';
import type { Fetch } from '../admin/transport.ts';
import type { Check } from '../text/checks.ts';

export interface ConnectionOptions {
  readonly fetch: Fetch;
  readonly tenantUrl: string;
  /** Shown to nobody. */
  readonly token: string;
  /** What no user and no group is called. */
  readonly randomId: string;
  readonly signal: AbortSignal;
}

const ErrorSchema = z.object({ detail: z.string() });
const EmptyListSchema = z.object({ totalResults: z.literal(0) });
const ResourceTypesSchema = z.object({ Resources: z.array(z.object({ name: z.string() })) });
const ServiceProviderConfigSchema = z.object({ patch: z.object({ supported: z.literal(true) }) });

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: unknown;
}

const TIMEOUT_MILLIS = 30_000;

/**
 * What identity providers do when they test a connection: a match query for something that is not there, which is an
 * empty list and no 404; beside that, whether discovery answers, and whether a wrong token is refused. Ends after the
 * first check where nobody answers or the token is refused.
 */
export async function* checkConnection(options: ConnectionOptions): AsyncGenerator<Check> {
  const { randomId, token } = options;
  const base = parseTenantUrl(options.tenantUrl);
  if (base === undefined) {
    const found = `${JSON.stringify(options.tenantUrl)} is no URL`;
    yield { name: 'Tenant URL', ok: false, found, todo: 'Expected one such as https://scim.example.com/acme/scim/v2' };
    return;
  }
  const ask = (path: string, credential = token) => request(options, base, path, credential);
  const first = await ask(`/Users?filter=${encodeURIComponent(`userName eq "${randomId}"`)}`);
  const users = judgeQuery('Match query for users', first);
  yield users;
  if (typeof first === 'string' || first.status === 401 || first.status === 403) return;
  const groups = await ask(`/Groups?filter=${encodeURIComponent(`displayName eq "${randomId}"`)}`);
  yield judgeQuery('Match query for groups', groups);
  yield judge('Discovery: ServiceProviderConfig', await ask('/ServiceProviderConfig'), ServiceProviderConfigSchema);
  yield judge('Discovery: ResourceTypes', await ask('/ResourceTypes'), ResourceTypesSchema);
  yield judge('Discovery: Schemas', await ask('/Schemas'), z.object({ Resources: z.array(z.unknown()).min(1) }));
  yield judgeRefusal(await ask('/Users?count=1', 'not-the-token'));
}

function parseTenantUrl(text: string): URL | undefined {
  const url = URL.parse(text.trim());
  return url !== null && /^https?:$/.test(url.protocol) ? url : undefined;
}

/** The answer, or why there was none. */
async function request(
  { fetch, signal }: ConnectionOptions,
  base: URL,
  path: string,
  credential: string,
): Promise<Answer | string> {
  const root = `${base.origin}${base.pathname}`.replace(/\/+$/, '');
  try {
    const response = await fetch(new URL(`${root}${path}`), {
      headers: { authorization: `Bearer ${credential}`, accept: 'application/scim+json' },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLIS)]),
    });
    const text = await response.text();
    const contentType = response.headers.get('content-type') ?? '';
    return { status: response.status, contentType, body: parseJson(text) };
  } catch (error) {
    if (signal.aborted) throw new DOMException('interrupted', 'AbortError');
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  }
}

function judgeQuery(name: string, answer: Answer | string): Check {
  const check = judge(name, answer, EmptyListSchema);
  if (!check.ok) return check;
  return { ...check, found: '200 and an empty list, as it should be for what is not there' };
}

function judge(name: string, answer: Answer | string, schema: z.ZodType): Check {
  if (typeof answer === 'string') {
    const todo = 'Is the Tenant URL right, has its host name a DNS record, and may this machine reach it?';
    return { name, ok: false, found: `no answer (${answer})`, todo };
  }
  const { status, contentType, body } = answer;
  const { data } = ErrorSchema.safeParse(body);
  const detail = data === undefined ? '' : `: ${data.detail}`;
  if (status !== 200) return { name, ok: false, found: `${status}${detail}`, todo: adviceFor(status) };
  if (!contentType.startsWith('application/scim+json')) {
    const todo = 'Identity providers want application/scim+json: does a proxy stand in between?';
    return { name, ok: false, found: `200, but as ${contentType || 'no media type'}`, todo };
  }
  if (!schema.safeParse(body).success) {
    return { name, ok: false, found: '200, but not the answer of a SCIM directory', todo: adviceFor(404) };
  }
  return { name, ok: true, found: '200' };
}

function judgeRefusal(answer: Answer | string): Check {
  const name = 'A wrong token is refused';
  if (typeof answer === 'string') return { name, ok: false, found: `no answer (${answer})` };
  if (answer.status === 401) return { name, ok: true, found: '401' };
  return { name, ok: false, found: String(answer.status), todo: 'Expected 401: who answers at this Tenant URL?' };
}

function adviceFor(status: number): string {
  switch (status) {
    case 401:
      return 'The token is mistyped, expired or revoked: see scim-stack tokens status, then issue or rotate one.';
    case 403:
      return "The tenant is suspended, or the token is another tenant's: see scim-stack tenants show.";
    case 404:
      return 'Is it the whole Tenant URL, as scim-stack tenants show has it?';
    case 503:
      return 'The tenant may be paused: see scim-stack tenants show.';
    default:
      return 'See the request log of that time (runbook: docs/runbook.md).';
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
