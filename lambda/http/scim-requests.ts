import type { DirectoryContext } from '../../directory/context.ts';
import { createRetryingTable } from '../../directory/store/retrying-table.ts';
import { TenantCache } from '../../directory/tenants.ts';
import { ScimError } from '../../scim/errors.ts';
import { type Route, routes, TENANT_PATH } from '../contract/routes.ts';
import { parseBody } from './body.ts';
import { findHeader, findPathParameter, type ScimEvent, ScimEventSchema } from './event.ts';
import type { ScimMiddleware } from './middleware.ts';
import type { ScimDependencies, ScimRequest } from './request.ts';
import type { RequestTrace } from './request-trace.ts';
import { toTenantUrl } from './tenant-url.ts';

/** Until when a request's writes are tried again; API Gateway gives up at 29 s. */
const DEADLINE_MILLIS = 20_000;

/** Turns API Gateway's event into a {@link ScimRequest}, and refuses what is wrong for every route alike. */
export function prepareRequests(dependencies: ScimDependencies): ScimMiddleware {
  const tenants = new TenantCache({ now: dependencies.runtime.now });
  return {
    before: async (request) => {
      const { trace } = request.internal;
      const event = ScimEventSchema.parse(request.event);
      const route = getRoute(event);
      note(trace, event, route);
      assertOwnTenant(event);
      const directory = await openDirectory(dependencies, tenants, event, trace);
      assertMethod(event, route);
      request.event = toScimRequest(event, route, directory);
    },
  };
}

function note(trace: RequestTrace, { httpMethod, requestContext }: ScimEvent, route: Route): void {
  trace.requestId = requestContext.requestId;
  trace.tenant = requestContext.authorizer.tenant;
  trace.application = requestContext.authorizer.application;
  trace.method = httpMethod;
  trace.route = route.path;
}

/** The cached policy of a token allows the whole API, so that another tenant's path gets this far. */
function assertOwnTenant(event: ScimEvent): void {
  const { tenant } = event.requestContext.authorizer;
  if (findPathParameter(event, 'tenant') === tenant) return;
  throw new ScimError(403, 'The secret token belongs to another Tenant URL: use the two that were issued together');
}

async function openDirectory(
  { table, tenantUrlTemplate, runtime }: ScimDependencies,
  tenants: TenantCache,
  { requestContext }: ScimEvent,
  trace: RequestTrace,
): Promise<DirectoryContext> {
  const { authorizer, requestId } = requestContext;
  const deadline = trace.startedAt + DEADLINE_MILLIS;
  const { now, sleep, random, newId } = runtime;
  const retrying = createRetryingTable(table.withMeter(trace), { now, sleep, random, deadline, newId });
  const tenant = await tenants.find(retrying, authorizer.tenant);
  if (tenant === undefined) throw new ScimError(403, 'The tenant of this secret token is no longer there');
  return {
    table: retrying,
    tenant,
    application: authorizer.application,
    requestId,
    tenantUrl: toTenantUrl(tenantUrlTemplate, tenant.name, requestContext),
    now: () => new Date(now()),
    newId,
  };
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.6 RFC 9110 §15.5.6} */
function assertMethod({ httpMethod }: ScimEvent, { methods, path }: Route): void {
  if (methods.length === 0 || methods.includes(httpMethod)) return;
  const allow = methods.join(', ');
  throw new ScimError(405, `/${path} does not answer ${httpMethod.slice(0, 16)}, only ${allow}`, {
    headers: { allow },
  });
}

function toScimRequest(event: ScimEvent, route: Route, directory: DirectoryContext): ScimRequest {
  const parameters = event.queryStringParameters ?? {};
  return {
    event,
    route,
    query: (name) => (Object.hasOwn(parameters, name) ? parameters[name] : undefined),
    header: (name) => findHeader(event, name),
    parseBody: () => parseBody(event),
    directory,
  };
}

function getRoute({ resource }: ScimEvent): Route {
  const route = routes.find(({ path }) => resource === `/${TENANT_PATH}/${path}`);
  if (route === undefined) throw new Error(`${resource} is not in the route table`);
  return route;
}
