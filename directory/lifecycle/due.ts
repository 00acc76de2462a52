import * as z from 'zod';
import type { DirectoryContext } from '../context.ts';
import type { Item } from '../store/item-table.ts';
import { parseItem, ResourceItemSchema, type TombstoneItem, TombstoneItemSchema } from '../store/items.ts';
import { resourcePartition, tombstonePartition } from '../store/keys.ts';
import { endOfDeactivation, endOfRetention } from './tombstones.ts';

/** Somebody whose time is over, or will be. */
export interface Due {
  /** `delete`: deactivated for so long as the tenant's setting says; `purge`: deleted longer ago than the retention. */
  readonly action: 'delete' | 'purge';
  readonly id: string;
  readonly userName: string | undefined;
  /** Since when the user is deactivated, or deleted. */
  readonly since: string;
  /** From when on the sweep acts. */
  readonly from: Date;
}

export interface DuePage {
  readonly due: readonly Due[];
  /** What is wrong with items that could not be read. */
  readonly faults: readonly z.ZodError[];
  /** Where the next page begins; absent on the last. */
  readonly next?: string;
}

/** Users or tombstones that a page looks at. */
const PAGE = 2_000;
/** What a page is about stands before the id where it goes on. */
const USERS = 'User#';
const TOMBSTONES = 'Tombstone#';

/**
 * Whom the sweep would delete or purge by `until`, a page at a time: deactivated users first, then tombstones. What is read
 * may be a moment old; the sweep judges each one again.
 *
 * @param after - Where the page before ended.
 */
export async function listDue(
  context: Pick<DirectoryContext, 'table' | 'tenant'>,
  until: Date,
  after: string = USERS,
): Promise<DuePage> {
  const { settings } = context.tenant;
  if (!after.startsWith(USERS)) {
    return await readPage(context, TOMBSTONES, after, (item) => {
      const tombstone = parseItem(TombstoneItemSchema, item);
      const from = endOfRetention(tombstone, settings);
      const { sk: id, deletedAt: since, item: last } = tombstone;
      return from > until ? [] : [{ action: 'purge', id, userName: userNameOf(last), since, from }];
    });
  }
  if (settings.deleteAfterDeactivatedDays === null) return { due: [], faults: [], next: TOMBSTONES };
  const page = await readPage(context, USERS, after, (item) => {
    if (item['deactivatedAt'] === undefined) return [];
    const user = parseItem(ResourceItemSchema, item);
    const from = endOfDeactivation(user, settings);
    const { sk: id, deactivatedAt: since } = user;
    if (since === undefined || from === undefined || from > until) return [];
    return [{ action: 'delete', id, userName: userNameOf(user), since, from }];
  });
  return { next: TOMBSTONES, ...page };
}

/** A page of deleted groups whose retention is over by `until`: what is left of them is dropped. */
export async function listDueGroups(
  context: Pick<DirectoryContext, 'table' | 'tenant'>,
  until: Date,
  after?: string,
): Promise<Pick<DuePage, 'faults' | 'next'> & { readonly groups: readonly TombstoneItem[] }> {
  const { found, ...page } = await readItems(
    context,
    tombstonePartition(context.tenant.name, 'Group'),
    after,
    (item) => {
      const tombstone = parseItem(TombstoneItemSchema, item);
      return endOfRetention(tombstone, context.tenant.settings) > until ? [] : [tombstone];
    },
  );
  return { groups: found, ...page };
}

async function readPage(
  context: Pick<DirectoryContext, 'table' | 'tenant'>,
  part: typeof USERS | typeof TOMBSTONES,
  after: string,
  judge: (item: Item) => readonly Due[],
): Promise<DuePage> {
  const id = after.slice(part.length);
  const tenant = context.tenant.name;
  const pk = part === USERS ? resourcePartition(tenant, 'User') : tombstonePartition(tenant, 'User');
  const { found, faults, next } = await readItems(context, pk, id === '' ? undefined : id, judge);
  return { due: found, faults, ...(next === undefined ? {} : { next: `${part}${next}` }) };
}

/** One that cannot be read does not hide the others. */
async function readItems<T>(
  { table }: Pick<DirectoryContext, 'table'>,
  pk: string,
  after: string | undefined,
  judge: (item: Item) => readonly T[],
): Promise<{ readonly found: readonly T[]; readonly faults: readonly z.ZodError[]; readonly next?: string }> {
  const query = { pk, limit: PAGE, consistent: false };
  const { items, next } = await table.query(after === undefined ? query : { ...query, after });
  const faults: z.ZodError[] = [];
  const found = items.flatMap((item) => {
    try {
      return judge(item);
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      faults.push(error);
      return [];
    }
  });
  return { found, faults, ...(next === undefined ? {} : { next }) };
}

function userNameOf({ attributes }: { readonly attributes: Readonly<Record<string, unknown>> }): string | undefined {
  const { userName } = attributes;
  return typeof userName === 'string' ? userName : undefined;
}
