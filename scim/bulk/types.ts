import type { ScimError } from '../errors.ts';
import type { VersionCondition } from '../etag.ts';
import type { JsonValue } from '../json.ts';
import type { ResourceTypeName } from '../schema/types.ts';

export type BulkMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * A request for many operations at once.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.7 RFC 7644 §3.7}
 */
export interface BulkRequest {
  /** After how many failed operations no further one is begun; undefined: whatever fails, all are performed. */
  readonly failOnErrors: number | undefined;
  readonly operations: readonly BulkOperation[];
}

export type BulkOperation = BulkCreation | BulkChange | FaultyOperation;

export interface BulkCreation {
  readonly kind: 'creation';
  readonly method: 'POST';
  /** By this other operations refer to what it creates; no other POST of the request has it. */
  readonly bulkId: string;
  readonly type: ResourceTypeName;
  readonly data: JsonValue;
}

export interface BulkChange {
  readonly kind: 'change';
  readonly method: 'PUT' | 'PATCH' | 'DELETE';
  readonly bulkId: string | undefined;
  readonly type: ResourceTypeName;
  readonly target: BulkTarget;
  readonly ifMatch: VersionCondition | undefined;
  /** `null` of a DELETE. */
  readonly data: JsonValue;
}

/** An operation that cannot be performed, since it is not what an operation must be. */
export interface FaultyOperation {
  readonly kind: 'faulty';
  /** What could be read of it. */
  readonly method: BulkMethod | undefined;
  readonly bulkId: string | undefined;
  readonly path: BulkPath | undefined;
  readonly error: ScimError;
}

/** A resource as the last segment of a path names it: by its id, or by the bulkId of the POST that creates it. */
export type BulkTarget = { readonly id: string } | { readonly bulkId: string };

/** Where an operation is sent: a resource type's endpoint, or one of its resources. */
export interface BulkPath {
  readonly type: ResourceTypeName;
  readonly target: BulkTarget | undefined;
}
