import { type Route, routes, TENANT_PATH } from '../lambda/contract/routes.ts';

/** Where a path leads, as API Gateway would say it. */
export interface RouteMatch {
  readonly route: Route;
  /** Such as `/{tenant}/scim/v2/Users/{id}`. */
  readonly resource: string;
  /** As in the path, not decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly route: Route;
  readonly resource: string;
  readonly parts: readonly string[];
}

const GREEDY = '{proxy+}';
const patterns: readonly Pattern[] = routes
  .map((route) => ({
    route,
    resource: `/${TENANT_PATH}/${route.path}`,
    parts: `${TENANT_PATH}/${route.path}`.split('/'),
  }))
  .toSorted((left, right) => rankOf(left) - rankOf(right));

/**
 * Finds the route of a path as API Gateway does: a literal segment before a parameter, a parameter before `{proxy+}`.
 * Slashes that are doubled or at the end do not count.
 *
 * @param path - Encoded, without the query.
 */
export function findRoute(path: string): RouteMatch | undefined {
  const segments = path.split('/').filter((segment) => segment !== '');
  for (const { route, resource, parts } of patterns) {
    const pathParameters = match(parts, segments);
    if (pathParameters !== undefined) return { route, resource, pathParameters };
  }
  return undefined;
}

function match(parts: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const isGreedy = parts.at(-1) === GREEDY;
  if (isGreedy ? segments.length < parts.length : segments.length !== parts.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [i, part] of parts.entries()) {
    const segment = segments[i] ?? '';
    if (part === GREEDY) parameters['proxy'] = segments.slice(i).join('/');
    else if (part.startsWith('{')) parameters[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  return parameters;
}

/** Parameters come after literals, the greedy one last. */
function rankOf({ parts }: Pattern): number {
  if (parts.at(-1) === GREEDY) return Number.MAX_SAFE_INTEGER;
  return parts.filter((part) => part.startsWith('{')).length;
}
