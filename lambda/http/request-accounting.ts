import { countRequest } from '../../directory/cycles/count-request.ts';
import { type Counts, CYCLE_GAP_MILLIS, countsOf, mergeCounts } from '../../directory/cycles/counts.ts';
import type { ItemTable } from '../../directory/store/item-table.ts';
import { createRetryingTable } from '../../directory/store/retrying-table.ts';
import { TableBusyError, UnknownOutcomeError } from '../../directory/store/table-errors.ts';
import { describeFailure, type Log } from '../observability/log.ts';
import { AFTERWARDS_MILLIS } from './afterwards.ts';
import type { ScimMiddleware } from './middleware.ts';
import type { Runtime, ScimDependencies } from './request.ts';
import { type AccountingOutcome, RequestTrace } from './request-trace.ts';

type Dependencies = Pick<ScimDependencies, 'table' | 'log' | 'runtime'>;

/**
 * Counts each request in the sync cycle of its application, before the answer, since nothing runs after it. Never fails a
 * request and never holds it up beyond {@link AFTERWARDS_MILLIS}: what a busy table did not take is carried on to the
 * application's next request in this process. It is lost where none follows within the cycle, or where the outcome of
 * the update is unknown, because a repeat could count twice; cycles are for watching, not for billing.
 */
export function accountRequests(dependencies: Dependencies): ScimMiddleware {
  const accountant = new Accountant(dependencies);
  const account = async (trace: RequestTrace, status: number): Promise<void> => {
    const { tenant, application, startedAt } = trace;
    // Not even API Gateway's event could be read: nobody's request.
    if (tenant === undefined || application === undefined) return;
    const at = dependencies.runtime.now();
    const counts = countsOf({ ...countedOf(trace), at, status, durationMs: at - startedAt });
    const calls = new RequestTrace(at);
    const outcome = await accountant.count(dependencies.table.withMeter(calls), { tenant, application }, counts);
    trace.accounting = { outcome, tableCalls: calls.tableCalls };
  };
  return {
    after: ({ internal, response }) => account(internal.trace, response?.statusCode ?? 0),
    onError: ({ internal, response }) => account(internal.trace, response?.statusCode ?? 0),
  };
}

function countedOf({ method, scimType, done, operations, credentialId }: RequestTrace) {
  return { method, scimType, done, operations, credentialId };
}

interface ApplicationName {
  readonly tenant: string;
  readonly application: string;
}

/** The counts of requests that share an update, and what becomes of it. */
interface Batch {
  counts: Counts;
  readonly outcome: Promise<AccountingOutcome>;
}

/**
 * Counts within its time, and keeps for the next time what could not be counted. Of an application one update is under way
 * at a time; the requests that end meanwhile, where a process serves several at once, share the next.
 */
class Accountant {
  readonly #runtime: Runtime;
  readonly #log: Log;
  readonly #carried = new Map<string, Counts>();
  readonly #underWay = new Map<string, Promise<AccountingOutcome>>();
  readonly #waiting = new Map<string, Batch>();

  constructor({ runtime, log }: Dependencies) {
    this.#runtime = runtime;
    this.#log = log;
  }

  async count(table: ItemTable, application: ApplicationName, counts: Counts): Promise<AccountingOutcome> {
    const counting = this.#join(table, application, counts);
    return await Promise.race([counting, this.#runtime.sleep(AFTERWARDS_MILLIS).then(() => 'late' as const)]);
  }

  #join(table: ItemTable, application: ApplicationName, counts: Counts): Promise<AccountingOutcome> {
    const name = nameOf(application);
    const waiting = this.#waiting.get(name);
    if (waiting !== undefined) {
      waiting.counts = mergeCounts(waiting.counts, counts);
      return waiting.outcome;
    }
    const underWay = this.#underWay.get(name);
    if (underWay === undefined) return this.#begin(table, application, counts);
    const outcome = underWay.then(() => {
      this.#waiting.delete(name);
      return this.#begin(table, application, batch.counts);
    });
    const batch: Batch = { counts, outcome };
    this.#waiting.set(name, batch);
    return outcome;
  }

  #begin(table: ItemTable, application: ApplicationName, counts: Counts): Promise<AccountingOutcome> {
    const name = nameOf(application);
    const outcome = this.#update(table, application, counts);
    this.#underWay.set(name, outcome);
    void outcome.then(() => this.#underWay.delete(name));
    return outcome;
  }

  /** Whatever becomes of it, also after the answer, ends in an outcome and never in a rejection. */
  async #update(table: ItemTable, application: ApplicationName, counts: Counts): Promise<AccountingOutcome> {
    const { now, sleep, random, newId } = this.#runtime;
    const retrying = createRetryingTable(table, { now, sleep, random, newId, deadline: now() + AFTERWARDS_MILLIS });
    const all = this.#withCarried(application, counts);
    try {
      return await countRequest(retrying, application, all);
    } catch (error) {
      return this.#keep(application, all, error);
    }
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
