import { putEntries } from '../../directory/log/put-entries.ts';
import { type RequestedAction, toActionEntry, toActionRecord } from '../../directory/log/request-entry.ts';
import type { ItemTable } from '../../directory/store/item-table.ts';
import type { LogItem } from '../../directory/store/log-items.ts';
import { createRetryingTable } from '../../directory/store/retrying-table.ts';
import { isJsonObject } from '../../scim/json.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { OWNERS_PATH, OWNERSHIPS_PATH } from '../contract/application-routes.ts';
import { describeFailure } from '../observability/log.ts';
import { AFTERWARDS_MILLIS } from './afterwards.ts';
import type { ScimMiddleware } from './middleware.ts';
import type { ReportedOperation, ScimDependencies } from './request.ts';
import { RequestTrace } from './request-trace.ts';

/** The last segment of a search's path (RFC 7644 §3.4.3). */
const SEARCH = '.search';

type Dependencies = Pick<ScimDependencies, 'table' | 'log' | 'runtime'>;

/**
 * Puts what a request asked for in vain, or without effect, into the tenant's provisioning log, before the answer, since
 * nothing runs after it. What changed something costs nothing here: the change feed logs it. Never fails a request, and
 * never holds it up beyond {@link AFTERWARDS_MILLIS}; what a busy table does not take in that time is lost to the log,
 * and the request's log line says so.
 */
export function logActions(dependencies: Dependencies): ScimMiddleware {
  const { runtime } = dependencies;
  const record = async (trace: RequestTrace, status: number): Promise<void> => {
    const entries = entriesOf(trace, status, new Date(runtime.now()));
    if (entries.length === 0) return;
    const calls = new RequestTrace(runtime.now());
    const put = putInTime(dependencies, dependencies.table.withMeter(calls), entries, trace);
    const outcome = await Promise.race([put, runtime.sleep(AFTERWARDS_MILLIS).then(() => 'late' as const)]);
    trace.logging = { outcome, entries: entries.length, tableCalls: calls.tableCalls };
  };
  return {
    after: ({ internal, response }) => record(internal.trace, response?.statusCode ?? 0),
    onError: ({ internal, response }) => record(internal.trace, response?.statusCode ?? 0),
  };
}

/** Whatever becomes of it, also after the answer, ends in an outcome and never in a rejection. */
async function putInTime(
  { log, runtime }: Dependencies,
  table: ItemTable,
  entries: readonly LogItem[],
  { tenant, application, requestId }: RequestTrace,
): Promise<'logged' | 'failed'> {
  const { now, sleep, random, newId } = runtime;
  try {
    const retrying = createRetryingTable(table, { now, sleep, random, newId, deadline: now() + AFTERWARDS_MILLIS });
    await putEntries(retrying, entries);
    return 'logged';
  } catch (error) {
    log.error('provisioning log not written', {
      tenant,
      application,
      requestId,
      entries: entries.length,
      failure: describeFailure(error),
    });
    return 'failed';
  }
}

function entriesOf(trace: RequestTrace, status: number, time: Date): readonly LogItem[] {
  const { tenant, application, requestId, asked } = trace;
  if (tenant === undefined || application === undefined || asked === undefined) return [];
  return actionsOf(trace, asked.path, status).flatMap((action, place) => {
    const record = toActionRecord(action);
    return record === undefined ? [] : [toActionEntry({ tenant, application, requestId, time }, record, place)];
  });
}

/** A bulk request is its operations, unless it was refused before any was begun. */
function actionsOf(trace: RequestTrace, path: string, status: number): readonly RequestedAction[] {
  const { method, scimType, detail, done, body, asked } = trace;
  const outcome = { status, scimType, detail, done };
  const [root, more] = path.split('/');
  switch (root) {
    case 'Users':
    case 'Groups': {
      const type: ResourceTypeName = root === 'Users' ? 'User' : 'Group';
      return [{ ...outcome, method: more === SEARCH ? 'GET' : method, type, id: asked?.id, body }];
    }
    case SEARCH:
      return [{ ...outcome, method: 'GET', type: undefined, id: undefined, body: undefined }];
    case 'Bulk': {
      const whole = { ...outcome, method, type: undefined, id: undefined, body: undefined, isBulk: true };
      return trace.operations?.map(toAction) ?? [whole];
    }
    case OWNERS_PATH:
    case OWNERSHIPS_PATH: {
      if (method === 'GET') return [];
      const user = isJsonObject(body) ? body['user'] : undefined;
      const about =
        typeof user === 'string' ? ({ type: 'User', id: user } as const) : { type: undefined, id: undefined };
      return [{ ...outcome, method, ...about, body: undefined, what: root }];
    }
    default:
      return [];
  }
}

/** What has no method that could be read is no more than a part of a bulk request. */
function toAction({ method, status, scimType, done, asked }: ReportedOperation): RequestedAction {
  return { method, status, scimType, done, ...asked, isBulk: method === '' };
}
