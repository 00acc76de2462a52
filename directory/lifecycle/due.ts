import type { DirectoryContext } from '../context.ts';
import type { Item } from '../store/item-table.ts';
import { parseItem, ResourceItemSchema, TombstoneItemSchema } from '../store/items.ts';
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
  if (settings.deleteAfterDeactivatedDays === null) return { due: [], next: TOMBSTONES };
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

async function readPage(
  { table, tenant }: Pick<DirectoryContext, 'table' | 'tenant'>,
  part: typeof USERS | typeof TOMBSTONES,
  after: string,
  judge: (item: Item) => readonly Due[],
): Promise<DuePage> {
  const id = after.slice(part.length);
  const pk = part === USERS ? resourcePartition(tenant.name, 'User') : tombstonePartition(tenant.name, 'User');
  const { items, next } = await table.query({
    pk,
    limit: PAGE,
    consistent: false,
    ...(id === '' ? {} : { after: id }),
  });
  return { due: items.flatMap(judge), ...(next === undefined ? {} : { next: `${part}${next}` }) };
}

function userNameOf({ attributes }: { readonly attributes: Readonly<Record<string, unknown>> }): string | undefined {
  const { userName } = attributes;
  return typeof userName === 'string' ? userName : undefined;
}
