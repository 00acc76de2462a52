import type { DirectoryContext } from '../context.ts';
import { parseItem, type TombstoneItem, TombstoneItemSchema } from '../store/items.ts';
import { tombstonePartition } from '../store/keys.ts';
import { endOfRetention } from './tombstones.ts';

/** A deleted user who can be brought back, or wants purging. */
export interface DeletedUser {
  readonly tombstone: TombstoneItem;
  readonly restorableUntil: Date;
}

const PAGE = 100;

/** The deleted users of a tenant in the order of ids, a page at a time. */
export async function listDeletedUsers(
  { table, tenant }: Pick<DirectoryContext, 'table' | 'tenant'>,
  after: string | undefined,
): Promise<{ readonly users: readonly DeletedUser[]; readonly next?: string }> {
  const pk = tombstonePartition(tenant.name, 'User');
  const { items, next } = await table.query({ pk, limit: PAGE, ...(after === undefined ? {} : { after }) });
  const users = items.map((item) => {
    const tombstone = parseItem(TombstoneItemSchema, item);
    return { tombstone, restorableUntil: endOfRetention(tombstone, tenant.settings) };
  });
  return next === undefined ? { users } : { users, next };
}
