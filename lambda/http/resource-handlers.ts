import type { APIGatewayProxyResult } from 'aws-lambda';
import { getResource } from '../../directory/get-resource.ts';
import { performWrite, type ResourceWrite } from '../../directory/perform-write.ts';
import { resourceNotFound } from '../../scim/errors.ts';
import { toETag } from '../../scim/etag.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { findPathParameter } from './event.ts';
import { answerQuery } from './list-handlers.ts';
import { judgeGet, readWriteCondition } from './preconditions.ts';
import type { RouteHandlers, ScimRequest } from './request.ts';
import { readResponse, writtenResponse } from './resource-responses.ts';
import { emptyResponse } from './responses.ts';
import { isDerivedSelected, selectionOf } from './selection.ts';

/**
 * The handlers of a resource type's two routes.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.2 RFC 7644 §3.2}
 */
export function createResourceHandlers(type: ResourceTypeName): RouteHandlers {
  return {
    [`GET ${type}s`]: (request) => answerQuery(type, request),
    [`POST ${type}s`]: (request) => answerWrite(request, { method: 'POST', type, body: request.parseBody() }),
    [`GET ${type}s/{id}`]: (request) => get(type, request),
    [`PUT ${type}s/{id}`]: (request) => change(type, 'PUT', request),
    [`PATCH ${type}s/{id}`]: (request) => change(type, 'PATCH', request),
    [`DELETE ${type}s/{id}`]: (request) => remove(type, request),
  };
}

async function get(type: ResourceTypeName, request: ScimRequest): Promise<APIGatewayProxyResult> {
  const { directory } = request;
  const id = getId(request);
  const schema = directory.tenant.schemas[type];
  const selection = selectionOf(schema, request);
  const view = await getResource(directory, type, id, selection);
  const verdict = judgeGet(request, view.version, !isDerivedSelected(schema, selection));
  if (verdict === 'notModified') return emptyResponse(304, { etag: toETag(view.version) });
  return readResponse({ schema, view, selection });
}

/** A user is answered as it is then, a group only where the query asks for certain attributes (RFC 7644 §3.5.2). */
async function change(
  type: ResourceTypeName,
  method: 'PUT' | 'PATCH',
  request: ScimRequest,
): Promise<APIGatewayProxyResult> {
  const id = getId(request);
  const body = request.parseBody();
  const ifMatch = await readWriteCondition(type, id, request);
  return await answerWrite(request, { method, type, id, body, ifMatch });
}

async function remove(type: ResourceTypeName, request: ScimRequest): Promise<APIGatewayProxyResult> {
  const id = getId(request);
  const ifMatch = await readWriteCondition(type, id, request);
  return await answerWrite(request, { method: 'DELETE', type, id, ifMatch });
}

async function answerWrite(request: ScimRequest, write: ResourceWrite): Promise<APIGatewayProxyResult> {
  const { directory } = request;
  const schema = directory.tenant.schemas[write.type];
  const selection = selectionOf(schema, request);
  const { status, done, ...view } = await performWrite(directory, write, selection);
  request.report(done);
  if (view.representation !== undefined) return writtenResponse(status, { schema, view, selection });
  return emptyResponse(status, view.version === undefined ? {} : { etag: toETag(view.version) });
}

function getId({ event }: ScimRequest): string {
  const id = findPathParameter(event, 'id');
  if (id === undefined) throw resourceNotFound(event.pathParameters?.['id'] ?? '');
  return id;
}
