import type { DirectoryContext } from './context.ts';
import { openDeletionKey, openDeletionPartition } from './store/keys.ts';
import { getEach, queryAll } from './store/query-all.ts';

type Source = Pick<DirectoryContext, 'table' | 'tenant'>;

/**
 * The ids of deleted resources that may still have memberships: whoever reads memberships leaves theirs out. Nearly
 * always none: an entry stays for a minute or two after a deletion, until the sweeper has had its second look.
 */
export async function readOpenDeletions({ table, tenant }: Source): Promise<ReadonlySet<string>> {
  return new Set((await queryAll(table, { pk: openDeletionPartition(tenant.name) })).map(({ sk }) => sk));
}

/** Those of the ids that are in {@link readOpenDeletions}. */
export async function findOpenDeletions({ table, tenant }: Source, ids: readonly string[]): Promise<readonly string[]> {
  const items = await getEach(
    table,
    ids.map((id) => openDeletionKey(tenant.name, id)),
  );
  return ids.filter((_, n) => items[n] !== undefined);
}
