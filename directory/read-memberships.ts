import type { DirectoryContext } from './context.ts';
import { readOpenDeletions } from './open-deletions.ts';
import type { Item, ItemTable, Query, QueryPage } from './store/item-table.ts';
import { type Member, MembershipItemSchema, parseItem } from './store/items.ts';
import { memberOfPartition, membersPartition } from './store/keys.ts';
import { queryPages } from './store/query-all.ts';

/** What is read of each resource of a list at least, before it is known how many the others have. */
const LEAST_FIRST_PAGE = 100;

/** Ids are random, so that by their first digit memberships fall into sixteen parts of one size. */
const DIGITS = '0123456789abcdef';

/**
 * Parts that are read at once: more would not be faster, for a partition reads 12 MB a second, and no more of them than
 * these is in memory as the table has it.
 */
const LANES = 4;

type Source = Pick<DirectoryContext, 'table' | 'tenant'>;

/**
 * Everyone who is a member of the group, in id order.
 *
 * @param onPage - Is told of the members as they are read, and may put an end to it by throwing.
 */
export async function readMembers(
  context: Source,
  groupId: string,
  onPage: (members: readonly Member[]) => void = () => undefined,
): Promise<readonly Member[]> {
  const { table, tenant } = context;
  const pk = membersPartition(tenant.name, groupId);
  const [gone, first] = await Promise.all([readOpenDeletions(context), table.query({ pk })]);
  return await readOn(table, pk, first, (items) => {
    const members = toMembers(items, gone);
    onPage(members);
    return members;
  });
}

/** The members of the first of the groups: of as many groups as have no more than `most` together. */
export async function readMembersOfFirst(
  context: Source,
  groupIds: readonly string[],
  most: number,
): Promise<readonly (readonly Member[])[]> {
  if (groupIds.length === 0) return [];
  const partitions = groupIds.map((id) => membersPartition(context.tenant.name, id));
  const [gone, firsts] = await Promise.all([
    readOpenDeletions(context),
    readFirstPages(context.table, partitions, most),
  ]);
  return await readLists(context.table, firsts, most, (items) => toMembers(items, gone));
}

/** The groups of which the first of the resources are direct members, as {@link readMembersOfFirst}. */
export async function readGroupIdsOfFirst(
  { table, tenant }: Source,
  memberIds: readonly string[],
  most: number,
): Promise<readonly (readonly string[])[]> {
  const partitions = memberIds.map((id) => memberOfPartition(tenant.name, id));
  const firsts = await readFirstPages(table, partitions, most);
  return await readLists(table, firsts, most, (items) => items.map(({ sk }) => sk));
}

interface FirstPage {
  readonly pk: string;
  readonly page: QueryPage;
}

async function readFirstPages(
  table: ItemTable,
  partitions: readonly string[],
  most: number,
): Promise<readonly FirstPage[]> {
  const limit = Math.max(LEAST_FIRST_PAGE, Math.floor(most / partitions.length));
  return await Promise.all(partitions.map(async (pk) => ({ pk, page: await table.query({ pk, limit }) })));
}

/** The lists from their first pages on; ends before the one with which they would have more than `most` together. */
async function readLists<T>(
  table: ItemTable,
  firsts: readonly FirstPage[],
  most: number,
  convert: (items: readonly Item[]) => readonly T[],
): Promise<readonly (readonly T[])[]> {
  const lists: (readonly T[])[] = [];
  let read = 0;
  for (const { pk, page } of firsts) {
    try {
      const list = await readOn(table, pk, page, (items) => {
        read += items.length;
        if (read > most) throw new TooManyError();
        return convert(items);
      });
      lists.push(list);
    } catch (error) {
      if (error instanceof TooManyError) return lists;
      throw error;
    }
  }
  return lists;
}

/** More than an answer holds; ends the reading of a list. */
class TooManyError extends Error {
  override readonly name = 'TooManyError';
}

/** A whole partition, in its order, from its first page on. */
async function readOn<T>(
  table: ItemTable,
  pk: string,
  { items, next }: QueryPage,
  convert: (items: readonly Item[]) => readonly T[],
): Promise<readonly T[]> {
  const found = convert(items);
  if (next === undefined) return found;
  const parts = rangesBeyond(next).map((range) => ({ range, found: [] as T[] }));
  const waiting = parts.values();
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (const part of waiting) {
        for await (const page of queryPages(table, { pk, ...part.range })) part.found.push(...convert(page));
      }
    }),
  );
  return [...found, ...parts.flatMap((part) => part.found)];
}

/** The ranges of sort keys beyond one, by first digit. */
function rangesBeyond(after: string): readonly Pick<Query, 'from' | 'to' | 'after'>[] {
  return [...DIGITS]
    .filter((digit) => `${digit}~` > after)
    .map((digit) => ({ from: digit, to: `${digit}~`, ...(after.startsWith(digit) ? { after } : {}) }));
}

function toMembers(items: readonly Item[], gone: ReadonlySet<string>): readonly Member[] {
  const members = items.map((item): Member => {
    const { sk: id, type } = parseItem(MembershipItemSchema, item);
    return { id, type };
  });
  return gone.size === 0 ? members : members.filter(({ id }) => !gone.has(id));
}
