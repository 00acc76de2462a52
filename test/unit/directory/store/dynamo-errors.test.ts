import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  IdempotentParameterMismatchException,
  InternalServerError,
  ProvisionedThroughputExceededException,
  ResourceNotFoundException,
  ThrottlingException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { toReadError, toWriteError } from '../../../../directory/store/dynamo-errors.ts';

const said = { message: 'said', $metadata: { httpStatusCode: 400 } };
const item = { pk: { S: 'p' }, sk: { S: 's' }, n: { N: '1' } };
const refused = { Code: 'ConditionalCheckFailed', Item: item };
const fine = { Code: 'None' };

function cancelled(...reasons: readonly { readonly Code: string; readonly Message?: string }[]) {
  return new TransactionCanceledException({ ...said, CancellationReasons: [...reasons] });
}

function validation(message: string) {
  return new DynamoDBServiceException({ ...said, name: 'ValidationException', $fault: 'client', message });
}

function failure(properties: { readonly name?: string; readonly code?: string }) {
  return Object.assign(new Error('said'), properties);
}

const serverFault = new InternalServerError({ message: 'said', $metadata: { httpStatusCode: 500 } });
const gatewayFault = new DynamoDBServiceException({
  name: 'ServiceUnavailable',
  $fault: 'server',
  $metadata: { httpStatusCode: 503 },
});
const unreadableFault = Object.assign(new SyntaxError('no JSON'), { $metadata: { httpStatusCode: 502 } });

describe('toWriteError', () => {
  it('names every refused action of a transaction, with its old item', () => {
    expect(toWriteError(cancelled(fine, refused, { Code: 'ConditionalCheckFailed' }))).toMatchObject({
      name: 'WriteRefusedError',
      refusals: [
        { index: 1, item: { pk: 'p', sk: 's', n: 1 } },
        { index: 2, item: undefined },
      ],
    });
  });

  it('names the one action of a single write', () => {
    const error = new ConditionalCheckFailedException({ ...said, Item: item });
    expect(toWriteError(error)).toMatchObject({
      name: 'WriteRefusedError',
      refusals: [{ index: 0, item: { pk: 'p', sk: 's', n: 1 } }],
    });
    expect(toWriteError(new ConditionalCheckFailedException(said))).toMatchObject({ refusals: [{ index: 0 }] });
  });

  it.each([
    [
      'a conflict before a refusal, which may not be all of them',
      [refused, { Code: 'TransactionConflict' }],
      'TransactionConflictError',
    ],
    ['throttling before a refusal', [refused, { Code: 'ThrottlingError' }], 'TableUnavailableError'],
    [
      'throttling before a conflict',
      [{ Code: 'TransactionConflict' }, { Code: 'ProvisionedThroughputExceeded' }],
      'TableUnavailableError',
    ],
    [
      'a conflict before what breaks a limit',
      [refused, { Code: 'TransactionConflict' }, { Code: 'ValidationError', Message: 'type' }],
      'TransactionConflictError',
    ],
    ['a refusal before what breaks a limit', [refused, { Code: 'ValidationError' }], 'WriteRefusedError'],
    ['a collection that is full', [{ Code: 'ItemCollectionSizeLimitExceeded' }], 'InvalidRequestError'],
    [
      'an item that grew too large',
      [{ Code: 'ValidationError', Message: 'Item size to update has exceeded' }],
      'ItemTooLargeError',
    ],
  ])('tells of a cancelled transaction: %s', (_case, reasons, name) => {
    expect(toWriteError(cancelled(...reasons))).toMatchObject({ name });
  });

  it.each([
    [new TransactionConflictException(said), 'TransactionConflictError'],
    [new ProvisionedThroughputExceededException(said), 'TableUnavailableError'],
    [new ThrottlingException(said), 'TableUnavailableError'],
    [new IdempotentParameterMismatchException(said), 'InvalidRequestError'],
    [validation('One or more parameter values were invalid'), 'InvalidRequestError'],
    [validation('Item size has exceeded the maximum allowed size'), 'ItemTooLargeError'],
    [failure({ code: 'ECONNREFUSED' }), 'TableUnavailableError'],
    [failure({ code: 'ENOTFOUND' }), 'TableUnavailableError'],
    [new TransactionInProgressException(said), 'UnknownOutcomeError'],
    [serverFault, 'UnknownOutcomeError'],
    [gatewayFault, 'UnknownOutcomeError'],
    [unreadableFault, 'UnknownOutcomeError'],
    [failure({ name: 'TimeoutError' }), 'UnknownOutcomeError'],
    [failure({ code: 'ECONNRESET' }), 'UnknownOutcomeError'],
    [failure({ code: 'EPIPE' }), 'UnknownOutcomeError'],
  ])('makes of %s a %s', (error, name) => {
    expect(toWriteError(error)).toMatchObject({ name, cause: error });
  });

  it('leaves alone what is not for the caller to mend', () => {
    const missing = new ResourceNotFoundException(said);
    expect(toWriteError(missing)).toBe(missing);
    const bug = new TypeError('x is not a function');
    expect(toWriteError(bug)).toBe(bug);
    const nothingSaid = cancelled(fine);
    expect(toWriteError(nothingSaid)).toBe(nothingSaid);
  });
});

describe('toReadError', () => {
  it.each([
    serverFault,
    gatewayFault,
    unreadableFault,
    failure({ name: 'TimeoutError' }),
    failure({ code: 'ECONNRESET' }),
    failure({ code: 'ECONNREFUSED' }),
    new ThrottlingException(said),
  ])('makes of %s that the table is unavailable', (error) => {
    expect(toReadError(error)).toMatchObject({ name: 'TableUnavailableError', cause: error });
  });

  it('keeps a breach of the limits apart', () => {
    expect(toReadError(validation('no'))).toMatchObject({ name: 'InvalidRequestError' });
  });
});
