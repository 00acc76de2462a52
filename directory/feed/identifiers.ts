import type { ItemTable, Key } from '../store/item-table.ts';
import { type LogItem, PurgedItemSchema } from '../store/log-items.ts';
import { hashIdentifier } from '../store/log-keys.ts';
import { WriteRefusedError } from '../store/table-errors.ts';

/** Every userName and externalId that the entry tells. */
export function identifiersOf({ names, changes }: Pick<LogItem, 'names' | 'changes'>): readonly string[] {
  const former = changes
    .filter(({ path }) => path === 'userName' || path === 'externalId')
    .flatMap(({ before, after }) => [before, after]);
  const all = [names.userName, names.externalId, ...former];
  return [...new Set(all.filter((name) => typeof name === 'string'))];
}

/** In the form in which the log is looked up by them. */
export function hashesOf(tenant: string, entry: Pick<LogItem, 'names' | 'changes'>): readonly string[] {
  return [...new Set(identifiersOf(entry).map((name) => hashIdentifier(tenant, name)))];
}

const KnownSchema = PurgedItemSchema.pick({ identifiers: true, identifierCount: true }).required();

/**
 * Adds to what the stub of a purge knows of the names of its user, so that the sweeper's last look finds whatever else
 * bears them. A stub that has forgotten them, or is not there, learns nothing any more.
 *
 * @param hashes - Of what the user was called.
 * @returns All that the stub knows then; undefined where it knows nothing any more.
 */
export async function learnIdentifiers(
  table: ItemTable,
  { pk, sk }: Key,
  hashes: Iterable<string>,
): Promise<readonly string[] | undefined> {
  const key = { pk, sk };
  for (;;) {
    const { data: known } = KnownSchema.safeParse(await table.get(key));
    if (known === undefined) return undefined;
    const identifiers = [...new Set([...known.identifiers, ...hashes])];
    if (identifiers.length === known.identifiers.length) return identifiers;
    try {
      await table.writeOne({
        kind: 'update',
        key,
        set: { identifiers, identifierCount: identifiers.length },
        // They only grow in number, until they go: of the same number they are the same.
        conditions: [{ kind: 'equals', attribute: 'identifierCount', value: known.identifierCount }],
      });
      return identifiers;
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
    }
  }
}
