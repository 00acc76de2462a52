import { purgeLog } from '../../directory/log/purge-log.ts';
import { type ReportEntry, type ReportPage, type ReportQuery, readReport } from '../../directory/log/report.ts';
import { auditAction } from '../../directory/operator/audit.ts';
import { isResourceId } from '../../directory/store/keys.ts';
import { hashIdentifier } from '../../directory/store/log-keys.ts';
import type { AdminResponse } from '../contract/admin-api.ts';
import type { LogEntry } from '../contract/log-messages.ts';
import type { AdminCall, AdminHandlers } from './admin-request.ts';
import { toEnd, toStart } from './moments.ts';

/** The provisioning log. */
export const logHandlers = {
  readLog: async ({ context, path: { tenant }, query }) => {
    return toPage(await readReport(await context.openDirectory(tenant), { ...toQuery(query), reveal: false }));
  },
  revealLog: async ({ context, path: { tenant }, body }) => {
    const directory = await context.openDirectory(tenant);
    // Before anything is shown, so that nothing is shown unrecorded.
    await context.table.writeOne(
      auditAction(context, { action: 'log.reveal', tenant, after: toAudited(tenant, body) }),
    );
    return toPage(await readReport(directory, { ...toQuery(body), reveal: true }));
  },
  purgeLog: async ({ context, path: { tenant }, body: { before, confirm } }) => {
    const { remainingMs } = context;
    return await purgeLog(context, tenant, { before: toStart(before), confirmation: confirm, remainingMs });
  },
} as const satisfies Partial<AdminHandlers>;

type Selection = AdminCall<'readLog'>['query'];

function toQuery({ from, to, ...rest }: Selection): Omit<ReportQuery, 'reveal'> {
  return {
    ...rest,
    from: from === undefined ? undefined : toStart(from),
    to: to === undefined ? undefined : toEnd(to),
  };
}

/** What was asked to be shown; a person by the id, or by the form in which the log itself looks people up. */
function toAudited(tenant: string, { user, ...selection }: Selection): Readonly<Record<string, string | number>> {
  const given = Object.entries(selection).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const person = user === undefined || isResourceId(user) ? user : `hash ${hashIdentifier(tenant, user)}`;
  return { ...Object.fromEntries(given), ...(person === undefined ? {} : { user: person }) };
}

function toPage({ entries, ...page }: ReportPage): AdminResponse<'readLog'> {
  return { entries: entries.map(toEntry), ...page };
}

function toEntry({ cycle, ...entry }: ReportEntry): LogEntry {
  return { ...entry, ...(cycle === undefined ? {} : { cycle: new Date(cycle).toISOString() }) };
}
