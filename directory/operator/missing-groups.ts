import type { Mapping, Policy } from '../access/policy.ts';
import type { DirectoryContext } from '../context.ts';
import { inLanes } from '../in-lanes.ts';
import { kindOfLookup, resolvePath } from '../lookup-attributes.ts';
import { ClaimItemSchema, parseOptionalItem } from '../store/items.ts';
import { claimKey, indexPartition, indexRange, isResourceId, resourceKey, toKeyValue } from '../store/keys.ts';

/** Look-ups at once. */
const LANES = 16;

type Source = Pick<DirectoryContext, 'table' | 'tenant'>;

/**
 * The mappings whose group is not there: not yet provisioned, or called otherwise. Nothing is wrong with such a policy,
 * but whoever applies it will want to know.
 */
export async function findMissingGroups(source: Source, { mappings }: Policy): Promise<readonly Mapping[]> {
  const found = await inLanes(mappings, LANES, (mapping) => isThere(source, mapping));
  return mappings.filter((_, n) => found[n] === false);
}

async function isThere({ table, tenant }: Source, { by, value }: Mapping): Promise<boolean> {
  if (by === 'id')
    return isResourceId(value) && (await table.get(resourceKey(tenant.name, 'Group', value))) !== undefined;
  const attribute = resolvePath(tenant.schemas.Group, by)?.attribute;
  if (attribute === undefined) return false;
  const key = toKeyValue(value, attribute.caseExact, by);
  if (kindOfLookup(tenant.lookups.Group, by) === 'claim') {
    const claim = parseOptionalItem(ClaimItemSchema, await table.get(claimKey(tenant.name, 'Group', by, key)));
    return claim !== undefined && claim.tombstone !== true;
  }
  const pk = indexPartition(tenant.name, 'Group', by);
  return (await table.query({ pk, ...indexRange(key), limit: 1 })).items.length > 0;
}
