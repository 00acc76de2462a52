import type { Cycle } from '../../directory/cycles/cycle.ts';
import { listUnhealthy } from '../../directory/cycles/incidents.ts';
import { listCycles } from '../../directory/cycles/list-cycles.ts';
import { getApplication } from '../../directory/operator/applications.ts';
import { idOfAuditRecord, listAudit } from '../../directory/operator/audit.ts';
import { getTenant } from '../../directory/operator/tenants.ts';
import type { AuditItem } from '../../directory/store/tenant-items.ts';
import type { AuditRecord, Cycle as ReportedCycle } from '../contract/admin-messages.ts';
import { runbookArticle } from '../contract/runbook.ts';
import type { AdminHandlers } from './admin-request.ts';
import { toEnd, toStart } from './moments.ts';

/** What happened: sync cycles, and what operators did. */
export const reportHandlers = {
  listCycles: async ({ context, path: { tenant }, query: { application, from } }) => {
    if (application === undefined) await getTenant(context, tenant);
    else await getApplication(context, tenant, application);
    const cycles = await listCycles(context.table, tenant, {
      ...(application === undefined ? {} : { application }),
      ...(from === undefined ? {} : { from: new Date(from) }),
    });
    return { cycles: cycles.map(toReportedCycle) };
  },
  listUnhealthy: async ({ context }) => {
    const incidents = await listUnhealthy(context.table);
    return {
      unhealthy: incidents.map((incident) => ({
        ...incident,
        article: runbookArticle(context.runbook, incident.reason),
      })),
    };
  },
  listAudit: async ({ context, query: { from, to, actor, tenant, after } }) => {
    const { records, next } = await listAudit(context, {
      from: from === undefined ? undefined : toStart(from),
      to: to === undefined ? undefined : toEnd(to),
      actor,
      tenant,
      after,
    });
    return { records: records.map(toAuditRecord), ...(next === undefined ? {} : { next }) };
  },
} as const satisfies Partial<AdminHandlers>;

function toReportedCycle({
  start,
  last,
  closedAt: _closedAt,
  uses: _uses,
  latencyMs,
  failures,
  ...rest
}: Cycle): ReportedCycle {
  return {
    ...rest,
    start: new Date(start).toISOString(),
    last: new Date(last).toISOString(),
    failures: { ...failures },
    latencyMs: { ...latencyMs },
  };
}

function toAuditRecord(item: AuditItem): AuditRecord {
  const { time, principal, action, requestId, tenant, application, before, after, history } = item;
  return {
    ...{ time, id: idOfAuditRecord(item), principal, action, requestId },
    ...(tenant === undefined ? {} : { tenant }),
    ...(application === undefined ? {} : { application }),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(history === undefined ? {} : { history }),
  };
}
