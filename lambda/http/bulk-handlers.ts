import type { APIGatewayProxyResult } from 'aws-lambda';
import type { OperationOutcome } from '../../directory/bulk/bulk-work.ts';
import { performBulk } from '../../directory/bulk/perform-bulk.ts';
import { parseBulkRequest } from '../../scim/bulk/parse.ts';
import { type BulkResult, toBulkResponse } from '../../scim/bulk/response.ts';
import type { BulkOperation } from '../../scim/bulk/types.ts';
import { ScimError } from '../../scim/errors.ts';
import type { AskedOperation, RouteHandlers, ScimRequest } from './request.ts';
import { fitsResponse, jsonResponse, textResponse } from './responses.ts';
import { toScimError } from './scim-errors.ts';

/**
 * The handler of `/Bulk`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.7 RFC 7644 §3.7}
 */
export function createBulkHandlers(): RouteHandlers {
  return { 'POST Bulk': perform };
}

async function perform(request: ScimRequest): Promise<APIGatewayProxyResult> {
  const { directory, remainingMs } = request;
  const { schemas, settings } = directory.tenant;
  const types = Object.values(schemas).map(({ type }) => type);
  const body = request.parseBody({ bytes: settings.maxBulkBytes, name: 'maxPayloadSize' });
  const bulk = parseBulkRequest(body, types, settings.maxBulkOperations);
  const toError = (error: unknown) => toScimError(error, directory.requestId);
  const outcomes = await performBulk(directory, bulk, { remainingMs, toError });
  const ended = bulk.operations.flatMap((operation, place) => {
    const outcome = outcomes[place];
    return outcome === undefined ? [] : [{ operation, outcome }];
  });
  request.reportOperations(
    ended.map(({ operation, outcome }) => ({
      ...outcome,
      method: operation.method ?? '',
      scimType: outcome.error?.scimType,
      asked: toAsked(operation, outcome),
    })),
  );
  return bulkResponse(ended.map(toResult));
}

interface Ended {
  readonly operation: BulkOperation;
  readonly outcome: OperationOutcome;
}

/** A target that only a bulkId names has no id where its creation failed. */
function toAsked(operation: BulkOperation, { error }: OperationOutcome): AskedOperation {
  const detail = error?.message;
  if (operation.kind === 'creation') return { type: operation.type, id: undefined, body: operation.data, detail };
  const path = operation.kind === 'change' ? operation : operation.path;
  const target = path?.target;
  const id = target !== undefined && 'id' in target ? target.id : undefined;
  return { type: path?.type, id, body: operation.kind === 'change' ? operation.data : undefined, detail };
}

function toResult({ operation: { method, bulkId }, outcome }: Ended): BulkResult {
  return { ...outcome, method, bulkId };
}

/** What failed says why, unless the answer would then be larger than one may be: then no more than how. */
function bulkResponse(results: readonly BulkResult[]): APIGatewayProxyResult {
  const text = JSON.stringify(toBulkResponse(results));
  return fitsResponse(text) ? textResponse(200, text) : jsonResponse(200, toBulkResponse(results.map(withoutDetail)));
}

function withoutDetail({ error, ...result }: BulkResult): BulkResult {
  if (error === undefined) return { ...result, error };
  const { status, scimType } = error;
  return {
    ...result,
    error: new ScimError(status, 'Left out: there is no room for it', scimType === undefined ? {} : { scimType }),
  };
}
