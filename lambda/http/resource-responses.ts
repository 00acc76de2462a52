import type { APIGatewayProxyResult } from 'aws-lambda';
import type { ResourceView } from '../../directory/resource-view.ts';
import { tooMany } from '../../scim/errors.ts';
import { toETag } from '../../scim/etag.ts';
import type { JsonObject } from '../../scim/json.ts';
import { toListResponse } from '../../scim/list-response.ts';
import { project, type Selection } from '../../scim/projection.ts';
import type { ResourceSchema } from '../../scim/schema/resource-schema.ts';
import { fitsResponse, textResponse } from './responses.ts';

/** A resource that is answered. */
export interface Answer {
  readonly schema: ResourceSchema;
  readonly view: ResourceView;
  readonly selection: Selection;
}

/** A resource that was read. @throws {@link ScimError} 400 `tooMany` where it has more members than an answer holds. */
export function readResponse(answer: Answer): APIGatewayProxyResult {
  const text = JSON.stringify(toBody(answer));
  if (!fitsResponse(text)) {
    throw tooMany('The resource is larger than an answer may be: ask again with excludedAttributes=members');
  }
  return textResponse(200, text, toHeaders(answer));
}

/** A resource that was written. The write is done, so that where members are too many the answer leaves them out. */
export function writtenResponse(statusCode: 200 | 201, answer: Answer): APIGatewayProxyResult {
  const body = toBody(answer);
  const text = JSON.stringify(body);
  const { members: _, ...withoutMembers } = body;
  return textResponse(statusCode, fitsResponse(text) ? text : JSON.stringify(withoutMembers), toHeaders(answer));
}

/**
 * A page of a list; shorter than asked for where it would be larger than an answer may be, as RFC 7644 §3.4.2.4 allows.
 *
 * @throws {@link ScimError} 400 `tooMany` where not even one resource fits.
 */
export function listResponse(
  { totalResults, startIndex }: { readonly totalResults: number; readonly startIndex: number },
  answers: readonly Answer[],
): APIGatewayProxyResult {
  const resources = answers.map(toBody);
  for (let length = resources.length; length > 0; length = Math.floor(length / 2)) {
    const body = toListResponse({ totalResults, startIndex, resources: resources.slice(0, length) });
    const text = JSON.stringify(body);
    if (fitsResponse(text)) return textResponse(200, text);
  }
  if (resources.length > 0) {
    throw tooMany('A resource of the list is larger than an answer may be: ask again with excludedAttributes=members');
  }
  return textResponse(200, JSON.stringify(toListResponse({ totalResults, startIndex, resources })));
}

function toBody({ schema, view, selection }: Answer): JsonObject {
  return project(schema, view.representation, selection);
}

function toHeaders({ view }: Answer): Readonly<Record<string, string>> {
  return { etag: toETag(view.version), location: view.location };
}
