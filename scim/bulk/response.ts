import { type ScimError, toErrorBody } from '../errors.ts';
import { toETag } from '../etag.ts';
import type { JsonObject } from '../json.ts';
import type { BulkMethod } from './types.ts';

export const BULK_RESPONSE_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';

/** What became of an operation. */
export interface BulkResult {
  /** Undefined where the request gave none that there is. */
  readonly method: BulkMethod | undefined;
  readonly bulkId: string | undefined;
  /** The status of a request of its own. */
  readonly status: number;
  /** URL of the resource, where there is or could be one. */
  readonly location: string | undefined;
  /** Undefined where it failed, and where it is not known: see `ChangeReceipt`. */
  readonly version: number | undefined;
  /** Undefined where it succeeded. */
  readonly error: ScimError | undefined;
}

/**
 * The answer to a bulk request. The bodies of successful operations are left out, as the RFC lets a server do: the client
 * has sent them, and a thousand would not fit.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.7.3 RFC 7644 §3.7.3}
 */
export function toBulkResponse(results: readonly BulkResult[]): JsonObject {
  return { schemas: [BULK_RESPONSE_SCHEMA], Operations: results.map(toOperation) };
}

function toOperation({ method, bulkId, status, location, version, error }: BulkResult): JsonObject {
  return {
    ...(location === undefined ? {} : { location }),
    ...(method === undefined ? {} : { method }),
    ...(bulkId === undefined ? {} : { bulkId }),
    ...(version === undefined ? {} : { version: toETag(version) }),
    status: String(status),
    ...(error === undefined ? {} : { response: toErrorBody(error) }),
  };
}
