import { planBulk } from '../../scim/bulk/plan.ts';
import type { BulkRequest } from '../../scim/bulk/types.ts';
import { ScimError } from '../../scim/errors.ts';
import type { DirectoryContext } from '../context.ts';
import { BulkWork, type OperationOutcome } from './bulk-work.ts';
import { runSteps, type StepOutcome } from './run-steps.ts';

/** Operations under way at once; measured in docs/decisions/0013-bulk.md. */
const WIDTH = 8;

/** What is left for the operation that begins last. */
const RESERVE_MILLIS = 2_000;

export interface BulkOptions {
  /** How long the table's calls go on being tried. */
  readonly remainingMs: () => number;
  /** Whatever was thrown, as a client may see it. */
  readonly toError: (error: unknown) => ScimError;
}

/**
 * Performs the operations of a bulk request, those at once that have nothing to do with each other (`scim/bulk/plan.ts`).
 *
 * Once as many have failed as `failOnErrors` says, no other is begun, and those not begun are left out. No more are under
 * way at once than may still fail, so that never more fail than that, save a creation that can then not be linked. What
 * cannot be begun in time has failed with 503.
 *
 * @returns What became of each operation, in the order of the request; undefined where it was left out.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7644.html#section-3.7 RFC 7644 §3.7}
 */
export async function performBulk(
  context: DirectoryContext,
  { operations, failOnErrors = Number.POSITIVE_INFINITY }: BulkRequest,
  { remainingMs, toError }: BulkOptions,
): Promise<readonly (OperationOutcome | undefined)[]> {
  const steps = planBulk(operations);
  const work = new BulkWork(context, operations, toError);
  const mayFreeValue = (place: number) => operations[steps[place]?.operation ?? -1]?.kind === 'change';
  const run = async (place: number, open: readonly number[]): Promise<StepOutcome> => {
    const step = steps[place];
    if (step === undefined) throw new Error(`there is no step ${place}`);
    const { kind, operation, detached } = step;
    if (kind === 'link') {
      await work.link(operation);
    } else if (work.failures < failOnErrors) {
      if (remainingMs() < RESERVE_MILLIS) {
        work.fail(operation, notReached());
        return 'ended';
      }
      // A value that is taken may be given up by a change that the request has before this one.
      const againAfter = open.filter(mayFreeValue);
      if ((await work.perform(operation, detached, againAfter.length > 0)) === 'taken') return { againAfter };
    }
    return 'ended';
  };
  await runSteps({
    after: steps.map(({ after }) => after),
    width: () => Math.min(WIDTH, failOnErrors - work.failures),
    run,
  });
  return work.outcomes;
}

function notReached(): ScimError {
  return new ScimError(503, 'The operation was not reached in time and nothing of it is done: send it again');
}
