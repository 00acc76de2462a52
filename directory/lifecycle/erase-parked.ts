import * as z from 'zod';
import type { Cleaner } from '../deletion.ts';
import { identifiersOf, learnIdentifiers } from '../feed/identifiers.ts';
import { erasureOf } from '../feed/log-entry.ts';
import { type ParkedChange, readParked, toChange, unpark } from '../feed/park.ts';
import { toPointerItems } from '../feed/pointers.ts';
import { findSubject, type Subject } from '../feed/subject.ts';
import type { ItemChange } from '../store/item-change.ts';
import type { Action, Item, ItemTable } from '../store/item-table.ts';
import { LogItemSchema } from '../store/log-items.ts';
import { hashIdentifier, purgedKey } from '../store/log-keys.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { isTheirs, type Purged } from './erase-log.ts';

/**
 * Deletes what the change feed has parked about the person: the changes of the user's own items; and of the log those of
 * entries that are to be erased as the log itself is, together with the names in the entry. What is of others stays,
 * though it names the person or bears one of the names. What the stub learns here is looked for by the next call.
 *
 * @param after - Where a call before has ended.
 * @returns Where this one has, if the time was over first.
 */
export async function eraseParked(
  { table, hasTime }: Pick<Cleaner, 'table' | 'hasTime'>,
  purged: Purged,
  after: string | undefined,
): Promise<string | undefined> {
  for await (const parked of readParked(table, purged.tenant, after)) {
    if (await isToGo(table, purged, parked)) await unpark(table, parked);
    if (!hasTime()) return parked.changeId;
  }
  return undefined;
}

async function isToGo(table: ItemTable, purged: Purged, parked: ParkedChange): Promise<boolean> {
  const change = toWhole(parked);
  // One that is not whole can never be replayed, and is known by the id alone.
  if (change === undefined) return parked.body.includes(purged.id);
  const item = change.after ?? change.before;
  const subject = item && findSubject(item);
  if (item === undefined || subject === undefined) return false;
  const identifiers = identifiersIn(change, subject);
  const hashes = identifiers.map((name) => hashIdentifier(purged.tenant, name));
  if (subject.kind === 'log') {
    const entry = toAbout(item, change);
    const isNamed = hashes.some((hash) => purged.identifiers.includes(hash));
    if (!isTheirs(purged, entry) || !(isNamed || entry.resource?.id === purged.id)) return false;
    await eraseEntry(table, purged.tenant, change);
    if (entry.resource?.id !== purged.id) return true;
  } else if (!isOfUser(subject, purged.id)) return false;
  await learnIdentifiers(table, purgedKey(purged.tenant, 'User', purged.id), hashes);
  return true;
}

function toWhole(parked: ParkedChange): ItemChange | undefined {
  try {
    return toChange(parked);
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What the purge itself has left is none of it: that the user was purged is still to be told. */
function isOfUser(subject: Subject, id: string): boolean {
  const isOwn = subject.kind === 'resource' || subject.kind === 'tombstone';
  return isOwn && subject.type === 'User' && subject.id === id;
}

const text = z.string().optional().catch(undefined);
const AboutSchema = z.object({ resource: z.object({ type: text, id: text }).optional().catch(undefined), time: text });

/** Whom the entry is about, and when it happened; where it does not say when, about then was it put. */
function toAbout(item: Item, { at }: ItemChange) {
  const { resource, time = at.toISOString() } = AboutSchema.parse(item);
  return { resource, time };
}

const ToldSchema = LogItemSchema.pick({ names: true, changes: true });
const NamedSchema = z.object({ attributes: z.object({ userName: text, externalId: text }) });
const TombstoneSchema = z.object({ item: NamedSchema });

/** Every userName and externalId that the change tells of whomever it is about. */
function identifiersIn({ before, after }: ItemChange, { kind }: Subject): readonly string[] {
  return [before, after].flatMap((item) => {
    if (kind === 'log') {
      const told = ToldSchema.safeParse(item).data;
      return told === undefined ? [] : identifiersOf(told);
    }
    const named = kind === 'tombstone' ? TombstoneSchema.safeParse(item).data?.item : NamedSchema.safeParse(item).data;
    const { userName, externalId } = named?.attributes ?? {};
    return [userName, externalId].filter((name) => name !== undefined);
  });
}

/**
 * Without its change nothing would lead to the entry any more, so it loses its names here; and gets the pointers that the
 * change was parked before, as far as they tell no name.
 */
async function eraseEntry(table: ItemTable, tenant: string, { before, after }: ItemChange): Promise<void> {
  if (after === undefined) return;
  const { names: _names, changes: _changes, detail: _detail, truncated: _truncated, ...rest } = after;
  const entry = before === undefined ? LogItemSchema.safeParse(rest).data : undefined;
  const pointers = entry === undefined ? [] : toPointerItems(tenant, entry);
  try {
    await table.write([erasureOf(after), ...pointers.map((item): Action => ({ kind: 'put', item }))]);
  } catch (error) {
    // The log itself was purged meanwhile.
    if (!(error instanceof WriteRefusedError)) throw error;
  }
}
