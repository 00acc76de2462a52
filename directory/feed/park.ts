import * as z from 'zod';
import type { ItemChange } from '../store/item-change.ts';
import type { Action, Item, ItemTable, Key } from '../store/item-table.ts';
import { FORMAT, parseItem } from '../store/items.ts';
import { type ParkedItem, ParkedItemSchema } from '../store/log-items.ts';
import { parkedKey, parkedPartition, parkedRange, purgedKey } from '../store/log-keys.ts';
import { queryAll, queryPages } from '../store/query-all.ts';
import { WriteRefusedError } from '../store/table-errors.ts';

/** Characters of a part; each takes three bytes at most, and an item may have 400 KB. */
const PART = 100_000;

/** A parked change. */
export interface ParkedChange {
  readonly changeId: string;
  /** When it was parked. */
  readonly time: string;
  readonly reason: string;
  /** The change as JSON, whole. */
  readonly body: string;
  /** Where it lies. */
  readonly keys: readonly Key[];
}

/**
 * Keeps a change whole until it is replayed. Nothing is kept of a user who has been purged.
 *
 * @param person - Id of the user whose data may be in it.
 * @param reason - The kind of failure, never a value.
 */
export async function park(
  table: ItemTable,
  tenant: string,
  { change, person, reason, now }: { change: ItemChange; person: string | undefined; reason: string; now: Date },
): Promise<void> {
  const parts = inTextParts(JSON.stringify(change));
  const puts = parts.map((body, part): Action => {
    const kept = { format: FORMAT, time: now.toISOString(), changeId: change.id, part, parts: parts.length };
    const item = { ...parkedKey(tenant, change.id, part), ...kept, body, reason };
    return { kind: 'put', item, conditions: [{ kind: 'notExists' }] };
  });
  const check: Action[] =
    person === undefined
      ? []
      : [{ kind: 'check', key: purgedKey(tenant, 'User', person), conditions: [{ kind: 'notExists' }] }];
  try {
    await table.write([...puts, ...check]);
  } catch (error) {
    // It is parked already, or nothing may be kept of whoever it is about.
    if (!(error instanceof WriteRefusedError)) throw error;
  }
}

/** Each of a tenant's parked changes, whole, in the order of their names. */
export async function* readParked(table: ItemTable, tenant: string, after?: string): AsyncIterable<ParkedChange> {
  const pk = parkedPartition(tenant);
  let last = after;
  for (;;) {
    const { items } = await table.query({
      pk,
      limit: 1,
      ...(last === undefined ? {} : { after: parkedRange(last).to }),
    });
    const [found] = items;
    if (found === undefined) return;
    const { changeId } = parseItem(ParkedItemSchema, found);
    yield toParkedChange(await queryAll(table, { pk, ...parkedRange(changeId) }));
    last = changeId;
  }
}

/** A page of what is parked, without what is in it. */
export async function listParked(
  table: ItemTable,
  tenant: string,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<{ readonly parked: readonly Omit<ParkedChange, 'body' | 'keys'>[]; readonly next?: string }> {
  const parked: Omit<ParkedChange, 'body' | 'keys'>[] = [];
  const position = after === undefined ? {} : { after: parkedRange(after).to };
  for await (const page of queryPages(table, { pk: parkedPartition(tenant), ...position })) {
    for (const item of page) {
      const { part, changeId, time, reason } = parseItem(ParkedItemSchema, item);
      if (part !== 0) continue;
      const last = parked.at(-1);
      if (parked.length === limit && last !== undefined) return { parked, next: last.changeId };
      parked.push({ changeId, time, reason });
    }
  }
  return { parked };
}

/** Ends a parked change. */
export async function unpark(table: ItemTable, { keys }: Pick<ParkedChange, 'keys'>): Promise<void> {
  await table.write(keys.map((key) => ({ kind: 'delete', key })));
}

const ItemSchema = z.custom<Item>(isItem, 'not an item');
const ChangeSchema = z.object({
  id: z.string(),
  at: z.iso.datetime().transform((time) => new Date(time)),
  before: ItemSchema.optional(),
  after: ItemSchema.optional(),
});

/** The change that was parked. @throws ZodError where somebody changed it to what is none. */
export function toChange({ body }: Pick<ParkedChange, 'body'>): ItemChange {
  const { id, at, before, after } = ChangeSchema.parse(JSON.parse(body));
  return { id, at, before, after };
}

function isItem(value: unknown): boolean {
  return z.looseObject({ pk: z.string(), sk: z.string() }).safeParse(value).success;
}

function toParkedChange(items: readonly Item[]): ParkedChange {
  const parts = items.map((item): ParkedItem => parseItem(ParkedItemSchema, item));
  const { changeId = '', time = '', reason = '' } = parts[0] ?? {};
  const body = parts.map((part) => part.body).join('');
  return { changeId, time, reason, body, keys: parts.map(({ pk, sk }) => ({ pk, sk })) };
}

/** No part ends between the two halves of a character, which the table would refuse. */
function inTextParts(text: string): readonly string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = Math.min(start + PART, text.length);
    const cut = end < text.length && isHighSurrogate(text, end - 1) ? end - 1 : end;
    parts.push(text.slice(start, cut));
    start = cut;
  }
  return parts;
}

function isHighSurrogate(text: string, position: number): boolean {
  return (text.charCodeAt(position) & 0xfc00) === 0xd800;
}
