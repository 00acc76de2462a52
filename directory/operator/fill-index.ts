import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { inParts } from '../in-parts.ts';
import { resolvePath } from '../lookup-attributes.ts';
import { valuesOf } from '../lookup-values.ts';
import type { Action, Item, Key } from '../store/item-table.ts';
import { FORMAT, parseItem, ResourceItemSchema, TombstoneItemSchema } from '../store/items.ts';
import { ignoringRefusal } from '../store/journal.ts';
import { type Indexed, indexKey, resourcePartition, tombstonePartition } from '../store/keys.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { checkLookups, indexParts, type LookupContext } from './check/check-lookups.ts';
import { parseCursor, toCursor } from './cursor.ts';

const PAGE = 200;
/**
 * Transactions under way at once. Each costs the partition of the resources two write units of its 1,000 a second, which
 * the tenant's requests want as well.
 */
const PARALLEL = 4;

/** What is to be indexed, and how far it has come. */
export interface Filling {
  readonly type: ResourceTypeName;
  /** Canonical path. */
  readonly attribute: string;
  readonly position?: string | undefined;
}

/** What became of a page: where the next begins, and how many items it had. */
interface Page {
  readonly next?: string | undefined;
  readonly size: number;
}

/** A part of the work, done in pages. */
interface Stage {
  readonly name: string;
  readonly work: (after: string | undefined) => Promise<Page>;
}

/**
 * Makes an index whole, once every change keeps its entries: whoever did not know of it yet may have left entries that
 * nobody has the value of, which go first; then resources and tombstones get the entries that they lack.
 *
 * @returns Where to go on; undefined once it is whole.
 */
export async function fillIndex(
  context: LookupContext,
  filling: Filling,
  hasTime: () => boolean,
): Promise<{ readonly position: string | undefined; readonly handled: number }> {
  const { type, attribute, position } = filling;
  const stages: readonly Stage[] = [
    ...indexParts(type, attribute).map(
      (part): Stage => ({ name: part.kind, work: (after) => dropStrayEntries(context, part, after) }),
    ),
    { name: 'resources', work: (after) => fillResources(context, filling, after) },
    { name: 'tombstones', work: (after) => fillTombstones(context, filling, after) },
  ];
  const names = stages.map(({ name }) => name);
  const start = parseCursor(position, names);
  let after = start?.after;
  let handled = 0;
  for (const { name, work } of stages.slice(start === undefined ? 0 : names.indexOf(start.stage))) {
    do {
      if (!hasTime()) return { position: toCursor({ stage: name, after }), handled };
      const page = await work(after);
      handled += page.size;
      after = page.next;
    } while (after !== undefined);
  }
  return { position: undefined, handled };
}

/** Looks again until nothing is wrong: what is refused has changed since it was looked at. */
async function dropStrayEntries(
  context: LookupContext,
  part: ReturnType<typeof indexParts>[number],
  after: string | undefined,
): Promise<Page> {
  for (;;) {
    const { problems, checked, next } = await checkLookups(context, part, after);
    if (problems.length === 0) return { next, size: checked };
    for (const { repair } of problems) {
      if (repair !== undefined) await ignoringRefusal(context.table.write(repair));
    }
  }
}

async function fillResources(context: LookupContext, filling: Filling, after: string | undefined): Promise<Page> {
  const { table, tenant } = context;
  const pk = resourcePartition(tenant.name, filling.type);
  const { items, next } = await table.query({ pk, limit: PAGE, ...(after === undefined ? {} : { after }) });
  await putEntries(context, items, (item) => entryOfResource(context, filling, item));
  return { next, size: items.length };
}

async function fillTombstones(context: LookupContext, filling: Filling, after: string | undefined): Promise<Page> {
  const { table, tenant } = context;
  const pk = tombstonePartition(tenant.name, filling.type);
  const { items, next } = await table.query({ pk, limit: PAGE, ...(after === undefined ? {} : { after }) });
  await putEntries(context, items, (item) => entryOfTombstone(context, filling, item));
  return { next, size: items.length };
}

/** The entry that an item should have, and what must hold of the item when it gets it. */
interface Entry {
  readonly key: Key;
  readonly owner: Action;
}

type EntryOf = (item: Item) => Entry | undefined;

async function putEntries(context: LookupContext, items: readonly Item[], entryOf: EntryOf): Promise<void> {
  const wanted = items.flatMap((item) => {
    const entry = entryOf(item);
    return entry === undefined ? [] : [{ item, entry }];
  });
  const stored = await context.table.getMany(wanted.map(({ entry }) => entry.key));
  const missing = wanted.filter((_, n) => stored[n] === undefined);
  for (const part of inParts(missing, PARALLEL)) {
    await Promise.all(part.map(({ item }) => putEntry(context, item, entryOf)));
  }
}

/** Under the item as it was read; one that was changed meanwhile is read again, one that is gone has no entry. */
async function putEntry({ table }: LookupContext, item: Item, entryOf: EntryOf): Promise<void> {
  let current: Item | undefined = item;
  while (current !== undefined) {
    const entry = entryOf(current);
    if (entry === undefined) return;
    try {
      await table.write([{ kind: 'put', item: { ...entry.key, format: FORMAT } }, entry.owner]);
      return;
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      current = await table.get({ pk: item.pk, sk: item.sk });
    }
  }
}

function entryOfResource(context: LookupContext, filling: Filling, item: Item): Entry | undefined {
  const { pk, sk, version, attributes } = parseItem(ResourceItemSchema, item);
  const key = entryKey(context, filling, filling.type, sk, attributes);
  const owner: Action = { kind: 'check', key: { pk, sk }, conditions: [{ kind: 'versionIs', version }] };
  return key && { key, owner };
}

function entryOfTombstone(context: LookupContext, filling: Filling, item: Item): Entry | undefined {
  const { pk, sk, journal, item: last } = parseItem(TombstoneItemSchema, item);
  const key = entryKey(context, filling, `Tombstone${filling.type}`, sk, last.attributes);
  const conditions = [{ kind: 'equals', attribute: 'journal', value: journal } as const];
  return key && { key, owner: { kind: 'check', key: { pk, sk }, conditions } };
}

function entryKey(
  { tenant }: LookupContext,
  { type, attribute }: Filling,
  indexed: Indexed,
  id: string,
  attributes: Parameters<typeof valuesOf>[1],
): Key | undefined {
  const resolved = resolvePath(tenant.schemas[type], attribute);
  const [value] = resolved === undefined ? [] : valuesOf(resolved, attributes);
  return value && indexKey(tenant.name, indexed, attribute, value.value, id);
}
