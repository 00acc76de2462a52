import type { DirectoryContext } from '../context.ts';
import { kindOfLookup } from '../lookup-attributes.ts';
import type { Item } from '../store/item-table.ts';
import { ClaimItemSchema, parseItem } from '../store/items.ts';
import { claimKey, claimPartition, idOfIndexKey, indexKey, indexPartition, valueOfIndexKey } from '../store/keys.ts';
import type { Position } from './match.ts';
import type { Question } from './question.ts';

/**
 * The claims or index entries of an attribute, whose keys are in the order of its values: a list sorted by it can be read
 * along them. Each is a hint, as for look-ups: of a multi-valued attribute all values have entries and one of them decides
 * the order, so that an entry counts only where it is of the key that its resource has.
 */
export interface Entries {
  readonly pk: string;
  /** Whether every resource has exactly one. */
  readonly isComplete: boolean;
  /** The place that an entry stands for; a claim may be that of a deleted resource. */
  toPosition(item: Item): Position & { readonly isLive: boolean };
  /** The sort key of the entry that stands for a place. */
  toSortKey(id: string, key: string): string;
}

/** The entries that a question can be answered along; undefined where it is sorted by something else. */
export function findEntries({ tenant }: DirectoryContext, { type, sort }: Question): Entries | undefined {
  if (sort?.by === undefined) return undefined;
  const { canonical, attribute, subAttribute, extension } = sort.by;
  const definition = subAttribute ?? attribute;
  const kind = kindOfLookup(tenant.lookups[type], canonical);
  // What is ordered otherwise than as text has another order than its keys.
  if (kind === undefined || (definition.type !== 'string' && definition.type !== 'reference')) return undefined;
  const isComplete =
    attribute.required && !attribute.multiValued && subAttribute === undefined && extension === undefined;
  if (kind === 'claim') {
    return {
      pk: claimPartition(tenant.name, type, canonical),
      isComplete,
      toPosition: (item) => {
        const { sk, resourceId, tombstone } = parseItem(ClaimItemSchema, item);
        return { type, id: resourceId, key: sk, isLive: tombstone !== true };
      },
      toSortKey: (_, key) => claimKey(tenant.name, type, canonical, key).sk,
    };
  }
  return {
    pk: indexPartition(tenant.name, type, canonical),
    isComplete,
    toPosition: ({ sk }) => ({ type, id: idOfIndexKey(sk), key: valueOfIndexKey(sk), isLive: true }),
    toSortKey: (id, key) => indexKey(tenant.name, type, canonical, key, id).sk,
  };
}
