import * as z from 'zod';
import type { OperationOutcome } from '../../directory/bulk/bulk-work.ts';
import { performBulk } from '../../directory/bulk/perform-bulk.ts';
import type { DirectoryContext } from '../../directory/context.ts';
import { toScimError } from '../../lambda/http/scim-errors.ts';
import { BULK_REQUEST_SCHEMA, parseBulkRequest } from '../../scim/bulk/parse.ts';
import type { JsonObject } from '../../scim/json.ts';
import { schemas } from './directory.ts';
import { patchOf, type ScimServer } from './scim-server.ts';

/** The body of a bulk request. */
export function bulkOf(operations: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return { schemas: [BULK_REQUEST_SCHEMA], Operations: operations, ...more };
}

export function postUser(bulkId: string, userName: string, more: JsonObject = {}): JsonObject {
  return { method: 'POST', path: '/Users', bulkId, data: { userName, ...more } };
}

export function postGroup(bulkId: string, displayName: string, members: readonly string[] = []): JsonObject {
  const data = { displayName, members: members.map((value) => ({ value })) };
  return { method: 'POST', path: '/Groups', bulkId, data };
}

export function patch(path: string, ...operations: readonly JsonObject[]): JsonObject {
  return { method: 'PATCH', path, data: patchOf(...operations) };
}

const ErrorSchema = z.strictObject({
  schemas: z.tuple([z.literal('urn:ietf:params:scim:api:messages:2.0:Error')]),
  status: z.string(),
  scimType: z.string().optional(),
  detail: z.string(),
});

/** What RFC 7644 §3.7.3 lets a BulkResponse hold. */
const BulkResponseSchema = z.strictObject({
  schemas: z.tuple([z.literal('urn:ietf:params:scim:api:messages:2.0:BulkResponse')]),
  Operations: z.array(
    z.strictObject({
      location: z.string().optional(),
      method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']).optional(),
      bulkId: z.string().optional(),
      version: z.string().optional(),
      status: z.string().regex(/^[2-5]\d\d$/),
      response: ErrorSchema.optional(),
    }),
  ),
});
export type BulkAnswer = z.infer<typeof BulkResponseSchema>['Operations'][number];

/** Sends a bulk request that is answered 200. */
export async function sendBulk(
  server: ScimServer,
  tenant: string,
  operations: readonly JsonObject[],
  more: JsonObject = {},
): Promise<readonly BulkAnswer[]> {
  const { status, text, json } = await server.send(tenant, 'POST', '/Bulk', { body: bulkOf(operations, more) });
  if (status !== 200) throw new Error(`the bulk request was answered ${status} ${text}`);
  return BulkResponseSchema.parse(json).Operations;
}

export function statusesOf(answers: readonly BulkAnswer[]): readonly string[] {
  return answers.map(({ status }) => status);
}

/** The id of what an operation was about, from its location. */
export function idOf(answer: BulkAnswer | undefined): string {
  const id = answer?.location?.split('/').at(-1);
  if (id === undefined) throw new Error(`no location: ${JSON.stringify(answer)}`);
  return id;
}

const types = Object.values(schemas).map(({ type }) => type);

/** Performs a bulk request of these operations, below HTTP. */
export async function performBulkOf(
  context: DirectoryContext,
  operations: readonly JsonObject[],
): Promise<readonly (OperationOutcome | undefined)[]> {
  return await performBulk(context, parseBulkRequest(bulkOf(operations), types, operations.length), {
    remainingMs: () => 60_000,
    toError: (error) => toScimError(error, context.requestId),
  });
}
