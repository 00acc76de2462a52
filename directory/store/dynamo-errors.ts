import {
  type CancellationReason,
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  IdempotentParameterMismatchException,
  ItemCollectionSizeLimitExceededException,
  LimitExceededException,
  ProvisionedThroughputExceededException,
  ReplicatedWriteConflictException,
  RequestLimitExceeded,
  ThrottlingException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import { toItem } from './attribute-values.ts';
import {
  InvalidRequestError,
  ItemTooLargeError,
  type Refusal,
  TableUnavailableError,
  TransactionConflictError,
  UnknownOutcomeError,
  WriteRefusedError,
} from './table-errors.ts';

/** Why the SDK never reached the service: the call cannot have taken effect. */
const UNREACHED_CODES = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
/** Why no answer came although the request may have arrived. */
const UNANSWERED_CODES = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED']);
const UNANSWERED_NAMES = new Set(['TimeoutError', 'AbortError']);

/**
 * What a failed write means, in the table's words; what it does not know it gives back as it came (missing permissions,
 * a missing table).
 *
 * A 5xx leaves the outcome of a write open, as the service's documentation says.
 *
 * @see {@link https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html Error handling with DynamoDB}
 */
export function toWriteError(error: unknown): unknown {
  if (error instanceof TransactionCanceledException) return toCancellationError(error);
  if (error instanceof ConditionalCheckFailedException) {
    const item = error.Item === undefined ? undefined : toItem(error.Item);
    return new WriteRefusedError([{ index: 0, item }], { cause: error });
  }
  if (error instanceof TransactionConflictException || error instanceof ReplicatedWriteConflictException) {
    return new TransactionConflictError(error.message, { cause: error });
  }
  // Our own earlier attempt under the same token is still under way.
  if (error instanceof TransactionInProgressException || isUnanswered(error) || isFault(error)) {
    return new UnknownOutcomeError(`no outcome of the write is known: ${messageOf(error)}`, { cause: error });
  }
  return toCommonError(error);
}

/** What a failed read means; a read may always be made again. */
export function toReadError(error: unknown): unknown {
  if (isUnanswered(error) || isFault(error)) {
    return new TableUnavailableError(`the table did not answer: ${messageOf(error)}`, { cause: error });
  }
  return toCommonError(error);
}

function toCommonError(error: unknown): unknown {
  if (isThrottle(error) || UNREACHED_CODES.has(codeOf(error))) {
    return new TableUnavailableError(messageOf(error), { cause: error });
  }
  if (error instanceof IdempotentParameterMismatchException) {
    return new InvalidRequestError('the token was used for a write with other actions (IdempotentParameterMismatch)', {
      cause: error,
    });
  }
  if (
    error instanceof ItemCollectionSizeLimitExceededException ||
    (error instanceof DynamoDBServiceException && error.name === 'ValidationException')
  ) {
    return toInvalidRequest(error.message, error);
  }
  return error;
}

/**
 * A transaction is cancelled for the reasons of all of its actions at once. A conflict or throttling goes before
 * refusals: DynamoDB has not evaluated that action's condition, so the refusals may be incomplete, and only a repeat
 * tells them all. A refusal goes before a breach of a limit, which is for an action to be applied at all.
 */
function toCancellationError(error: TransactionCanceledException): unknown {
  const reasons = error.CancellationReasons ?? [];
  const withCode = (...codes: readonly string[]) => reasons.find(({ Code }) => codes.includes(Code ?? ''));
  if (withCode('ThrottlingError', 'ProvisionedThroughputExceeded', 'RequestLimitExceeded') !== undefined) {
    return new TableUnavailableError('the transaction was throttled', { cause: error });
  }
  if (withCode('TransactionConflict') !== undefined) {
    return new TransactionConflictError('another transaction is under way on an item of this one', { cause: error });
  }
  const [first, ...others] = reasons.flatMap(toRefusals);
  if (first !== undefined) return new WriteRefusedError([first, ...others], { cause: error });
  const invalid = withCode('ValidationError', 'ItemCollectionSizeLimitExceeded');
  if (invalid === undefined) return error;
  return toInvalidRequest(`action ${reasons.indexOf(invalid)}: ${invalid.Message ?? invalid.Code}`, error);
}

function toRefusals({ Code, Item }: CancellationReason, index: number): readonly Refusal[] {
  if (Code !== 'ConditionalCheckFailed') return [];
  return [{ index, item: Item === undefined ? undefined : toItem(Item) }];
}

function toInvalidRequest(message: string, cause: unknown): InvalidRequestError {
  const isTooLarge = /item size/i.test(message);
  return isTooLarge ? new ItemTooLargeError(message, { cause }) : new InvalidRequestError(message, { cause });
}

function isThrottle(error: unknown): boolean {
  return (
    error instanceof ProvisionedThroughputExceededException ||
    error instanceof ThrottlingException ||
    error instanceof RequestLimitExceeded ||
    error instanceof LimitExceededException ||
    (error instanceof DynamoDBServiceException && error.$metadata.httpStatusCode === 429)
  );
}

function isFault(error: unknown): boolean {
  return statusOf(error) >= 500;
}

function isUnanswered(error: unknown): boolean {
  return error instanceof Error && (UNANSWERED_NAMES.has(error.name) || UNANSWERED_CODES.has(codeOf(error)));
}

/** The status is there as well where the body of an answer could not be read. */
function statusOf(error: unknown): number {
  if (error instanceof DynamoDBServiceException) return error.$metadata.httpStatusCode ?? 0;
  if (!(error instanceof Error) || !('$metadata' in error)) return 0;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return 0;
  return Number(metadata.httpStatusCode);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
