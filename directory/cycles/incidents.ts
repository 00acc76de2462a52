import type { ItemTable } from '../store/item-table.ts';
import { parseOptionalItem } from '../store/items.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import {
  type IncidentState,
  type WatchedApplicationItem,
  WatchedApplicationItemSchema,
} from '../store/tenant-items.ts';
import { applicationKey } from '../store/tenant-keys.ts';
import { forEachTenant } from './applications.ts';
import type { ApplicationName } from './count-request.ts';
import type { UnhealthyReason } from './health.ts';
import { isTokenExpiry } from './token-warnings.ts';

/** Something that is wrong with an application, from when it was found until it is no longer so. */
export interface Incident extends ApplicationName {
  readonly reason: string;
  /** In words, with figures. */
  readonly cause: string;
  /** When it was found, ISO 8601 in UTC. */
  readonly since: string;
}

type Incidents = WatchedApplicationItem['incidents'];

/**
 * The incidents that go on, with their causes as they are now, and those that are new. That requests are held is told
 * again whenever the days that are left change; the end of another token is another incident.
 */
export function incidentsAfter(
  before: Incidents,
  found: ReadonlyMap<UnhealthyReason, string>,
  now: Date,
): Readonly<Record<string, IncidentState>> {
  const after: Record<string, IncidentState> = {};
  for (const [reason, cause] of found) {
    const last = before[reason];
    const known = isTokenExpiry(reason) && last?.cause !== cause ? undefined : last;
    const isToldAgain = reason === 'guard-tripped' && known?.cause !== cause;
    after[reason] = {
      since: now.toISOString(),
      announced: false,
      ...known,
      cause,
      ...(isToldAgain ? { announced: false } : {}),
    };
  }
  return after;
}

/** Whether both say the same. */
export function areSameIncidents(left: Incidents, right: Incidents): boolean {
  const reasons = Object.keys(left);
  return (
    reasons.length === Object.keys(right).length &&
    reasons.every((reason) => {
      const [one, other] = [left[reason], right[reason]];
      return one?.since === other?.since && one?.cause === other?.cause && one?.announced === other?.announced;
    })
  );
}

/**
 * Keeps the incidents on the application's item.
 *
 * @returns the item as it is then; undefined where another watcher was first, or the application is gone.
 */
export async function saveIncidents(
  table: ItemTable,
  { tenant, application }: ApplicationName,
  item: WatchedApplicationItem,
  incidents: Incidents,
): Promise<WatchedApplicationItem | undefined> {
  const { watchVersion } = item;
  const after = { incidents: { ...incidents }, watchVersion: watchVersion + 1 };
  try {
    await table.writeOne({
      kind: 'update',
      key: applicationKey(tenant, application),
      set: after,
      conditions: [
        { kind: 'exists' },
        watchVersion === 0
          ? { kind: 'absent', attribute: 'watchVersion' }
          : { kind: 'equals', attribute: 'watchVersion', value: watchVersion },
      ],
    });
    return { ...item, ...after };
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    return undefined;
  }
}

/** Remembers that these have been notified, so that they are not named again. */
export async function markAnnounced(table: ItemTable, announced: readonly Incident[]): Promise<void> {
  for (const incident of announced) await markOne(table, incident);
}

async function markOne(table: ItemTable, incident: Incident): Promise<void> {
  for (;;) {
    const { tenant, application, reason, since } = incident;
    const item = parseOptionalItem(WatchedApplicationItemSchema, await table.get(applicationKey(tenant, application)));
    const state = item?.incidents[reason];
    // It ended meanwhile, or its application did.
    if (item === undefined || state === undefined || state.since !== since || state.announced) return;
    const incidents = { ...item.incidents, [reason]: { ...state, announced: true } };
    if ((await saveIncidents(table, incident, item, incidents)) !== undefined) return;
  }
}

/** The incidents of an application. */
export function toIncidents(
  { tenant, application }: ApplicationName,
  { muted, incidents }: WatchedApplicationItem,
): readonly (Incident & Pick<IncidentState, 'announced'>)[] {
  if (muted) return [];
  return Object.entries(incidents).map(([reason, state]) => ({ tenant, application, reason, ...state }));
}

/** What the watcher found at its last look, of all tenants of the region, by tenant. */
export async function listUnhealthy(table: ItemTable): Promise<readonly Incident[]> {
  const found: Incident[] = [];
  await forEachTenant(table, async (_, read) => {
    const { tenant, applications = [] } = (await read()) ?? { tenant: '' };
    for (const { application, item } of applications) {
      for (const { announced: _announced, ...incident } of toIncidents({ tenant, application }, item)) {
        found.push(incident);
      }
    }
  });
  return found.toSorted((left, right) => compare(nameOf(left), nameOf(right)));
}

function nameOf({ tenant, application, reason }: Incident): string {
  return `${tenant}/${application}/${reason}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
