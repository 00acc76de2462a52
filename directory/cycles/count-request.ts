import type { Action, Condition, Item, ItemTable } from '../store/item-table.ts';
import { FORMAT, parseOptionalItem } from '../store/items.ts';
import { currentCycleKey, cycleKey } from '../store/log-keys.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { type CycleItem, CycleItemSchema } from '../store/tenant-items.ts';
import { applicationKey, tenantKey } from '../store/tenant-keys.ts';
import { type Counts, CYCLE_GAP_MILLIS, USE_PREFIX } from './counts.ts';

/** An application by its names. */
export interface ApplicationName {
  readonly tenant: string;
  readonly application: string;
}

/**
 * Adds a request to the open cycle of its application: one update. The first request after a silence closes that cycle
 * and opens the next, in one transaction; whoever loses the race for it adds to the winner's.
 *
 * @param table - Tries again until a deadline (`store/retrying-table.ts`).
 * @returns `unknownApplication` where the application is gone, or its tenant is being deleted: no cycle is begun then.
 * @throws {@link TableBusyError} at the deadline, `UnknownOutcomeError` where an update's answer was lost: it may have
 * been counted and is not repeated, for it could count twice.
 */
export async function countRequest(
  table: ItemTable,
  application: ApplicationName,
  counts: Counts,
): Promise<'counted' | 'unknownApplication'> {
  for (;;) {
    try {
      await table.writeOne({
        kind: 'update',
        key: currentCycleKey(application.tenant, application.application),
        set: { last: counts.at, ...usesOf(counts) },
        add: counts.added,
        conditions: [{ kind: 'atLeast', attribute: 'last', value: counts.at - CYCLE_GAP_MILLIS }],
      });
      return 'counted';
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      const former = parseOptionalItem(CycleItemSchema, error.refusalOf(0)?.item);
      const outcome = await openCycle(table, application, former, counts);
      if (outcome !== 'raceLost') return outcome;
    }
  }
}

/** Closes a cycle that fell silent. @returns false where a request came meanwhile, or another closed it. */
export async function closeCycle(
  table: ItemTable,
  application: ApplicationName,
  current: CycleItem,
  now: number,
): Promise<boolean> {
  const key = currentCycleKey(application.tenant, application.application);
  try {
    await table.write([
      ...stillThere(application),
      { kind: 'delete', key, conditions: unchangedSince(current) },
      { kind: 'put', item: closed(application, current, now) },
    ]);
    return true;
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    return false;
  }
}

async function openCycle(
  table: ItemTable,
  application: ApplicationName,
  former: CycleItem | undefined,
  counts: Counts,
): Promise<'counted' | 'unknownApplication' | 'raceLost'> {
  const open: Action = {
    kind: 'put',
    item: {
      ...currentCycleKey(application.tenant, application.application),
      format: FORMAT,
      start: counts.at,
      last: counts.at,
      ...counts.added,
      ...usesOf(counts),
    },
    conditions: former === undefined ? [{ kind: 'notExists' }] : unchangedSince(former),
  };
  const close: Action[] = former === undefined ? [] : [{ kind: 'put', item: closed(application, former, counts.at) }];
  try {
    await table.write([...stillThere(application), open, ...close]);
    return 'counted';
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    return isGone(error) ? 'unknownApplication' : 'raceLost';
  }
}

/** The first of a transaction's actions: what keeps who is late from leaving something of a tenant that is deleted. */
function stillThere({ tenant, application }: ApplicationName): readonly [Action, Action] {
  return [
    {
      kind: 'check',
      key: tenantKey(tenant),
      conditions: [{ kind: 'exists' }, { kind: 'absent', attribute: 'deletion' }],
    },
    { kind: 'check', key: applicationKey(tenant, application), conditions: [{ kind: 'exists' }] },
  ];
}

function isGone(error: WriteRefusedError): boolean {
  return error.refusalOf(0) !== undefined || error.refusalOf(1) !== undefined;
}

/** Every request that is counted changes `requests`, so that none is lost, not even one of the same millisecond. */
function unchangedSince({ start, last, requests }: CycleItem): Condition[] {
  return [
    { kind: 'equals', attribute: 'start', value: start },
    { kind: 'equals', attribute: 'last', value: last },
    { kind: 'equals', attribute: 'requests', value: requests },
  ];
}

function closed({ tenant, application }: ApplicationName, current: CycleItem, closedAt: number): Item {
  const key = cycleKey(tenant, application, new Date(current.start).toISOString());
  return { ...toItem(current), ...key, closedAt };
}

/** Every attribute of a cycle is a number, but for its key. */
function toItem({ pk, sk, ...attributes }: CycleItem): Item {
  const numbers: Record<string, number> = {};
  for (const [name, value] of Object.entries(attributes)) if (typeof value === 'number') numbers[name] = value;
  return { ...numbers, pk, sk };
}

function usesOf({ uses }: Counts): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(uses).map(([id, at]) => [`${USE_PREFIX}${id}`, at]));
}
