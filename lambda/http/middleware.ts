import type middy from '@middy/core';
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import type { ScimRequest } from './request.ts';
import type { RequestTrace } from './request-trace.ts';

/** What the middlewares of one request share. */
interface Shared extends Record<string, unknown> {
  trace: RequestTrace;
}

export type ScimMiddleware = middy.MiddlewareObj<ScimRequest, APIGatewayProxyResult, Error, Context, Shared>;
