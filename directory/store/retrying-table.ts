import type { Action, ItemTable, Meter, SingleAction, SingleWriteOptions, WriteOptions } from './item-table.ts';
import {
  TableBusyError,
  TableUnavailableError,
  TransactionConflictError,
  UnknownOutcomeError,
  WriteRefusedError,
} from './table-errors.ts';

const FIRST_DELAY_MILLISECONDS = 25;
const MAX_DELAY_MILLISECONDS = 2_000;

export interface RetryOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** At least 0, less than 1. */
  readonly random: () => number;
  /** Makes the token of a write that has none: 1–36 characters, never the same twice. */
  readonly newId: () => string;
  /** When to give up, in milliseconds since the epoch. */
  readonly deadline: number;
}

/**
 * The same table, which repeats what may be repeated, until the deadline: conflicts, throttling, faults of the table and
 * unknown outcomes. It waits with full jitter, 25 ms doubled up to 2 s.
 *
 * After an unknown outcome the very same write is made again. A transaction is safe by its token; a single write by its
 * conditions: where one fails on an item that carries the caller's own `writeId`, the write had succeeded. A single
 * update that adds without `versionIs` could count twice, so it alone is not repeated: its
 * {@link UnknownOutcomeError} is the caller's.
 *
 * Refusals and breaches of the limits are thrown as they come. Beyond the deadline no call is begun.
 *
 * @throws {@link TableBusyError} at the deadline; its cause is the last failure, or the last unknown outcome if any.
 */
export function createRetryingTable(table: ItemTable, options: RetryOptions): ItemTable {
  const repeat = <T>(call: () => Promise<T>) => repeatUntilDeadline(call, isPassing, options);
  return {
    get: (key) => repeat(() => table.get(key)),
    getMany: (keys) => repeat(() => table.getMany(keys)),
    query: (query) => repeat(() => table.query(query)),
    write(actions: readonly Action[], { token = options.newId(), writeId }: WriteOptions = {}) {
      return repeatWrite(() => table.write(actions, { token }), writeId, isPassing, options);
    },
    writeOne(action: SingleAction, { writeId }: SingleWriteOptions = {}) {
      const mayRepeat = isRepeatable(action) ? isPassing : isWithoutEffect;
      return repeatWrite(() => table.writeOne(action), writeId, mayRepeat, options);
    },
    withMeter: (meter: Meter) => createRetryingTable(table.withMeter(meter), options),
  };
}

async function repeatWrite(
  write: () => Promise<void>,
  writeId: string | undefined,
  mayRepeat: (error: unknown) => boolean,
  options: RetryOptions,
): Promise<void> {
  let unknown: UnknownOutcomeError | undefined;
  const attempt = async (): Promise<void> => {
    try {
      await write();
    } catch (error) {
      if (unknown !== undefined && isOwnRefusal(error, writeId)) return;
      if (error instanceof UnknownOutcomeError) unknown = error;
      throw error;
    }
  };
  try {
    await repeatUntilDeadline(attempt, mayRepeat, options);
  } catch (error) {
    if (error instanceof TableBusyError && unknown !== undefined)
      throw new TableBusyError(error.message, { cause: unknown });
    throw error;
  }
}

async function repeatUntilDeadline<T>(
  call: () => Promise<T>,
  mayRepeat: (error: unknown) => boolean,
  { now, sleep, random, deadline }: RetryOptions,
): Promise<T> {
  // Whoever decides again and again on what others change meanwhile ends here.
  if (now() >= deadline) throw new TableBusyError('the deadline of the request has passed');
  for (let longest = FIRST_DELAY_MILLISECONDS; ; longest = Math.min(2 * longest, MAX_DELAY_MILLISECONDS)) {
    try {
      return await call();
    } catch (error) {
      if (!mayRepeat(error)) throw error;
      const remaining = deadline - now();
      if (remaining <= 0) throw new TableBusyError('the table stayed busy until the deadline', { cause: error });
      await sleep(Math.min(random() * longest, remaining));
    }
  }
}

function isPassing(error: unknown): boolean {
  return isWithoutEffect(error) || error instanceof UnknownOutcomeError;
}

function isWithoutEffect(error: unknown): boolean {
  return error instanceof TransactionConflictError || error instanceof TableUnavailableError;
}

/** Refused by what the write itself has left: it happened as a whole or not at all, so one item tells. */
function isOwnRefusal(error: unknown, writeId: string | undefined): boolean {
  return (
    writeId !== undefined &&
    error instanceof WriteRefusedError &&
    error.refusals.some(({ item }) => item?.['writeId'] === writeId)
  );
}

function isRepeatable(action: SingleAction): boolean {
  if (action.kind !== 'update' || action.add === undefined || Object.keys(action.add).length === 0) return true;
  return action.conditions?.some(({ kind }) => kind === 'versionIs') ?? false;
}
