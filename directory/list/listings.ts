import { type ScimError, tooMany } from '../../scim/errors.ts';
import type { DirectoryContext } from '../context.ts';
import { locatePosition, readCounters } from '../counters.ts';
import type { Item } from '../store/item-table.ts';
import { parseItem, type ResourceItem, ResourceItemSchema } from '../store/items.ts';
import { resourcePartition } from '../store/keys.ts';
import { queryGrowingPages, queryPages } from '../store/query-all.ts';
import { MAX_SCANNED, ScanBudget } from './budget.ts';
import { type Entries, findEntries } from './entries.ts';
import { findMatches, readMatches, type Window } from './find-matches.ts';
import { createOrder, type Position } from './match.ts';
import { isDescending, type Question } from './question.ts';

/** A list, or a part of one, that is read by position. */
export interface Listing {
  readonly total: number;
  /** The resources of a window, in the order of the list; without those that went meanwhile. */
  read(window: Window): Promise<readonly ResourceItem[]>;
}

/**
 * The list of what is asked, as listings of which one follows the other. By type, and by id within one; sorted, it is one.
 *
 * @param window - What will probably be read, counted from the first listing.
 */
export async function openListings(
  context: DirectoryContext,
  questions: readonly Question[],
  window: Window,
): Promise<readonly Listing[]> {
  const isSorted = questions.some(({ sort }) => sort !== undefined);
  if (!isSorted) {
    return await Promise.all(
      questions.map((question) =>
        question.filter === undefined ? listById(context, question) : listMatches(context, [question], window),
      ),
    );
  }
  const [question, ...others] = questions;
  if (question === undefined) return [];
  const entries = others.length === 0 && question.filter === undefined ? findEntries(context, question) : undefined;
  if (entries?.isComplete) return [await listEntries(context, question, entries)];
  return [await listMatches(context, questions, window)];
}

/** All resources of a type: the counters tell where a position is. */
async function listById(context: DirectoryContext, { type }: Question): Promise<Listing> {
  const counters = await readCounters(context, type);
  return {
    total: counters.total,
    read: async ({ from, to }) => {
      const count = Math.min(to, counters.total) - from;
      if (count <= 0) return [];
      const { prefix, skip } = locatePosition(counters, from);
      const pk = resourcePartition(context.tenant.name, type);
      const items: Item[] = [];
      for await (const page of queryPages(context.table, { pk, from: prefix, limit: skip + count })) {
        items.push(...page);
        if (items.length >= skip + count) break;
      }
      return items.slice(skip, skip + count).map((item) => parseItem(ResourceItemSchema, item));
    },
  };
}

/** What a filter selects, or what only memory can sort. */
async function listMatches(
  context: DirectoryContext,
  questions: readonly Question[],
  window: Window,
): Promise<Listing> {
  const found = await Promise.all(questions.map((question) => findMatches(context, question, window)));
  const matches = found.flat().sort(createOrder(isDescending(questions)));
  return {
    total: matches.length,
    read: async ({ from, to }) => await readMatches(context, questions, matches.slice(from, to)),
  };
}

/** All resources of a type by an attribute that each has once: the entries before the window are counted, no more. */
async function listEntries(context: DirectoryContext, question: Question, entries: Entries): Promise<Listing> {
  const { total } = await readCounters(context, question.type);
  return {
    total,
    read: async ({ from, to }) => {
      if (from >= to || from >= total) return [];
      if (from > MAX_SCANNED) throw tooDeep(`startIndex may be ${MAX_SCANNED + 1} at most`);
      const positions = await readPositions(context, question, entries, to);
      return await readMatches(context, [question], positions.slice(from));
    },
  };
}

/** The first places in the order of the entries; of what is deleted there may be entries between them. */
async function readPositions(
  context: DirectoryContext,
  question: Question,
  { pk, toPosition }: Entries,
  count: number,
): Promise<readonly Position[]> {
  const budget = new ScanBudget(context, tooDeep);
  const positions: Position[] = [];
  const query = { pk, backwards: isDescending([question]), limit: count };
  for await (const page of queryGrowingPages(context.table, query)) {
    budget.spendPage();
    for (const item of page) {
      const { isLive, ...position } = toPosition(item);
      if (isLive) positions.push(position);
    }
    if (positions.length >= count) break;
  }
  return positions.slice(0, count);
}

function tooDeep(why: string): ScimError {
  return tooMany(
    `In a sorted list what comes before startIndex has to be passed by: ${why}; page by cursor, which does not`,
  );
}
