import type { APIGatewayProxyResult } from 'aws-lambda';
import { createResource } from '../../directory/create-resource.ts';
import { deleteResource } from '../../directory/delete-resource.ts';
import { getResource } from '../../directory/get-resource.ts';
import { listResources } from '../../directory/list-resources.ts';
import { patchResource } from '../../directory/patch-resource.ts';
import { replaceResource } from '../../directory/replace-resource.ts';
import { resourceNotFound } from '../../scim/errors.ts';
import { toETag } from '../../scim/etag.ts';
import { parseFilter } from '../../scim/filter/parser.ts';
import { parsePaging } from '../../scim/paging.ts';
import { parsePatchBody } from '../../scim/patch/parse.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { parseResourceBody } from '../../scim/validation/resource-body.ts';
import { findPathParameter } from './event.ts';
import { judgeGet, readWriteCondition } from './preconditions.ts';
import type { RouteHandlers, ScimRequest } from './request.ts';
import { listResponse, readResponse, writtenResponse } from './resource-responses.ts';
import { emptyResponse } from './responses.ts';
import { isDerivedSelected, selectionOf } from './selection.ts';

/**
 * The handlers of a resource type's two routes.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.2 RFC 7644 §3.2}
 */
export function createResourceHandlers(type: ResourceTypeName): RouteHandlers {
  return {
    [`GET ${type}s`]: (request) => list(type, request),
    [`POST ${type}s`]: (request) => create(type, request),
    [`GET ${type}s/{id}`]: (request) => get(type, request),
    [`PUT ${type}s/{id}`]: (request) => replace(type, request),
    [`PATCH ${type}s/{id}`]: (request) => patch(type, request),
    [`DELETE ${type}s/{id}`]: (request) => remove(type, request),
  };
}

/** `sortBy` is ignored: sorting is declared unsupported (RFC 7644 §3.4.2.3). */
async function list(type: ResourceTypeName, request: ScimRequest): Promise<APIGatewayProxyResult> {
  const { directory, query } = request;
  const { schemas, settings } = directory.tenant;
  const schema = schemas[type];
  const selection = selectionOf(schema, request);
  const paging = parsePaging({ startIndex: query('startIndex'), count: query('count') }, settings.maxPageSize);
  const filterText = query('filter');
  const filter = filterText === undefined ? undefined : parseFilter(filterText);
  const { totalResults, resources } = await listResources(directory, type, { filter, ...paging, selection });
  return listResponse(
    { totalResults, startIndex: paging.startIndex },
    resources.map((view) => ({ schema, view, selection })),
  );
}

async function create(type: ResourceTypeName, request: ScimRequest): Promise<APIGatewayProxyResult> {
  const { directory } = request;
  const schema = directory.tenant.schemas[type];
  const selection = selectionOf(schema, request);
  const body = parseResourceBody(schema, request.parseBody());
  const view = await createResource(directory, type, body, selection);
  request.report(view.done);
  return writtenResponse(201, { schema, view, selection });
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

async function replace(type: ResourceTypeName, request: ScimRequest): Promise<APIGatewayProxyResult> {
  const { directory } = request;
  const id = getId(request);
  const schema = directory.tenant.schemas[type];
  const selection = selectionOf(schema, request);
  const body = parseResourceBody(schema, request.parseBody());
  const ifMatch = await readWriteCondition(type, id, request);
  const view = await replaceResource(directory, type, id, body, { ifMatch, selection });
  request.report(view.done);
  return writtenResponse(200, { schema, view, selection });
}

/**
 * A user is answered as it is then; a group only where the query asks for it by `attributes` or `excludedAttributes`
 * (RFC 7644 §3.5.2), since its members may be many.
 */
async function patch(type: ResourceTypeName, request: ScimRequest): Promise<APIGatewayProxyResult> {
  const { directory } = request;
  const id = getId(request);
  const schema = directory.tenant.schemas[type];
  const asked = selectionOf(schema, request);
  const selection = type === 'User' || asked.parameter !== undefined ? asked : undefined;
  const operations = parsePatchBody(schema, request.parseBody());
  const ifMatch = await readWriteCondition(type, id, request);
  const view = await patchResource(directory, type, id, operations, { ifMatch, selection });
  request.report(view.done);
  if (view.representation !== undefined) return writtenResponse(200, { schema, view, selection: asked });
  return emptyResponse(204, view.version === undefined ? {} : { etag: toETag(view.version) });
}

async function remove(type: ResourceTypeName, request: ScimRequest): Promise<APIGatewayProxyResult> {
  const id = getId(request);
  const ifMatch = await readWriteCondition(type, id, request);
  request.report(await deleteResource(request.directory, type, id, { ifMatch }));
  return emptyResponse(204);
}

function getId({ event }: ScimRequest): string {
  const id = findPathParameter(event, 'id');
  if (id === undefined) throw resourceNotFound(event.pathParameters?.['id'] ?? '');
  return id;
}
