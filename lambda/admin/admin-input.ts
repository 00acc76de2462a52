import type * as z from 'zod';
import type { AdminRoute } from '../contract/admin-route.ts';
import { parseBody } from '../http/body.ts';
import { AdminError } from './admin-error.ts';
import type { AdminEvent } from './admin-request.ts';

/** The body and the query of a call, as its route has them. @throws AdminError 400 that names every fault */
export function parseInput({ request, query }: AdminRoute, event: AdminEvent): { body: unknown; query: unknown } {
  return {
    body: request === undefined ? undefined : check('body', request, readBody(event)),
    query: query === undefined ? undefined : check('query', query, { ...event.queryStringParameters }),
  };
}

/** A route whose request has only defaults may be called without a body. */
function readBody(event: AdminEvent): unknown {
  return event.body === null || event.body === undefined || event.body === '' ? {} : parseBody(event);
}

/** Names the places and what was expected, never what was sent. */
function check(what: string, schema: z.ZodType, value: unknown): unknown {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const faults = error.issues.map(({ path, message }) => `${[what, ...path].join('.')}: ${message}`);
  throw new AdminError(400, 'invalid', faults.join('; '));
}
