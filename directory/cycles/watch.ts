import { readWindows } from '../guard/list-held.ts';
import type { ItemTable } from '../store/item-table.ts';
import { parseOptionalItem } from '../store/items.ts';
import { currentCycleKey } from '../store/log-keys.ts';
import type { TenantItem, WatchedApplicationItem } from '../store/tenant-items.ts';
import { CycleItemSchema } from '../store/tenant-items.ts';
import { forEachTenant, type TenantWithApplications } from './applications.ts';
import { type ApplicationName, closeCycle } from './count-request.ts';
import { type Cycle, isSilent } from './cycle.ts';
import { judge } from './health.ts';
import { areSameIncidents, type Incident, incidentsAfter, saveIncidents, toIncidents } from './incidents.ts';
import { readLastCycles } from './list-cycles.ts';

/** How often the watcher looks; cycles that completed are reported by this slot of time, each once. */
export const WATCH_PERIOD_MILLIS = 5 * 60_000;
/** Cycles by which an application is judged; Entra's of more than a day. */
const HISTORY = 40;
const STOP_BEFORE_MILLIS = 10_000;

export interface WatchOptions {
  readonly now: () => Date;
  /** Time left; what is not looked at in time is the next look's. */
  readonly remainingMs: () => number;
  /** Told of a tenant that could not be looked at; the others are. */
  readonly onFailure: (tenant: string, error: unknown) => void;
}

/** What a look at the region found. */
export interface WatchReport {
  /** Applications, the muted ones not included. */
  readonly watched: number;
  readonly muted: number;
  readonly openCycles: number;
  /** Cycles that this look closed. */
  readonly closed: number;
  /** Cycles that were closed in the last whole slot of five minutes, by a request or by a watcher. */
  readonly completed: readonly Cycle[];
  /** What is wrong now. */
  readonly unhealthy: readonly Incident[];
  /** Of these, what nobody has been told of yet; see `markAnnounced`. */
  readonly unannounced: readonly Incident[];
  /** Tenants not looked at. */
  readonly unwatched: number;
}

/** The report while it is made. */
type Found = {
  -readonly [Name in keyof WatchReport]: WatchReport[Name] extends readonly (infer Each)[] ? Each[] : number;
};

/**
 * Closes the cycles that fell silent and judges each application's health. An incident is new once, however many looks
 * find it. Safe beside any request, and beside another watch.
 */
export async function watch(table: ItemTable, options: WatchOptions): Promise<WatchReport> {
  const found: Found = {
    watched: 0,
    muted: 0,
    openCycles: 0,
    closed: 0,
    completed: [],
    unhealthy: [],
    unannounced: [],
    unwatched: 0,
  };
  await forEachTenant(table, async (tenant, read) => {
    if (options.remainingMs() < STOP_BEFORE_MILLIS) {
      found.unwatched += 1;
      return;
    }
    try {
      await watchTenant(table, await read(), options.now(), found);
    } catch (error) {
      found.unwatched += 1;
      options.onFailure(tenant, error);
    }
  });
  return found;
}

async function watchTenant(
  table: ItemTable,
  read: TenantWithApplications | undefined,
  now: Date,
  found: Found,
): Promise<void> {
  if (read === undefined || read.item.state === 'deleting') return;
  const isServed = isTenantServed(read.item, now);
  const windows = await readWindows(table, read.tenant);
  for (const { application, item } of read.applications) {
    const name = { tenant: read.tenant, application };
    const cycles = await readLastCycles(table, name, HISTORY);
    await closeSilent(table, name, cycles, now, found);
    found.completed.push(...cycles.filter((cycle) => isOfLastSlot(cycle, now)));
    found[item.muted ? 'muted' : 'watched'] += 1;
    const open = new Set(Object.keys(item.incidents));
    const incidents = incidentsAfter(
      item.incidents,
      judge({ item, cycles, isServed, guard: windows.get(application) }, open, now.getTime()),
      now,
    );
    report(name, await saved(table, name, item, incidents), found);
  }
}

/** The item with its incidents; undefined where another watcher was first: that one tells of them. */
async function saved(
  table: ItemTable,
  name: ApplicationName,
  item: WatchedApplicationItem,
  incidents: WatchedApplicationItem['incidents'],
): Promise<WatchedApplicationItem | undefined> {
  return areSameIncidents(item.incidents, incidents) ? item : await saveIncidents(table, name, item, incidents);
}

function report(name: ApplicationName, item: WatchedApplicationItem | undefined, found: Found): void {
  if (item === undefined) return;
  for (const { announced, ...incident } of toIncidents(name, item)) {
    found.unhealthy.push(incident);
    if (!announced) found.unannounced.push(incident);
  }
}

async function closeSilent(
  table: ItemTable,
  name: ApplicationName,
  [newest]: readonly Cycle[],
  now: Date,
  found: Found,
): Promise<void> {
  if (newest === undefined || !newest.open) return;
  if (isSilent(newest, now.getTime())) {
    const current = parseOptionalItem(CycleItemSchema, await table.get(currentCycleKey(name.tenant, name.application)));
    if (current !== undefined && isSilent(current, now.getTime())) {
      if (await closeCycle(table, name, current, now.getTime())) found.closed += 1;
      return;
    }
  }
  found.openCycles += 1;
}

function isOfLastSlot({ closedAt }: Cycle, now: Date): boolean {
  const end = Math.floor(now.getTime() / WATCH_PERIOD_MILLIS) * WATCH_PERIOD_MILLIS;
  return closedAt !== undefined && closedAt >= end - WATCH_PERIOD_MILLIS && closedAt < end;
}

function isTenantServed({ state, pausedUntil }: TenantItem, now: Date): boolean {
  return state === 'active' || (state === 'paused' && pausedUntil !== undefined && new Date(pausedUntil) <= now);
}
