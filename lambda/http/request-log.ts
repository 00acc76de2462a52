import type { CountedOperation } from '../../directory/cycles/counts.ts';
import { describeFailure } from '../observability/log.ts';
import type { ScimMiddleware } from './middleware.ts';
import type { ScimDependencies } from './request.ts';
import { RequestTrace } from './request-trace.ts';

type Dependencies = Pick<ScimDependencies, 'log' | 'measure' | 'runtime'>;

/** The outermost middleware: one log line a request and its metrics, whatever becomes of it. */
export function logRequests({ log, measure, runtime }: Dependencies): ScimMiddleware {
  const finish = (trace: RequestTrace, status: number): void => {
    const durationMs = Math.round((runtime.now() - trace.startedAt) * 100) / 100;
    const { requestId, tenant, application, method, route, scimType, tableCalls, readUnits, writeUnits } = trace;
    const operations = trace.operations && countByStatus(trace.operations);
    const fields = { requestId, tenant, application, method, route, status, scimType, operations, durationMs };
    const table = { tableCalls, readUnits, writeUnits, ...writtenAbout(trace) };
    if (trace.failure === undefined) log.info('request', { ...fields, ...table });
    else log.error('request failed', { ...fields, ...table, failure: describeFailure(trace.failure) });
    measure({ route, status, durationMs });
  };
  return {
    before: ({ internal }) => {
      internal.trace = new RequestTrace(runtime.now());
    },
    after: ({ internal, response }) => finish(internal.trace, response?.statusCode ?? 0),
    onError: ({ internal, response }) => finish(internal.trace, response?.statusCode ?? 0),
  };
}

/** What was written about the request, apart from what it wrote itself. */
function writtenAbout({ accounting, logging }: RequestTrace) {
  return { accounting: accounting && { ...accounting }, provisioningLog: logging && { ...logging } };
}

/** How many operations of a bulk request ended with each status. */
function countByStatus(operations: readonly CountedOperation[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status } of operations) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
