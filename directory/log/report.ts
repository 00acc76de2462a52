import { ACTORS, type DirectoryContext } from '../context.ts';
import { noSuchApplication } from '../operator/operation.ts';
import { parseItem } from '../store/items.ts';
import { type LogItem, LogItemSchema } from '../store/log-items.ts';
import { logOfApplicationPartition, logPartition } from '../store/log-keys.ts';
import { addNames } from './add-names.ts';
import { findUserPartitions } from './find-user.ts';
import { findCycles } from './log-cycles.ts';
import { parseCursorText, type TimeRange, toCursorText } from './log-range.ts';
import { maskEntry } from './mask.ts';
import { type LogSource, type Place, readStretch } from './merged-log.ts';

/** Which entries of the provisioning log are wanted; what is not given excludes none. */
export interface ReportQuery extends TimeRange {
  /** An id, or a userName or externalId that somebody has or had. Of a group its id. */
  readonly user?: string | undefined;
  /** An application, or one of `ACTORS`. */
  readonly application?: string | undefined;
  readonly outcome?: LogItem['outcome'] | undefined;
  /** Where the page before ended. */
  readonly after?: string | undefined;
  /** Entries at most. */
  readonly limit: number;
  /** With the personal values. */
  readonly reveal: boolean;
}

export interface ReportEntry extends Omit<LogItem, 'pk' | 'sk'> {
  /** Start of the sync cycle to which it belongs, in milliseconds since 1970. */
  readonly cycle: number | undefined;
}

export interface ReportPage {
  readonly entries: readonly ReportEntry[];
  /** A page that comes out short may have one. */
  readonly next?: string;
  /** More users may have or have had that name than entries were looked for: each is found by the id. */
  readonly moreUsers?: true;
}

/** Entries that a page looks at, at most, where few are of the outcome that is wanted. */
const MAX_LOOKED_AT = 5_000;
/** Entries that are fetched together: one may have 300 KB. */
const STRETCH = 200;
/** A page ends beyond that, so that it fits into an answer. */
const MAX_PAGE_BYTES = 3_000_000;

const ACTOR_NAMES: readonly string[] = Object.values(ACTORS);

type ReportContext = Pick<DirectoryContext, 'table' | 'tenant'>;

/**
 * A page of the provisioning log, newest first. Every combination of user, application and timespan is a range of keys,
 * so that the number of table calls depends on what is answered, not on how long the log is; what is of another outcome
 * is read and left out.
 *
 * @throws {@link OperationRefusedError} `not_found` of an application that the tenant does not have; `invalid` where
 * `after` is no place in the log; ScimError 400 where nobody can be
 * called as `user` says.
 */
export async function readReport(context: ReportContext, query: ReportQuery): Promise<ReportPage> {
  const { sources, isCut } = await sourcesOf(context, query);
  const { kept, next } = await collect(context, sources, query);
  const named = await addNames(context, kept);
  const cycleOf = await findCycles(context.table, context.tenant.name, kept);
  const entries = named.map((entry): ReportEntry => {
    const { pk: _pk, sk: _sk, ...shown } = query.reveal ? entry : maskEntry(entry);
    return { ...shown, cycle: cycleOf(entry.application, entry.time) };
  });
  return {
    entries,
    ...(next === undefined ? {} : { next: toCursorText(next) }),
    ...(isCut ? { moreUsers: true } : {}),
  };
}

/** The entries of a page, and the place at which it ended before its end. */
async function collect(
  context: ReportContext,
  sources: readonly LogSource[],
  query: ReportQuery,
): Promise<{ readonly kept: readonly LogItem[]; readonly next: string | undefined }> {
  const kept: LogItem[] = [];
  let after = parseCursorText(query.after);
  let bytes = 0;
  for (let lookedAt = 0; lookedAt < MAX_LOOKED_AT; ) {
    const limit = query.outcome === undefined ? Math.min(STRETCH, query.limit - kept.length) : STRETCH;
    const { places, isMore } = await readStretch(context.table, sources, { range: query, after, limit });
    const entries = await readEntries(context, places);
    for (const [n, { place }] of places.entries()) {
      if (kept.length === query.limit || bytes > MAX_PAGE_BYTES) return { kept, next: after };
      after = place;
      const entry = entries[n];
      if (entry === undefined || (query.outcome !== undefined && entry.outcome !== query.outcome)) continue;
      kept.push(entry);
      bytes += Buffer.byteLength(JSON.stringify(entry));
    }
    if (!isMore) return { kept, next: undefined };
    if (kept.length === query.limit || bytes > MAX_PAGE_BYTES) break;
    lookedAt += places.length;
  }
  return { kept, next: after };
}

/** The narrowest that has all that is asked for. */
async function sourcesOf(
  context: ReportContext,
  { user, application }: ReportQuery,
): Promise<{ readonly sources: readonly LogSource[]; readonly isCut: boolean }> {
  const { name, applications } = context.tenant;
  if (application !== undefined && !applications.has(application) && !ACTOR_NAMES.includes(application)) {
    throw noSuchApplication(name, application);
  }
  if (user !== undefined) {
    const { partitions, isCut } = await findUserPartitions(context, user);
    const actors = application === undefined ? [...applications.keys(), ...ACTOR_NAMES] : [application];
    return { sources: partitions.flatMap((pk) => actors.map((actor) => ({ pk, prefix: `${actor}#` }))), isCut };
  }
  const pk = application === undefined ? logPartition(name) : logOfApplicationPartition(name, application);
  return { sources: [{ pk, prefix: '' }], isCut: false };
}

/** In the order of the places; undefined where a pointer has outlived its entry. */
async function readEntries(
  { table, tenant }: ReportContext,
  places: readonly Place[],
): Promise<readonly (LogItem | undefined)[]> {
  const log = logPartition(tenant.name);
  const pointers = places.filter(({ item }) => item.pk !== log);
  const fetched = await table.getMany(pointers.map(({ place }) => ({ pk: log, sk: place })));
  const found = new Map(pointers.map(({ place }, n) => [place, fetched[n]]));
  return places.map(({ place, item }) => {
    const entry = item.pk === log ? item : found.get(place);
    return entry === undefined ? undefined : parseItem(LogItemSchema, entry);
  });
}
