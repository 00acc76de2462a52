import { parseCycle } from '../cycles/cycle.ts';
import type { ItemChange } from '../store/item-change.ts';
import type { LogItem } from '../store/log-items.ts';
import { newEntry } from './new-entry.ts';

/** What a closed sync cycle says, once, when it is put. */
export function cycleEntry(tenant: string, application: string, { before, after }: ItemChange): LogItem | undefined {
  if (before !== undefined || after === undefined) return undefined;
  const cycle = parseCycle({ tenant, application }, after);
  if (cycle.closedAt === undefined) return undefined;
  const { requests, creates, updates, unchanged, deactivations, reactivations, deletes } = cycle;
  const { membersAdded, membersRemoved, failed, latencyMs } = cycle;
  return newEntry(tenant, ['cycle', application, after.sk], {
    time: new Date(cycle.closedAt).toISOString(),
    application,
    requestId: '',
    operation: 'cycle',
    facts: {
      start: new Date(cycle.start).toISOString(),
      end: new Date(cycle.last).toISOString(),
      ...{ requests, creates, updates, unchanged, deactivations, reactivations, deletes },
      ...{ membersAdded, membersRemoved, failed, averageMs: latencyMs.average },
    },
  });
}
