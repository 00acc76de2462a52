import type { Item } from './item-table.ts';

/** One action whose condition did not hold. */
export interface Refusal {
  /** Position in the actions given to `write`; 0 for `writeOne`. */
  readonly index: number;
  /** The item as it was; undefined where there was none. */
  readonly item: Item | undefined;
}

/** Conditions did not hold; nothing was written. Names every action refused, the first in order first. */
export class WriteRefusedError extends Error {
  override readonly name = 'WriteRefusedError';
  readonly refusals: readonly [Refusal, ...Refusal[]];

  constructor(refusals: readonly [Refusal, ...Refusal[]], options?: ErrorOptions) {
    super(`condition of action ${refusals.map(({ index }) => index).join(', ')} did not hold`, options);
    this.refusals = refusals;
  }

  /** The refusal of the action at that position. */
  refusalOf(index: number): Refusal | undefined {
    return this.refusals.find((refusal) => refusal.index === index);
  }
}

/** Another transaction is under way on one of the items; nothing was written; may be tried again. */
export class TransactionConflictError extends Error {
  override readonly name = 'TransactionConflictError';
}

/** The table is throttled or answered with a fault of its own; may be tried again. */
export class TableUnavailableError extends Error {
  override readonly name = 'TableUnavailableError';
}

/** No answer came: the call may have taken effect or not. */
export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';
}

/** The call breaks a limit of the table (`item-table.ts`); a defect of the caller, except {@link ItemTooLargeError}. */
export class InvalidRequestError extends Error {
  override readonly name: string = 'InvalidRequestError';
}

/** An item would be larger than 400 KB. */
export class ItemTooLargeError extends InvalidRequestError {
  override readonly name = 'ItemTooLargeError';
}

/**
 * The table stayed contended, throttled or silent until the request's deadline: 503 with `Retry-After` for the client.
 * Nothing was written, unless the `cause` is an {@link UnknownOutcomeError}.
 */
export class TableBusyError extends Error {
  override readonly name = 'TableBusyError';
}
