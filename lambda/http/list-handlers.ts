import type { APIGatewayProxyResult } from 'aws-lambda';
import { queryResources } from '../../directory/list-resources.ts';
import { LIST_PARAMETERS, type ListParameters, parseListRequest } from '../../scim/list-request.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { parseSearchRequest } from '../../scim/search-request.ts';
import type { RouteHandlers, ScimRequest } from './request.ts';
import { listResponse } from './resource-responses.ts';
import { select } from './selection.ts';

/**
 * The handlers of the routes that are searched by POST: one resource type's, and the root's, which has both.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.3 RFC 7644 §3.4.3}
 */
export function createSearchHandlers(): RouteHandlers {
  return {
    'POST Users/.search': (request) => search(['User'], request),
    'POST Groups/.search': (request) => search(['Group'], request),
    'POST .search': (request) => search(['User', 'Group'], request),
  };
}

/**
 * Answers a GET of a resource type's list.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.4.2 RFC 7644 §3.4.2}
 */
export async function answerQuery(type: ResourceTypeName, request: ScimRequest): Promise<APIGatewayProxyResult> {
  const given = LIST_PARAMETERS.flatMap((name) => {
    const value = request.query(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return await answerList(request, [type], Object.fromEntries(given));
}

async function search(types: readonly ResourceTypeName[], request: ScimRequest): Promise<APIGatewayProxyResult> {
  return await answerList(request, types, parseSearchRequest(request.parseBody()));
}

async function answerList(
  { directory }: ScimRequest,
  types: readonly ResourceTypeName[],
  parameters: ListParameters,
): Promise<APIGatewayProxyResult> {
  const { schemas, settings } = directory.tenant;
  const page = await queryResources(directory, {
    ...parseListRequest(parameters, settings.maxPageSize),
    types,
    selectionOf: (schema) => select(schema, parameters),
  });
  return listResponse(
    page,
    page.resources.map(({ type, ...resource }) => ({ schema: schemas[type], ...resource })),
  );
}
