import { ItemTooLargeError, TableBusyError } from '../../directory/store/table-errors.ts';
import { ScimError } from '../../scim/errors.ts';
import type { ScimMiddleware } from './middleware.ts';
import { errorResponse } from './responses.ts';

const BUSY_RETRY_SECONDS = 2;

/**
 * Answers whatever a request throws with a SCIM error. Of what is no {@link ScimError} nothing is sent but the id under
 * which the log has it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.12 RFC 7644 §3.12}
 */
export function answerErrors(): ScimMiddleware {
  return {
    // Must return nothing: middy would skip the request log's turn.
    onError: (request) => {
      const { trace } = request.internal;
      const error = toScimError(request.error, trace.requestId);
      trace.scimType = error.scimType;
      trace.detail = error.message;
      if (error !== request.error) trace.failure = request.error;
      request.response = errorResponse(error);
    },
  };
}

/** Whatever was thrown, as the client may see it. */
export function toScimError(error: unknown, requestId: string): ScimError {
  if (error instanceof ScimError) return error;
  if (error instanceof TableBusyError) {
    return new ScimError(503, 'The directory is busy: wait, then send the request again', {
      retryAfterSeconds: BUSY_RETRY_SECONDS,
      cause: error,
    });
  }
  if (error instanceof ItemTooLargeError) {
    return new ScimError(413, 'The resource would be larger than 400 KB, the most that the directory stores of one');
  }
  return new ScimError(500, `Internal error; the operator finds it under the request id ${requestId}`);
}
