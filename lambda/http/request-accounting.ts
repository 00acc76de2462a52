import { countRequest } from '../../directory/cycles/count-request.ts';
import { type Counts, CYCLE_GAP_MILLIS, countsOf, mergeCounts } from '../../directory/cycles/counts.ts';
import type { ItemTable } from '../../directory/store/item-table.ts';
import { createRetryingTable } from '../../directory/store/retrying-table.ts';
import { TableBusyError, UnknownOutcomeError } from '../../directory/store/table-errors.ts';
import { describeFailure, type Log } from '../observability/log.ts';
import type { ScimMiddleware } from './middleware.ts';
import type { Runtime, ScimDependencies } from './request.ts';
import { type AccountingOutcome, RequestTrace } from './request-trace.ts';

/** What an answer waits for its request to be counted, at most. An update takes some 10 ms. */
const BUDGET_MILLIS = 500;

type Dependencies = Pick<ScimDependencies, 'table' | 'log' | 'runtime'>;

/**
 * Counts each request in the sync cycle of its application, before the answer, since nothing runs after it. Never fails a
 * request and never holds it up beyond {@link BUDGET_MILLIS}: what a busy table did not take is carried on to the
 * application's next request in this process. It is lost where none follows within the cycle, or where the outcome of
 * the update is unknown, because a repeat could count twice; cycles are for watching, not for billing.
 */
export function accountRequests(dependencies: Dependencies): ScimMiddleware {
  const accountant = new Accountant(dependencies);
  const account = async (trace: RequestTrace, status: number): Promise<void> => {
    const { tenant, application, method, scimType, done, credentialId, startedAt } = trace;
    // Not even API Gateway's event could be read: nobody's request.
    if (tenant === undefined || application === undefined) return;
    const at = dependencies.runtime.now();
    const counts = countsOf({ at, method, status, scimType, durationMs: at - startedAt, done, credentialId });
    const calls = new RequestTrace(at);
    const outcome = await accountant.count(dependencies.table.withMeter(calls), { tenant, application }, counts);
    trace.accounting = { outcome, tableCalls: calls.tableCalls };
  };
  return {
    after: ({ internal, response }) => account(internal.trace, response?.statusCode ?? 0),
    onError: ({ internal, response }) => account(internal.trace, response?.statusCode ?? 0),
  };
}

interface ApplicationName {
  readonly tenant: string;
  readonly application: string;
}

/** Counts within its time, and keeps for the next time what could not be counted. */
class Accountant {
  readonly #runtime: Runtime;
  readonly #log: Log;
  readonly #carried = new Map<string, Counts>();

  constructor({ runtime, log }: Dependencies) {
    this.#runtime = runtime;
    this.#log = log;
  }

  async count(table: ItemTable, application: ApplicationName, counts: Counts): Promise<AccountingOutcome> {
    const { now, sleep, random, newId } = this.#runtime;
    const retrying = createRetryingTable(table, { now, sleep, random, newId, deadline: now() + BUDGET_MILLIS });
    const all = this.#withCarried(application, counts);
    // Whatever becomes of it, also after the answer, ends in an outcome and never in a rejection.
    const counting = countRequest(retrying, application, all).catch((error: unknown) =>
      this.#keep(application, all, error),
    );
    return await Promise.race([counting, sleep(BUDGET_MILLIS).then(() => 'late' as const)]);
  }

  #withCarried(application: ApplicationName, counts: Counts): Counts {
    const name = nameOf(application);
    const carried = this.#carried.get(name);
    this.#carried.delete(name);
    return carried !== undefined && carried.at >= counts.at - CYCLE_GAP_MILLIS ? mergeCounts(carried, counts) : counts;
  }

  #keep(application: ApplicationName, counts: Counts, error: unknown): AccountingOutcome {
    if (error instanceof UnknownOutcomeError) return 'uncertain';
    if (!(error instanceof TableBusyError)) {
      this.#log.error('accounting failed', { ...application, failure: describeFailure(error) });
      return 'failed';
    }
    if (error.cause instanceof UnknownOutcomeError) return 'uncertain';
    const name = nameOf(application);
    const others = this.#carried.get(name);
    this.#carried.set(name, others === undefined ? counts : mergeCounts(others, counts));
    return 'carried';
  }
}

function nameOf({ tenant, application }: ApplicationName): string {
  return `${tenant}/${application}`;
}
