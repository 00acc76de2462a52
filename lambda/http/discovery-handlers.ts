import type { APIGatewayProxyResult } from 'aws-lambda';
import type { DirectoryContext } from '../../directory/context.ts';
import { serves } from '../../directory/lifecycle/features.ts';
import { resourceTypeRepresentations, schemaRepresentations, serviceProviderConfig } from '../../scim/discovery.ts';
import { resourceNotFound, ScimError } from '../../scim/errors.ts';
import { type JsonObject, member } from '../../scim/json.ts';
import { toListResponse } from '../../scim/list-response.ts';
import type { ResourceSchema } from '../../scim/schema/resource-schema.ts';
import { findPathParameter } from './event.ts';
import { redirectToKnownRoute } from './redirect.ts';
import type { RouteHandlers, ScimRequest } from './request.ts';
import { jsonResponse } from './responses.ts';

/**
 * The handlers of the discovery endpoints, of `/Me`, and of every path that no route has.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-4 RFC 7644 §4}
 */
export function createDiscoveryHandlers(): RouteHandlers {
  return {
    'GET ServiceProviderConfig': getServiceProviderConfig,
    'GET ResourceTypes': (request) => list(request, resourceTypesOf(request)),
    'GET ResourceTypes/{id}': (request) => get(request, resourceTypesOf(request)),
    'GET Schemas': (request) => list(request, schemasOf(request)),
    'GET Schemas/{id}': (request) => get(request, schemasOf(request)),
    'ANY Me': refuseMe,
    'ANY {proxy+}': redirectToKnownRoute,
  };
}

function getServiceProviderConfig(request: ScimRequest): APIGatewayProxyResult {
  assertUnfiltered(request);
  const { tenant, tenantUrl } = request.directory;
  return jsonResponse(200, serviceProviderConfig(tenantUrl, tenant.settings));
}

/** All of them, whatever `startIndex`, `count` and `sortBy` say: RFC 7644 §4 wants them ignored here. */
function list(request: ScimRequest, resources: readonly JsonObject[]): APIGatewayProxyResult {
  assertUnfiltered(request);
  return jsonResponse(200, toListResponse({ totalResults: resources.length, startIndex: 1, resources }));
}

function get(request: ScimRequest, resources: readonly JsonObject[]): APIGatewayProxyResult {
  assertUnfiltered(request);
  const id = findPathParameter(request.event, 'id') ?? '';
  // URNs are case-insensitive (RFC 8141 §3.1).
  const resource = resources.find((candidate) => String(member(candidate, 'id')).toLowerCase() === id.toLowerCase());
  if (resource === undefined) throw resourceNotFound(id);
  return jsonResponse(200, resource);
}

function resourceTypesOf({ directory }: ScimRequest): readonly JsonObject[] {
  return resourceTypeRepresentations(servedSchemas(directory), directory.tenantUrl);
}

function schemasOf({ directory }: ScimRequest): readonly JsonObject[] {
  return schemaRepresentations(servedSchemas(directory), directory.tenantUrl);
}

/** Those of the resource types that the application is served. */
function servedSchemas(directory: DirectoryContext): readonly ResourceSchema[] {
  return Object.values(directory.tenant.schemas).filter(({ type }) => serves(directory, type.name));
}

/** So that nobody takes the whole list for what the filter selects (RFC 7644 §4). */
function assertUnfiltered({ query }: ScimRequest): void {
  if (query('filter') === undefined) return;
  throw new ScimError(403, 'This endpoint cannot be filtered: ask again without filter');
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.11 RFC 7644 §3.11} */
function refuseMe(): never {
  throw new ScimError(
    501,
    'There is no /Me: the secret token stands for an application of the tenant and for no user; use /Users with a filter',
  );
}
