import { type AdminOperation, adminRoutes } from '../contract/admin-api.ts';
import type { AdminRoute } from '../contract/admin-route.ts';
import { ADMIN_PATH } from '../contract/tenant-url.ts';
import { AdminError } from './admin-error.ts';
import type { AdminEvent } from './admin-request.ts';

/** Where a call leads. */
export interface AdminMatch {
  readonly operation: AdminOperation;
  readonly parameters: Readonly<Record<string, string>>;
}

const operations = Object.keys(adminRoutes) as AdminOperation[]; // of the very table that the type is made of

/**
 * Finds the operation of a call, whether API Gateway has a resource for each route or `/admin/{proxy+}` for all.
 *
 * @throws {@link AdminError} 404; 405
 */
export function findOperation({ httpMethod, resource, pathParameters }: AdminEvent): AdminMatch {
  const filled = resource
    .replace(/^\/+/, '')
    .replace(/\{(\w+)\+?\}/g, (_, name: string) => pathParameters?.[name] ?? '');
  const segments = filled.split('/').filter((segment) => segment !== '');
  if (segments[0] !== ADMIN_PATH) throw new Error(`${resource} is not the admin API's`);
  const matches = operations.flatMap((operation) => {
    const parameters = match(adminRoutes[operation].path.split('/'), segments.slice(1));
    return parameters === undefined ? [] : [{ operation, parameters }];
  });
  if (matches.length === 0) throw new AdminError(404, 'not_found', 'the admin API has no such path');
  const found = matches.find(({ operation }) => routeOf(operation).method === httpMethod);
  if (found !== undefined) return found;
  const allowed = matches.map(({ operation }) => routeOf(operation).method).join(', ');
  throw new AdminError(405, 'method_not_allowed', `this path answers ${allowed}`);
}

export function routeOf(operation: AdminOperation): AdminRoute {
  return adminRoutes[operation];
}

function match(parts: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (parts.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [i, part] of parts.entries()) {
    const segment = segments[i] ?? '';
    if (part.startsWith('{')) parameters[part.slice(1, -1)] = decode(segment);
    else if (part !== segment) return undefined;
  }
  return parameters;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AdminError(400, 'invalid', 'the path is not encoded as a URL is');
  }
}
