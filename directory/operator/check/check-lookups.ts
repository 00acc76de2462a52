import type { ResourceTypeName } from '../../../scim/schema/types.ts';
import type { DirectoryContext } from '../../context.ts';
import { lookupAttributes } from '../../lookup-attributes.ts';
import { lookupValues } from '../../lookup-values.ts';
import type { Action, Item, Key } from '../../store/item-table.ts';
import { parseItem, ResourceItemSchema, TombstoneItemSchema } from '../../store/items.ts';
import {
  claimKey,
  claimPartition,
  idOfIndexKey,
  indexKey,
  indexPartition,
  resourceKey,
  tombstoneKey,
} from '../../store/keys.ts';
import type { Look, Problem } from './problem.ts';

/** The claims, or the index entries, of one attribute. */
export interface LookupPart {
  readonly kind: 'claim' | 'index' | 'tombstoneIndex';
  readonly type: ResourceTypeName;
  readonly attribute: string;
}

/** The tenant, and the table that holds it. */
export type LookupContext = Pick<DirectoryContext, 'table' | 'tenant'>;

const PAGE = 300;
const PROBLEM = 'claim or index entry without a resource that has the value';

/**
 * Every part that the tenant's settings make, and those that other settings would have made; of the indexes that
 * operators asked for, those that are whole.
 */
export function lookupParts({ tenant }: LookupContext): readonly LookupPart[] {
  const parts = (['User', 'Group'] as const).flatMap((type) => {
    const added = tenant.lookups[type].added.filter(({ isWhole }) => isWhole).map(({ attribute }) => attribute);
    return [true, false].flatMap((uniqueGroupNames): LookupPart[] => {
      const { claimed, indexed } = lookupAttributes(tenant.schemas[type], { uniqueGroupNames });
      return [
        ...claimed.map(({ canonical }): LookupPart => ({ kind: 'claim', type, attribute: canonical })),
        ...[...indexed, ...added].flatMap(({ canonical }) => indexParts(type, canonical)),
      ];
    });
  });
  return [...new Map(parts.map((part) => [nameOf(part), part])).values()];
}

/** Both halves of an index. */
export function indexParts(type: ResourceTypeName, attribute: string): readonly LookupPart[] {
  return [
    { kind: 'index', type, attribute },
    { kind: 'tombstoneIndex', type, attribute },
  ];
}

export function nameOf({ kind, type, attribute }: LookupPart): string {
  return `${kind} ${type}.${attribute}`;
}

/** Checks that what claims and index entries point to is there and has the value. */
export async function checkLookups(context: LookupContext, part: LookupPart, after?: string): Promise<Look> {
  const { table } = context;
  const pk = partitionOf(context, part);
  const { items, next } = await table.query({ pk, limit: PAGE, ...(after === undefined ? {} : { after }) });
  const owners = items.map((item) => ownerOf(context, part, item));
  const stored = await table.getMany(owners);
  const problems = items.flatMap((item, n): Problem[] => {
    const owner = stored[n];
    if (owner !== undefined && hasValue(context, part, item, owner)) return [];
    const key = { pk: item.pk, sk: item.sk };
    return [{ key, problem: PROBLEM, repair: [drop(item), asRead(owners[n] ?? key, owner)] }];
  });
  return { problems, checked: items.length, next };
}

function partitionOf({ tenant }: LookupContext, { kind, type, attribute }: LookupPart): string {
  switch (kind) {
    case 'claim':
      return claimPartition(tenant.name, type, attribute);
    case 'index':
      return indexPartition(tenant.name, type, attribute);
    case 'tombstoneIndex':
      return indexPartition(tenant.name, `Tombstone${type}`, attribute);
  }
}

function ownerOf({ tenant }: LookupContext, { kind, type }: LookupPart, item: Item): Key {
  const id = kind === 'claim' ? String(item['resourceId']) : idOfIndexKey(item.sk);
  const isDeleted = kind === 'tombstoneIndex' || item['tombstone'] === true;
  return isDeleted ? tombstoneKey(tenant.name, type, id) : resourceKey(tenant.name, type, id);
}

function hasValue({ tenant }: LookupContext, part: LookupPart, item: Item, owner: Item): boolean {
  const { kind, type } = part;
  const isDeleted = kind === 'tombstoneIndex' || item['tombstone'] === true;
  const resource = isDeleted ? parseItem(TombstoneItemSchema, owner).item : parseItem(ResourceItemSchema, owner);
  const { claims, entries } = lookupValues(tenant.lookups[type], resource.attributes);
  if (kind === 'claim') {
    return claims.some(({ attribute, value }) => isSame(claimKey(tenant.name, type, attribute, value), item));
  }
  const indexed = kind === 'index' ? type : (`Tombstone${type}` as const);
  return entries.some(({ attribute, value }) =>
    isSame(indexKey(tenant.name, indexed, attribute, value, resource.sk), item),
  );
}

function isSame(left: Key, right: Key): boolean {
  return left.pk === right.pk && left.sk === right.sk;
}

function drop(item: Item): Action {
  const { pk, sk, resourceId } = item;
  const owned = typeof resourceId === 'string' ? resourceId : undefined;
  return {
    kind: 'delete',
    key: { pk, sk },
    conditions:
      owned === undefined ? [{ kind: 'exists' }] : [{ kind: 'equals', attribute: 'resourceId', value: owned }],
  };
}

/** Nobody gives the owner the value meanwhile. */
function asRead(key: Key, owner: Item | undefined): Action {
  const version = owner?.['version'];
  if (typeof version === 'number') return { kind: 'check', key, conditions: [{ kind: 'versionIs', version }] };
  return { kind: 'check', key, conditions: [{ kind: 'notExists' }] };
}
