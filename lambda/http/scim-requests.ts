import type { DirectoryContext } from '../../directory/context.ts';
import { createRetryingTable } from '../../directory/store/retrying-table.ts';
import { TenantCache } from '../../directory/tenants.ts';
import { ScimError } from '../../scim/errors.ts';
import type { RoutePattern } from '../contract/routes.ts';
import { parseBody } from './body.ts';
import { findHeader, findPathParameter, type ScimEvent } from './event.ts';
import type { ScimMiddleware } from './middleware.ts';
import type { ScimDependencies, ScimRequest } from './request.ts';
import type { RequestTrace } from './request-trace.ts';
import { toTenantUrl } from './tenant-url.ts';
import type { EnteredRequest, WayIn } from './way-in.ts';

/** Until when a request's writes are tried again; API Gateway gives up at 29 s. */
const DEADLINE_MILLIS = 20_000;

/** Turns API Gateway's event into a {@link ScimRequest}, and refuses what is wrong for every route alike. */
export function prepareRequests(dependencies: ScimDependencies, wayIn: WayIn): ScimMiddleware {
  const tenants = new TenantCache({ now: dependencies.runtime.now });
  return {
    before: async (request) => {
      const { trace } = request.internal;
      const { event, route, name } = wayIn.read(request.event);
      note(trace, event, name);
      const directory = await openDirectory(dependencies, { tenants, wayIn }, { event, route }, trace);
      assertMethod(event, route);
      request.event = toScimRequest(event, route, directory, trace);
    },
  };
}

function note(trace: RequestTrace, { httpMethod, requestContext }: ScimEvent, routeName: string): void {
  trace.requestId = requestContext.requestId;
  trace.tenant = requestContext.authorizer.tenant;
  trace.application = requestContext.authorizer.application;
  trace.credentialId = requestContext.authorizer.credentialId;
  trace.method = httpMethod;
  trace.route = routeName;
}

async function openDirectory(
  { table, tenantUrlTemplate, runtime }: ScimDependencies,
  { tenants, wayIn }: { readonly tenants: TenantCache; readonly wayIn: WayIn },
  { event, route }: Pick<EnteredRequest, 'event' | 'route'>,
  trace: RequestTrace,
): Promise<DirectoryContext> {
  const { requestContext } = event;
  const { authorizer, requestId } = requestContext;
  const { now, sleep, random, newId } = runtime;
  const retrying = createRetryingTable(table.withMeter(trace), {
    ...{ now, sleep, random, newId },
    deadline: deadlineOf(trace),
  });
  const found = await tenants.find(retrying, authorizer.tenant);
  if (found !== undefined && found.standing.state !== 'deleting') trace.asked = { path: route.path, id: undefined };
  wayIn.assertOwnTenant(event);
  if (trace.asked !== undefined) trace.asked = { path: route.path, id: findPathParameter(event, 'id') };
  const tenant = wayIn.getServed(found, now(), route);
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
function assertMethod({ httpMethod }: ScimEvent, { methods, path }: RoutePattern): void {
  if (methods.length === 0 || methods.includes(httpMethod)) return;
  const allow = methods.join(', ');
  throw new ScimError(405, `/${path} does not answer ${httpMethod.slice(0, 16)}, only ${allow}`, {
    headers: { allow },
  });
}

function toScimRequest(
  event: ScimEvent,
  route: RoutePattern,
  directory: DirectoryContext,
  trace: RequestTrace,
): ScimRequest {
  const parameters = event.queryStringParameters ?? {};
  return {
    event,
    route,
    query: (name) => (Object.hasOwn(parameters, name) ? parameters[name] : undefined),
    header: (name) => findHeader(event, name),
    parseBody: (limit) => {
      trace.body = parseBody(event, limit);
      return trace.body;
    },
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
