import type { DirectoryContext, Tenant } from '../../directory/context.ts';
import { createRetryingTable } from '../../directory/store/retrying-table.ts';
import { TenantCache } from '../../directory/tenants.ts';
import { ScimError } from '../../scim/errors.ts';
import { type Route, routes } from '../contract/routes.ts';
import { parseTenantUrlTemplate, toApiPath } from '../contract/tenant-url.ts';
import { parseBody } from './body.ts';
import { findHeader, type ScimEvent, ScimEventSchema } from './event.ts';
import type { ScimMiddleware } from './middleware.ts';
import type { ScimDependencies, ScimRequest } from './request.ts';
import type { RequestTrace } from './request-trace.ts';
import { createNamedTenantFinder, type FindNamedTenant, toTenantUrl } from './tenant-url.ts';

/** Until when a request's writes are tried again; API Gateway gives up at 29 s. */
const DEADLINE_MILLIS = 20_000;

const GONE = 'The tenant of this secret token is no longer there';

/** Turns API Gateway's event into a {@link ScimRequest}, and refuses what is wrong for every route alike. */
export function prepareRequests(dependencies: ScimDependencies): ScimMiddleware {
  const tenants = new TenantCache({ now: dependencies.runtime.now });
  const findRoute = createRouteFinder(dependencies.tenantUrlTemplate);
  const findNamedTenant = createNamedTenantFinder(dependencies.tenantUrlTemplate);
  return {
    before: async (request) => {
      const { trace } = request.internal;
      const event = ScimEventSchema.parse(request.event);
      const route = findRoute(event);
      note(trace, event, route);
      assertOwnTenant(event, findNamedTenant);
      const directory = await openDirectory(dependencies, tenants, event, trace);
      assertMethod(event, route);
      request.event = toScimRequest(event, route, directory, trace);
    },
  };
}

function note(trace: RequestTrace, { httpMethod, requestContext }: ScimEvent, route: Route): void {
  trace.requestId = requestContext.requestId;
  trace.tenant = requestContext.authorizer.tenant;
  trace.application = requestContext.authorizer.application;
  trace.credentialId = requestContext.authorizer.credentialId;
  trace.method = httpMethod;
  trace.route = route.path;
}

/** The cached policy of a token allows the whole API, so that another tenant's path or host name gets this far. */
function assertOwnTenant(event: ScimEvent, findNamedTenant: FindNamedTenant): void {
  const { tenant } = event.requestContext.authorizer;
  if ((findNamedTenant(event) ?? tenant) === tenant) return;
  throw new ScimError(403, 'The secret token belongs to another Tenant URL: use the two that were issued together');
}

async function openDirectory(
  { table, tenantUrlTemplate, runtime }: ScimDependencies,
  tenants: TenantCache,
  { requestContext }: ScimEvent,
  trace: RequestTrace,
): Promise<DirectoryContext> {
  const { authorizer, requestId } = requestContext;
  const { now, sleep, random, newId } = runtime;
  const retrying = createRetryingTable(table.withMeter(trace), {
    ...{ now, sleep, random, newId },
    deadline: deadlineOf(trace),
  });
  const tenant = await tenants.find(retrying, authorizer.tenant);
  if (tenant === undefined) throw new ScimError(403, GONE);
  assertServed(tenant, now());
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

/** @see {@link https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.6 RFC 9110 §15.5.6} */
function assertMethod({ httpMethod }: ScimEvent, { methods, path }: Route): void {
  if (methods.length === 0 || methods.includes(httpMethod)) return;
  const allow = methods.join(', ');
  throw new ScimError(405, `/${path} does not answer ${httpMethod.slice(0, 16)}, only ${allow}`, {
    headers: { allow },
  });
}

function toScimRequest(event: ScimEvent, route: Route, directory: DirectoryContext, trace: RequestTrace): ScimRequest {
  const parameters = event.queryStringParameters ?? {};
  return {
    event,
    route,
    query: (name) => (Object.hasOwn(parameters, name) ? parameters[name] : undefined),
    header: (name) => findHeader(event, name),
    parseBody: (limit) => parseBody(event, limit),
    directory,
    report: (done) => {
      trace.done = done;
    },
    reportOperations: (operations) => {
      trace.operations = operations;
      trace.failure = operations.find(({ failure }) => failure !== undefined)?.failure;
    },
    remainingMs: () => deadlineOf(trace) - directory.now().getTime(),
  };
}

function deadlineOf({ startedAt }: RequestTrace): number {
  return startedAt + DEADLINE_MILLIS;
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
