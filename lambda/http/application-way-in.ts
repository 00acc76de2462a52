import * as z from 'zod';
import { ACTORS, type Tenant } from '../../directory/context.ts';
import { ScimError } from '../../scim/errors.ts';
import { applicationRoutes, SIGN_IN_PATH, unknownApplicationRoute } from '../contract/application-routes.ts';
import type { RoutePattern } from '../contract/routes.ts';
import { APPLICATION_PATH } from '../contract/tenant-url.ts';
import { ProxyEventSchema } from './event.ts';
import type { WayIn } from './way-in.ts';

const ApplicationEventSchema = ProxyEventSchema.extend({ path: z.string() });

const NAME = /^[a-z0-9-]{1,40}$/;

/**
 * The way of the vendor's own application: `/application/{tenant}/…`, which IAM has allowed it to call. It is served while
 * provisioning is paused, for nobody's sign-in waits for that; a suspended tenant is shut for it as well, and its sign-ins are
 * denied rather than refused.
 */
export const applicationWayIn: WayIn = {
  read: (input) => {
    const event = ApplicationEventSchema.parse(input);
    const [tenant = '', ...segments] = segmentsOf(event.pathParameters?.['proxy'] ?? '');
    // Whatever is no name does not get as far as the log.
    if (!NAME.test(tenant)) throw noSuchTenant();
    const { route, parameters } = findRoute(segments);
    return {
      event: {
        ...event,
        resource: `/${APPLICATION_PATH}/{tenant}/${route.path}`,
        pathParameters: { tenant, ...parameters },
        requestContext: { ...event.requestContext, authorizer: { tenant, application: ACTORS.application } },
      },
      route,
      name: `${APPLICATION_PATH}/${route.path}`,
    };
  },
  assertOwnTenant: () => undefined,
  getServed: (tenant, _now, { path }) => {
    if (tenant === undefined || tenant.standing.state === 'deleting') throw noSuchTenant();
    if (path !== SIGN_IN_PATH) assertOpen(tenant);
    return tenant;
  },
};

function assertOpen({ standing }: Tenant): void {
  if (standing.state !== 'suspended') return;
  throw new ScimError(403, 'The tenant is suspended: nobody is to sign in until an operator resumes it');
}

function noSuchTenant(): ScimError {
  return new ScimError(404, `There is no such tenant: the path is /${APPLICATION_PATH}/{tenant}/Users, for instance`);
}

/** Encoded, as API Gateway passes them; slashes that are doubled or at the end do not count. */
function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

interface Match {
  readonly route: RoutePattern;
  readonly parameters: Readonly<Record<string, string>>;
}

function findRoute(segments: readonly string[]): Match {
  for (const route of applicationRoutes) {
    const parts = route.path.split('/');
    if (parts.length !== segments.length) continue;
    const isParameter = (part: string) => part.startsWith('{');
    if (parts.some((part, i) => !isParameter(part) && part !== segments[i])) continue;
    const filled = parts.flatMap((part, i) => (isParameter(part) ? [[part.slice(1, -1), segments[i] ?? '']] : []));
    return { route, parameters: Object.fromEntries(filled) };
  }
  return { route: unknownApplicationRoute, parameters: { proxy: segments.join('/') } };
}
