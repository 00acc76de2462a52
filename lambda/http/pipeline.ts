import middy from '@middy/core';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { logActions } from './action-log.ts';
import { afterwards } from './afterwards.ts';
import type { RouteHandler, RouteHandlers, ScimDependencies, ScimHandler, ScimRequest } from './request.ts';
import { accountRequests } from './request-accounting.ts';
import { logRequests } from './request-log.ts';
import { answerErrors } from './scim-errors.ts';
import { prepareRequests } from './scim-requests.ts';
import { createTokenWayIn } from './token-way-in.ts';

/**
 * What every SCIM entry is: the shared middlewares around its handlers. Nothing it is given ends in anything but a SCIM
 * answer; what nobody foresaw is a bare 500 that names the request.
 */
export function createScimHandler(dependencies: ScimDependencies, handlers: RouteHandlers): ScimHandler {
  const pipeline = middy<ScimRequest, APIGatewayProxyResult>()
    .use(logRequests(dependencies))
    .use(afterwards(accountRequests(dependencies), logActions(dependencies)))
    .use(answerErrors())
    .use(prepareRequests(dependencies, createTokenWayIn(dependencies.tenantUrlTemplate)))
    .handler(async (request) => findHandler(handlers, request)(request));
  // middy has one type for what comes in and what the handler is given; prepareRequests replaces the one by the other.
  return pipeline as unknown as ScimHandler;
}

/** Only for methods that the route lists, so that no name from outside is looked up. */
export function findHandler(handlers: RouteHandlers, { event, route }: ScimRequest): RouteHandler {
  const handler = handlers[`${event.httpMethod} ${route.path}`] ?? handlers[`ANY ${route.path}`];
  if (handler === undefined) throw new Error(`no handler for ${event.httpMethod} ${route.path}`);
  return handler;
}
