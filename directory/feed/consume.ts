import * as z from 'zod';
import { followRoles } from '../access/follow-roles.ts';
import type { Tenant } from '../context.ts';
import { baseActions, toBaseChange } from '../guard/base.ts';
import type { ItemChange } from '../store/item-change.ts';
import type { Action, Item, ItemTable } from '../store/item-table.ts';
import { parseItem } from '../store/items.ts';
import { type LogItem, LogItemSchema } from '../store/log-items.ts';
import { InvalidRequestError } from '../store/table-errors.ts';
import { readTenantRecords, toTenant } from '../tenant-records.ts';
import { type EventPublisher, toEvents } from './event.ts';
import type { DirectoryEvent } from './event-schemas.ts';
import { putLogEntry } from './log-entry.ts';
import { park } from './park.ts';
import { putPointers } from './pointers.ts';
import { findSubject, type Subject } from './subject.ts';
import { toLogEntry } from './to-log-entry.ts';

export interface FeedDependencies {
  /** Repeats what may be repeated until the batch's deadline (`store/retrying-table.ts`). */
  readonly table: ItemTable;
  readonly publisher: EventPublisher;
  readonly now: () => Date;
}

/** What became of the changes of a batch. */
export interface FeedReport {
  readonly changes: number;
  /** Entries of the log that they stand for, those that were there already included. */
  readonly entries: number;
  /** Entries of the log, by whomever they were put, that got their pointers. */
  readonly indexed: number;
  readonly events: number;
  /** Departures of an only company owner, which were refused. */
  readonly refusals: number;
  /** Changes that nobody can make sense of; kept whole until they are replayed. */
  readonly parked: readonly { readonly tenant: string; readonly changeId: string; readonly reason: string }[];
}

export interface Feed {
  /**
   * Takes in changes of the table, in any order, any number of times: for each its entry in the log, once, then its
   * events, at least once.
   *
   * @throws what a busy table or the publisher threw, after all that could be done is done: the batch is to be given again.
   */
  consume(changes: readonly ItemChange[]): Promise<FeedReport>;
}

/** Changes taken in at once. */
const LANES = 16;

export function createFeed(dependencies: FeedDependencies): Feed {
  return { consume: (changes) => consume(dependencies, changes) };
}

/** What a change came to. */
type Taken =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'entry' | 'indexed' | 'refused';
      readonly tenant: Tenant;
      readonly events: readonly DirectoryEvent[];
    }
  | { readonly kind: 'parked'; readonly tenant: string; readonly changeId: string; readonly reason: string };

async function consume(dependencies: FeedDependencies, changes: readonly ItemChange[]): Promise<FeedReport> {
  const taken: Taken[] = [];
  const failures: unknown[] = [];
  const findTenant = tenantsOf(dependencies.table);
  const queue = changes.values();
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (const change of queue) {
        try {
          taken.push(await takeIn(dependencies, findTenant, change));
        } catch (error) {
          failures.push(error);
        }
      }
    }),
  );
  // An entry that is there has its events published even where another change has to wait.
  const events = await publishAll(dependencies.publisher, taken);
  if (failures.length > 0) throw failures[0];
  const countOf = (kind: Taken['kind']) => taken.filter((each) => each.kind === kind).length;
  return {
    changes: changes.length,
    entries: countOf('entry'),
    indexed: countOf('indexed') + countOf('refused'),
    events,
    refusals: countOf('refused'),
    parked: taken.flatMap((each) => (each.kind === 'parked' ? [each] : [])),
  };
}

type FindTenant = (name: string) => Promise<Tenant | undefined>;

/** Each tenant is read once a batch, after its changes: so it has all that its schemas had when they were made. */
function tenantsOf(table: ItemTable): FindTenant {
  const known = new Map<string, Promise<Tenant | undefined>>();
  const read = async (name: string) => {
    const records = await readTenantRecords(table, name);
    return records && toTenant(name, records);
  };
  return (name) => {
    const tenant = known.get(name) ?? read(name);
    known.set(name, tenant);
    return tenant;
  };
}

async function takeIn(dependencies: FeedDependencies, findTenant: FindTenant, change: ItemChange): Promise<Taken> {
  const item = change.after ?? change.before;
  const subject = item && findSubject(item);
  if (subject === undefined) return { kind: 'nothing' };
  try {
    const tenant = await findTenant(subject.tenant);
    // Whatever goes because its tenant goes is no event, and nothing may be left of it.
    if (tenant === undefined || tenant.standing.state === 'deleting') return { kind: 'nothing' };
    return await write(dependencies, tenant, understand(change, subject, tenant));
  } catch (error) {
    if (!isLasting(error)) throw error;
    const reason = reasonOf(error);
    const person = personOf(change, subject);
    const kept = subject.kind === 'purged' ? withoutIdentifiers(change) : change;
    await park(dependencies.table, subject.tenant, { change: kept, person, reason, now: dependencies.now() });
    return { kind: 'parked', tenant: subject.tenant, changeId: change.id, reason };
  }
}

