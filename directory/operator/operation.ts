import type { ItemTable } from '../store/item-table.ts';

/** What every use case of the operators is given; made anew for each call. */
export interface OperatorContext {
  /** Repeats what may be repeated until the call's deadline (`store/retrying-table.ts`). */
  readonly table: ItemTable;
  /** ARN of the IAM principal who asks. */
  readonly principal: string;
  readonly requestId: string;
  readonly now: () => Date;
  /** A random UUID. */
  readonly newId: () => string;
}

/** Why an operator's call is refused. */
export type RefusalCode =
  /** What the call says cannot be. */
  | 'invalid'
  /** The name given as confirmation is not the tenant's. */
  | 'unconfirmed'
  | 'not_found'
  /** It is there already, or stands in a way that does not allow the call. */
  | 'conflict';

/** The error of the operators' use cases that whoever asked is told. */
export class OperationRefusedError extends Error {
  override readonly name = 'OperationRefusedError';
  readonly code: RefusalCode;

  /** @param message - What was wrong and what to do; never a token. */
  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

export function noSuchTenant(tenant: string): OperationRefusedError {
  return new OperationRefusedError('not_found', `there is no tenant ${JSON.stringify(tenant.slice(0, 64))}`);
}

export function noSuchApplication(tenant: string, application: string): OperationRefusedError {
  const name = JSON.stringify(application.slice(0, 64));
  return new OperationRefusedError('not_found', `the tenant ${tenant} has no application ${name}`);
}

/** Somebody else changed the same thing between our read and our write. */
export function changedMeanwhile(what: string): OperationRefusedError {
  return new OperationRefusedError(
    'conflict',
    `${what} was changed by another call in the meantime: look, then try again`,
  );
}
