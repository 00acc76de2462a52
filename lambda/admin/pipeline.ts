import middy from '@middy/core';
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { ACTORS } from '../../directory/context.ts';
import { getTenantRecords } from '../../directory/operator/tenants.ts';
import { createRetryingTable } from '../../directory/store/retrying-table.ts';
import { toTenant } from '../../directory/tenant-records.ts';
import type { AdminOperation } from '../contract/admin-api.ts';
import { toTenantUrl } from '../http/tenant-url.ts';
import { describeFailure } from '../observability/log.ts';
import { type AdminError, toAdminError } from './admin-error.ts';
import { parseInput } from './admin-input.ts';
import {
  type AdminCall,
  type AdminContext,
  type AdminDependencies,
  type AdminEvent,
  AdminEventSchema,
  type AdminHandlers,
} from './admin-request.ts';
import { findOperation, routeOf } from './route.ts';

/** Until when a call's writes are tried again; API Gateway gives up at 29 s. */
const DEADLINE_MILLIS = 20_000;

/** The admin entry's Lambda handler; the event is API Gateway's, and parsed. */
export type AdminLambdaHandler = (event: unknown, context: Context) => Promise<APIGatewayProxyResult>;

/** What the log line of a call says. */
interface Trace {
  readonly startedAt: number;
  requestId: string;
  principal: string | undefined;
  operation: string;
  tenant: string | undefined;
  application: string | undefined;
}

type Middleware = middy.MiddlewareObj<unknown, APIGatewayProxyResult, Error, Context, { trace: Trace }>;

/** The shared middlewares around the handlers: one log line, errors as JSON, requests checked against the contract. */
export function createAdminHandler(dependencies: AdminDependencies, handlers: AdminHandlers): AdminLambdaHandler {
  const pipeline = middy<unknown, APIGatewayProxyResult>()
    .use(logAndAnswerErrors(dependencies))
    .use(prepareCalls(dependencies))
    .handler(async (prepared) => {
      const { operation, call } = prepared as Prepared; // what prepareCalls has put in place of the event
      return jsonResponse(createsSomething(operation) ? 201 : 200, await answer(handlers, operation, call));
    });
  return pipeline as unknown as AdminLambdaHandler;
}

interface Prepared {
  readonly operation: AdminOperation;
  readonly call: AdminCall<AdminOperation>;
}

/** The contract's types tie each operation to its call; here the operation is not known any closer. */
async function answer(handlers: AdminHandlers, operation: AdminOperation, call: Prepared['call']): Promise<unknown> {
  const handler = handlers[operation] as (call: Prepared['call']) => Promise<unknown>;
  return await handler(call);
}

function logAndAnswerErrors({ log, runtime }: AdminDependencies): Middleware {
  const finish = ({ startedAt, ...names }: Trace, status: number, error?: AdminError, failure?: unknown): void => {
    const fields = { ...names, status, code: error?.code, durationMs: Math.round(runtime.now() - startedAt) };
    if (failure === undefined) log.info('admin call', fields);
    else log.error('admin call failed', { ...fields, failure: describeFailure(failure) });
  };
  return {
    before: ({ internal }) => {
      internal.trace = {
        startedAt: runtime.now(),
        requestId: '',
        principal: undefined,
        operation: 'unknown',
        tenant: undefined,
        application: undefined,
      };
    },
    after: ({ internal, response }) => finish(internal.trace, response?.statusCode ?? 0),
    onError: (request) => {
      const { trace } = request.internal;
      const error = toAdminError(request.error, trace.requestId);
      finish(trace, error.status, error, error.status === 500 ? request.error : undefined);
      request.response = errorResponse(error);
    },
  };
}

function prepareCalls(dependencies: AdminDependencies): Middleware {
  return {
    before: (request) => {
      const { trace } = request.internal;
      const event = AdminEventSchema.parse(request.event);
      trace.requestId = event.requestContext.requestId;
      trace.principal = event.requestContext.identity.userArn;
      const { operation, parameters } = findOperation(event);
      const { tenant = '', application = '', id = '' } = parameters;
      trace.operation = operation;
      trace.tenant = nameOrNothing(tenant);
      trace.application = nameOrNothing(application);
      const context = createContext(dependencies, event, trace.startedAt);
      const input = parseInput(routeOf(operation), event);
      request.event = { operation, call: { context, path: { tenant, application, id }, ...input } };
    },
  };
}

function createContext(dependencies: AdminDependencies, event: AdminEvent, startedAt: number): AdminContext {
  const { table, vault, webhookSecrets, webhooks, publisher, tenantUrlTemplate, runbook, runtime, randomBytes } =
    dependencies;
  const { requestId, identity } = event.requestContext;
  const deadline = startedAt + DEADLINE_MILLIS;
  const retrying = createRetryingTable(table, { ...runtime, deadline });
  const now = () => new Date(runtime.now());
  const tenantUrlOf = (tenant: string) => toTenantUrl(tenantUrlTemplate, tenant, event.requestContext);
  const openDirectory: AdminContext['openDirectory'] = async (name, options) => ({
    table: retrying,
    tenant: toTenant(name, await getTenantRecords({ table: retrying }, name), options),
    application: ACTORS.operator,
    requestId,
    tenantUrl: tenantUrlOf(name),
    now,
    newId: runtime.newId,
  });
  return {
    table: retrying,
    ...{ vault, webhookSecrets, webhooks, publisher },
    principal: identity.userArn,
    requestId,
    now,
    newId: runtime.newId,
    randomBytes,
    runbook,
    tenantUrlOf,
    openDirectory,
    remainingMs: () => deadline - runtime.now(),
  };
}

/** What comes from outside goes into the log only where it can be a name. */
function nameOrNothing(text: string): string | undefined {
  return /^[a-z0-9-]{1,40}$/.test(text) ? text : undefined;
}

function createsSomething(operation: AdminOperation): boolean {
  return operation === 'createTenant' || operation === 'createApplication';
}

function errorResponse({ status, code, message, retryAfterSeconds }: AdminError): APIGatewayProxyResult {
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return jsonResponse(status, { error: { code, message } }, headers);
}

function jsonResponse(
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyResult {
  const standard = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  return { statusCode, headers: { ...standard, ...headers }, body: JSON.stringify(body) };
}
