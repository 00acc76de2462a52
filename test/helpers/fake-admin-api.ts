import type * as z from 'zod';
import { type AdminOperation, adminRoutes } from '../../lambda/contract/admin-api.ts';
import type { AdminRoute } from '../../lambda/contract/admin-route.ts';

/** What a request of the admin API held, already parsed by the contract. */
export interface FakeCall<O extends AdminOperation> {
  readonly operation: O;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers of operations; one that throws a {@link FakeRefusal} is an error of the API. */
export type FakeAnswers = {
  readonly [O in AdminOperation]?: (call: FakeCall<O>) => z.input<(typeof adminRoutes)[O]['response']>;
};

export class FakeRefusal extends Error {
  override readonly name = 'FakeRefusal';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface FakeAdminApi {
  readonly calls: readonly FakeCall<AdminOperation>[];
  readonly requests: readonly Request[];
  readonly fetch: (url: URL, init: RequestInit) => Promise<Response>;
}

/** The admin API in the process, at any address that ends in `/admin`: refuses what the contract does not allow. */
export function createFakeAdminApi(answers: FakeAnswers): FakeAdminApi {
  const calls: FakeCall<AdminOperation>[] = [];
  const requests: Request[] = [];
  return {
    calls,
    requests,
    async fetch(url, init) {
      const request = new Request(url, init);
      requests.push(request);
      const text = await request.clone().text();
      try {
        const call = toCall(request.method, new URL(request.url), text);
        calls.push(call);
        const answer = answers[call.operation];
        if (answer === undefined) throw new FakeRefusal(501, 'untold', `the test has no answer for ${call.operation}`);
        const body = (answer as (call: FakeCall<AdminOperation>) => unknown)(call);
        return Response.json(adminRoutes[call.operation].response.parse(body));
      } catch (error) {
        if (!(error instanceof FakeRefusal)) throw error;
        const { status, code, message } = error;
        return Response.json({ error: { code, message } }, { status });
      }
    },
  };
}

function toCall(method: string, url: URL, text: string): FakeCall<AdminOperation> {
  const path = url.pathname.replace(/^.*\/admin\//, '');
  for (const [operation, route] of Object.entries(adminRoutes) as [AdminOperation, AdminRoute][]) {
    const values = route.method === method ? matchPath(route.path, path) : undefined;
    if (values === undefined) continue;
    const query = parsed(route.query, Object.fromEntries(url.searchParams), 'query');
    const body = parsed(route.request, text === '' ? undefined : JSON.parse(text), 'body');
    return { operation, path: values, query, body } as FakeCall<AdminOperation>;
  }
  throw new FakeRefusal(404, 'no_route', `${method} ${path} is no route of the admin API`);
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const segment = decodeURIComponent(given[index] ?? '');
    const [, name] = /^\{(\w+)\}$/.exec(part) ?? [];
    if (name !== undefined) values[name] = segment;
    else if (part !== segment) return undefined;
  }
  return values;
}

/** What a route takes none of must not be sent. */
function parsed(schema: z.ZodType | undefined, value: unknown, what: string): unknown {
  if (schema === undefined) {
    if (Object.keys(value ?? {}).length === 0) return {};
    throw new FakeRefusal(400, 'invalid', `the route takes no ${what}`);
  }
  const { success, data, error } = schema.safeParse(value);
  if (!success) throw new FakeRefusal(400, 'invalid', `${what}: ${error.message}`);
  return data;
}
