import type { ResourceItem } from '../store/items.ts';

/**
 * Up to which sequence number of its events a resource, as it was read, is known whole, its members included: the members
 * of a long write come and go under the version that it began with.
 */
export function sequenceOf({ version, journal }: Pick<ResourceItem, 'version' | 'journal'>): number {
  return journal === undefined ? version : version - 1;
}
