import type { JsonObject } from './json.ts';

/**
 * The detail error keywords of a SCIM error; the last three are those of cursor paging.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.12 RFC 7644 §3.12}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9865.html#section-2.1 RFC 9865 §2.1}
 */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive'
  | 'invalidCursor'
  | 'expiredCursor'
  | 'invalidCount';

export interface ScimErrorOptions {
  readonly scimType?: ScimType;
  /** Logged, never sent. */
  readonly cause?: unknown;
  /** Seconds after which the client may try again: the `Retry-After` header. */
  readonly retryAfterSeconds?: number;
  /** Further response headers, such as `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The one error that a client may see; whatever else is thrown becomes a bare 500. */
export class ScimError extends Error {
  override readonly name = 'ScimError';
  readonly status: number;
  readonly scimType: ScimType | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail - What was wrong, what was expected, what to do; never a personal value of another resource. */
  constructor(status: number, detail: string, options: ScimErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = status;
    this.scimType = options.scimType;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.headers = options.headers ?? {};
  }
}

export const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** The body of an error response; `status` is a string by RFC 7644 §3.12. */
export function toErrorBody(error: ScimError): JsonObject {
  return {
    schemas: [ERROR_SCHEMA],
    status: String(error.status),
    ...(error.scimType === undefined ? {} : { scimType: error.scimType }),
    detail: error.message,
  };
}

/** 400 `invalidFilter`. */
export function invalidFilter(detail: string): ScimError {
  return new ScimError(400, detail, { scimType: 'invalidFilter' });
}

/** 400 `invalidPath`: a PATCH path is malformed or names an attribute that no schema of the resource has. */
export function invalidPath(detail: string): ScimError {
  return new ScimError(400, detail, { scimType: 'invalidPath' });
}

/** 400 `invalidSyntax`: the message's structure is not that of the request's schema. */
export function invalidSyntax(detail: string): ScimError {
  return new ScimError(400, detail, { scimType: 'invalidSyntax' });
}

/** 400 `invalidValue`: a value is missing, or not of its attribute's type. */
export function invalidValue(detail: string): ScimError {
  return new ScimError(400, detail, { scimType: 'invalidValue' });
}

/** 400 `mutability`. */
export function mutabilityError(detail: string): ScimError {
  return new ScimError(400, detail, { scimType: 'mutability' });
}

/** 400 `noTarget`: a value path selects nothing that could be operated on. */
export function noTarget(detail: string): ScimError {
  return new ScimError(400, detail, { scimType: 'noTarget' });
}

/** 400 `tooMany`: the query would have to read or return more than the server is willing to. */
export function tooMany(detail: string): ScimError {
  return new ScimError(400, detail, { scimType: 'tooMany' });
}

/** 400 `invalidCursor`: none of this service's cursors, or one of another query; the client is not told which. */
export function invalidCursor(detail: string): ScimError {
  return new ScimError(400, detail, { scimType: 'invalidCursor' });
}

/** 400 `expiredCursor`. */
export function expiredCursor(detail: string): ScimError {
  return new ScimError(400, detail, { scimType: 'expiredCursor' });
}

/** 400 `invalidCount`: of a walk by cursor. */
export function invalidCount(detail: string): ScimError {
  return new ScimError(400, detail, { scimType: 'invalidCount' });
}

/** The value is taken by another resource of the tenant: 409 `uniqueness`. */
export function uniquenessError(attribute: string, cause?: unknown): ScimError {
  return new ScimError(409, `${attribute} is already in use by another resource`, { scimType: 'uniqueness', cause });
}

/** 404; one sentence for ids that are unknown, deleted or another tenant's: the three must not be told apart. */
export function resourceNotFound(id: string): ScimError {
  return new ScimError(404, `Resource ${JSON.stringify(id.slice(0, 64))} not found`);
}

/** 412: the version given in `If-Match` is not (or, in `If-None-Match`, is) the resource's. */
export function preconditionFailed(detail: string): ScimError {
  return new ScimError(412, detail);
}
