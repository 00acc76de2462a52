import { OperationRefusedError, type RefusalCode } from '../../directory/operator/operation.ts';
import { TableBusyError } from '../../directory/store/table-errors.ts';
import { ScimError } from '../../scim/errors.ts';

/** An answer of the admin API from 400 on. */
export class AdminError extends Error {
  override readonly name = 'AdminError';
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;

  /** @param message - What was wrong, what was expected, what to do; never a token. */
  constructor(status: number, code: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const BUSY_RETRY_SECONDS = 2;

const statuses: Readonly<Record<RefusalCode, number>> = {
  invalid: 400,
  unconfirmed: 400,
  not_found: 404,
  conflict: 409,
};

/** Of what nobody foresaw nothing is told but the id under which the log has it. */
export function toAdminError(error: unknown, requestId: string): AdminError {
  if (error instanceof AdminError) return error;
  if (error instanceof OperationRefusedError) return new AdminError(statuses[error.code], error.code, error.message);
  // Of the directory, asked for users and groups.
  if (error instanceof ScimError) return new AdminError(error.status, error.scimType ?? codeOf(error), error.message);
  if (error instanceof TableBusyError) {
    return new AdminError(503, 'busy', 'the directory is busy: wait, then try again', BUSY_RETRY_SECONDS);
  }
  return new AdminError(500, 'internal', `internal error; the log has it under the request id ${requestId}`);
}

function codeOf({ status }: ScimError): string {
  return status === 404 ? 'not_found' : 'invalid';
}
