import type { Tenant } from '../../directory/context.ts';
import { ScimError } from '../../scim/errors.ts';
import { type Route, routes } from '../contract/routes.ts';
import { parseTenantUrlTemplate, toApiPath } from '../contract/tenant-url.ts';
import { type ScimEvent, ScimEventSchema } from './event.ts';
import { createNamedTenantFinder } from './tenant-url.ts';
import type { WayIn } from './way-in.ts';

const GONE = 'The tenant of this secret token is no longer there';

/** The way of the identity providers: a Tenant URL, and a secret token that the authorizer has judged. */
export function createTokenWayIn(tenantUrlTemplate: string): WayIn {
  const findRoute = createRouteFinder(tenantUrlTemplate);
  const findNamedTenant = createNamedTenantFinder(tenantUrlTemplate);
  return {
    read: (input) => {
      const event = ScimEventSchema.parse(input);
      const route = findRoute(event);
      return { event, route, name: route.path };
    },
    // The cached policy of a token allows the whole API, so that another tenant's path or host name gets this far.
    assertOwnTenant: (event) => {
      const { tenant } = event.requestContext.authorizer;
      if ((findNamedTenant(event) ?? tenant) === tenant) return;
      throw new ScimError(403, 'The secret token belongs to another Tenant URL: use the two that were issued together');
    },
    getServed: (tenant, now) => {
      if (tenant === undefined) throw new ScimError(403, GONE);
      assertServed(tenant, now);
      return tenant;
    },
  };
}

/**
 * 503 while provisioning waits, which an identity provider takes for passing. 403 once the tenant is shut: that it stops
 * the whole connection is meant.
 */
function assertServed({ standing }: Tenant, now: number): void {
  switch (standing.state) {
    case 'active':
      return;
    case 'paused': {
      const retryAfterSeconds = (standing.until.getTime() - now) / 1_000;
      if (retryAfterSeconds <= 0) return;
      throw new ScimError(503, `Provisioning is paused until ${standing.until.toISOString()}: try again later`, {
        retryAfterSeconds,
      });
    }
    case 'suspended':
      throw new ScimError(403, 'The tenant of this secret token is suspended: ask the service provider');
    case 'deleting':
      throw new ScimError(403, GONE);
  }
}

function createRouteFinder(tenantUrlTemplate: string): (event: ScimEvent) => Route {
  const template = parseTenantUrlTemplate(tenantUrlTemplate);
  const routeOf = new Map(routes.map((route) => [`/${toApiPath(template, route.path)}`, route]));
  return ({ resource }) => {
    const route = routeOf.get(resource);
    if (route === undefined) throw new Error(`${resource} is not in the route table`);
    return route;
  };
}
