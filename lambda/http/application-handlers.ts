import middy from '@middy/core';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { ScimError } from '../../scim/errors.ts';
import { SIGN_IN_PATH } from '../contract/application-routes.ts';
import { logActions } from './action-log.ts';
import { afterwards } from './afterwards.ts';
import { applicationWayIn } from './application-way-in.ts';
import { createDiscoveryHandlers } from './discovery-handlers.ts';
import { createSearchHandlers } from './list-handlers.ts';
import { ownershipHandlers } from './ownership-handlers.ts';
import { findHandler } from './pipeline.ts';
import type { RouteHandlers, ScimDependencies, ScimHandler, ScimRequest } from './request.ts';
import { logRequests } from './request-log.ts';
import { createResourceHandlers } from './resource-handlers.ts';
import { answerErrors } from './scim-errors.ts';
import { prepareRequests } from './scim-requests.ts';
import { postSignIn } from './sign-in-handler.ts';
import { getSnapshot } from './snapshot-handler.ts';

/** The application API: the handlers of SCIM by another way in. It is nobody's sync, so that no cycle counts it. */
export function createApplicationHandler(dependencies: ScimDependencies): ScimHandler {
  const handlers: RouteHandlers = {
    ...createResourceHandlers('User'),
    ...createResourceHandlers('Group'),
    ...createSearchHandlers(),
    ...createDiscoveryHandlers(),
    'GET snapshot': getSnapshot,
    ...ownershipHandlers,
    [`POST ${SIGN_IN_PATH}`]: postSignIn,
    'ANY {proxy+}': refuseUnknown,
  };
  const pipeline = middy<ScimRequest, APIGatewayProxyResult>()
    .use(logRequests(dependencies))
    .use(afterwards(logActions(dependencies)))
    .use(answerErrors())
    .use(prepareRequests(dependencies, applicationWayIn))
    .handler(async (request) => findHandler(handlers, request)(request));
  // As in pipeline.ts: prepareRequests replaces what comes in by what the handler is given.
  return pipeline as unknown as ScimHandler;
}

function refuseUnknown(): never {
  throw new ScimError(404, 'The application API has no such endpoint: docs/application-api.md lists those there are');
}
