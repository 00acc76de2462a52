import type { DirectoryContext } from '../context.ts';
import { namesOf } from '../feed/new-entry.ts';
import { parseItem, ResourceItemSchema, TombstoneItemSchema } from '../store/items.ts';
import { resourceKey, tombstoneKey } from '../store/keys.ts';
import type { LogItem } from '../store/log-items.ts';

/** A request that failed or changed nothing keeps no name of whom its id is; the resource itself still may. */
export async function addNames(
  context: Pick<DirectoryContext, 'table' | 'tenant'>,
  entries: readonly LogItem[],
): Promise<readonly LogItem[]> {
  const { table, tenant } = context;
  const nameless = entries.flatMap(({ resource, names, purged }) => {
    const { type, id } = resource ?? {};
    if (type === undefined || id === undefined || purged === true || Object.keys(names).length > 0) return [];
    return [[id, { type, id }] as const];
  });
  const wanted = [...new Map(nameless).values()];
  const [living, deleted] = await Promise.all(
    [resourceKey, tombstoneKey].map((toKey) =>
      table.getMany(wanted.map(({ type, id }) => toKey(tenant.name, type, id))),
    ),
  );
  const names = new Map(
    wanted.flatMap(({ id }, n) => {
      const [resource, tombstone] = [living?.[n], deleted?.[n]];
      if (resource !== undefined) return [[id, namesOf(parseItem(ResourceItemSchema, resource).attributes)] as const];
      if (tombstone !== undefined)
        return [[id, namesOf(parseItem(TombstoneItemSchema, tombstone).item.attributes)] as const];
      return [];
    }),
  );
  return entries.map((entry) => {
    const found = Object.keys(entry.names).length > 0 ? undefined : names.get(entry.resource?.id ?? '');
    return found === undefined || entry.purged === true ? entry : { ...entry, names: found };
  });
}