/**
 * Whether it fails however often it is tried: what is stored is not understood, be it the change, its tenant or somebody
 * whose role it concerns, or the table does not take what would be written.
 */
function isLasting(error: unknown): error is Error {
  return error instanceof NotUnderstoodError || error instanceof z.ZodError || error instanceof InvalidRequestError;
}

/** What is to be written of a change. */
type Meaning =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'entry';
      readonly entry: LogItem;
      readonly events: readonly DirectoryEvent[];
      readonly counts: readonly Action[];
    }
  | { readonly kind: 'logged'; readonly entry: LogItem; readonly events: readonly DirectoryEvent[] };

/** The change cannot be made sense of, however often it is tried. */
class NotUnderstoodError extends Error {
  override readonly name = 'NotUnderstoodError';
}

function understand(change: ItemChange, subject: Subject, tenant: Tenant): Meaning {
  try {
    if (subject.kind === 'log') {
      if (change.after === undefined || change.before !== undefined) return { kind: 'nothing' };
      const logged = parseItem(LogItemSchema, change.after);
      return {
        kind: 'logged',
        entry: logged,
        events: isToldByItself(logged) ? toEvents(tenant.name, logged, tenant.settings) : [],
      };
    }
    const entry = toLogEntry(change, subject, tenant.schemas);
    if (entry === undefined) return { kind: 'nothing' };
    const counts = baseActions(tenant.name, toBaseChange(change, entry), entry.id);
    return { kind: 'entry', entry, events: toEvents(tenant.name, entry, tenant.settings), counts };
  } catch (cause) {
    throw new NotUnderstoodError('the change is not understood', { cause });
  }
}

/** What is put with its entry in one transaction, rather than by the feed, is told from the entry. */
function isToldByItself({ operation }: LogItem): boolean {
  return operation === 'transfer' || operation === 'role';
}

async function write({ table, now }: FeedDependencies, tenant: Tenant, meaning: Meaning): Promise<Taken> {
  switch (meaning.kind) {
    case 'nothing':
      return { kind: 'nothing' };
    case 'logged':
      await putPointers(table, tenant.name, meaning.entry);
      await followRoles({ table, now }, tenant, meaning.entry);
      return { kind: isRefusal(meaning.entry) ? 'refused' : 'indexed', tenant, events: meaning.events };
    case 'entry':
      return { kind: 'entry', tenant, events: await log(table, tenant, meaning) };
  }
}

function isRefusal({ operation, outcome }: LogItem): boolean {
  return operation === 'transfer' && outcome === 'failed';
}

/** @returns the events that may be published now that the entry is there. */
async function log(
  table: ItemTable,
  tenant: Tenant,
  { entry, events, counts }: Extract<Meaning, { kind: 'entry' }>,
): Promise<readonly DirectoryEvent[]> {
  const told = await putLogEntry(table, tenant.name, entry, counts);
  return told === entry ? events : toEvents(tenant.name, told, tenant.settings);
}

async function publishAll(publisher: EventPublisher, taken: readonly Taken[]): Promise<number> {
  const byTenant = new Map<Tenant, DirectoryEvent[]>();
  for (const each of taken) {
    if (each.kind === 'nothing' || each.kind === 'parked' || each.events.length === 0) continue;
    byTenant.set(each.tenant, [...(byTenant.get(each.tenant) ?? []), ...each.events]);
  }
  for (const [tenant, events] of byTenant) await publisher.publish(tenant, events);
  return [...byTenant.values()].reduce((sum, events) => sum + events.length, 0);
}

/** The hashes that the stub of a purge forgets within a day are nothing that an entry is made of. */
function withoutIdentifiers({ before, after, ...change }: ItemChange): ItemChange {
  const strip = (item: Item | undefined) => {
    if (item === undefined) return undefined;
    const { identifiers: _identifiers, identifierCount: _count, ...rest } = item;
    return rest;
  };
  return { ...change, before: strip(before), after: strip(after) };
}

/** The user whose data the change may hold. */
function personOf({ before, after }: ItemChange, subject: Subject): string | undefined {
  if (subject.kind === 'resource' || subject.kind === 'tombstone') {
    return subject.type === 'User' ? subject.id : undefined;
  }
  if (subject.kind !== 'log') return undefined;
  const about = z.object({ resource: z.object({ id: z.string().min(1) }) }).safeParse(after ?? before);
  return about.data?.resource.id;
}

/** Names of attributes and kinds of faults, never a value. */
function reasonOf(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof z.ZodError)) return cause.name;
  const faults = cause.issues.map(({ path, code }) => `${String(path[0] ?? 'item')}: ${code}`);
  return [...new Set(faults)].slice(0, 5).join(', ');
}
