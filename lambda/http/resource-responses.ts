import type { APIGatewayProxyResult } from 'aws-lambda';
import { largerThanAnswer } from '../../directory/answer-size.ts';
import type { ListPage } from '../../directory/list-resources.ts';
import type { ResourceView } from '../../directory/resource-view.ts';
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

/** A resource that was read. @throws {@link ScimError} 400 `tooMany` where it has more memberships than an answer holds. */
export function readResponse(answer: Answer): APIGatewayProxyResult {
  const text = JSON.stringify(toBody(answer));
  if (!fitsResponse(text)) throw largerThanAnswer(answer.schema.type.name);
  return textResponse(200, text, toHeaders(answer));
}

/** A resource that was written. The write is done, so that where memberships are too many the answer leaves them out. */
export function writtenResponse(statusCode: number, answer: Answer): APIGatewayProxyResult {
  const body = toBody(answer);
  const text = JSON.stringify(body);
  const { members: _members, groups: _groups, ...rest } = body;
  return textResponse(statusCode, fitsResponse(text) ? text : JSON.stringify(rest), toHeaders(answer));
}

/**
 * A page of a list; shorter than asked for where it would be larger than an answer may be, as RFC 7644 §3.4.2.4 allows. A
 * walk by cursor goes on behind what is answered.
 *
 * @throws {@link ScimError} 400 `tooMany` where not even one resource fits.
 */
export function listResponse(
  { totalResults, startIndex, cursorAfter }: Omit<ListPage, 'resources'>,
  answers: readonly Answer[],
): APIGatewayProxyResult {
  const all = answers.map(toBody);
  for (let length = all.length; ; length = Math.floor(length / 2)) {
    const resources = all.slice(0, length);
    const text = JSON.stringify(
      toListResponse({ totalResults, startIndex, nextCursor: cursorAfter(length), resources }),
    );
    if (fitsResponse(text)) return textResponse(200, text);
    if (length === 1) break;
  }
  throw largerThanAnswer(answers[0]?.schema.type.name ?? 'Group');
}

function toBody({ schema, view, selection }: Answer): JsonObject {
  return project(schema, view.representation, selection);
}

function toHeaders({ view }: Answer): Readonly<Record<string, string>> {
  return { etag: toETag(view.version), location: view.location };
}
