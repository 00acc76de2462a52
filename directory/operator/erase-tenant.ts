import { createResourceSchemas } from '../../scim/schema/resource-types.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { inParts } from '../in-parts.ts';
import { canonicalLookups } from '../lookup-values.ts';
import type { Item, ItemTable, Key, Query } from '../store/item-table.ts';
import { JournalEntryItemSchema, parseItem, TenantItemSchema } from '../store/items.ts';
import {
  applicationRange,
  claimPartition,
  counterPartition,
  cyclePartition,
  formerMembershipPartition,
  indexPartition,
  JOURNALS,
  journalEntryRange,
  journalPartition,
  memberKey,
  memberOfKey,
  memberOfPartition,
  membersPartition,
  nameOfApplicationKey,
  resourcePartition,
  tenantPartition,
  tombstonePartition,
} from '../store/keys.ts';
import { queryAll, queryPages } from '../store/query-all.ts';

/** Deletions under way at once; a partition takes 1,000 write units a second. */
const PARALLEL = 24;
/** Left for the answer, once the time of a call is over. */
const RESERVE_MILLIS = 3_000;
const PAGE = 200;

const TYPES: readonly ResourceTypeName[] = ['User', 'Group'];

/** What a pass over a tenant did. */
export interface ErasePass {
  readonly deleted: number;
  /** False where the time was over first. */
  readonly finished: boolean;
}

/**
 * Deletes what a tenant has, all but the tenant itself and its applications. What depends on a resource goes before the
 * resource, for only that leads to it; so a pass that broke off is carried on by the next.
 */
export async function eraseTenant(table: ItemTable, tenant: string, remainingMs: () => number): Promise<ErasePass> {
  const eraser = new Eraser(table, () => remainingMs() > RESERVE_MILLIS);
  const finished = await eraseAll(eraser, table, tenant);
  return { deleted: eraser.deleted, finished };
}

/** @returns false where the time was over first. */
async function eraseAll(eraser: Eraser, table: ItemTable, tenant: string): Promise<boolean> {
  for (const item of await queryAll(table, { pk: JOURNALS, ...journalEntryRange(tenant) })) {
    const { resourceId } = parseItem(JournalEntryItemSchema, item);
    if (!(await eraser.partition({ pk: journalPartition(tenant, resourceId) }))) return false;
    await eraser.items([item]);
  }
  for (const type of TYPES) {
    for (const pk of [resourcePartition(tenant, type), tombstonePartition(tenant, type)]) {
      if (!(await eraser.partition({ pk }, ({ sk }) => eraseDependents(eraser, tenant, type, sk)))) return false;
    }
  }
  for (const pk of [...lookupPartitions(tenant), ...TYPES.map((type) => counterPartition(tenant, type))]) {
    if (!(await eraser.partition({ pk }))) return false;
  }
  for (const { sk } of await queryAll(table, { pk: tenantPartition(tenant), ...applicationRange() })) {
    if (!(await eraser.partition({ pk: cyclePartition(tenant, nameOfApplicationKey(sk)) }))) return false;
  }
  return true;
}

/** Memberships from both sides, former ones, and chunks of journals. */
async function eraseDependents(eraser: Eraser, tenant: string, type: ResourceTypeName, id: string): Promise<boolean> {
  const groups = await eraser.partition({ pk: memberOfPartition(tenant, id) }, undefined, ({ sk }) =>
    memberKey(tenant, sk, id),
  );
  const former = await eraser.partition({ pk: formerMembershipPartition(tenant, id) });
  if (type === 'User') return groups && former;
  const chunks = await eraser.partition({ pk: journalPartition(tenant, id) });
  const members = await eraser.partition({ pk: membersPartition(tenant, id) }, undefined, ({ sk }) =>
    memberOfKey(tenant, sk, id),
  );
  return groups && former && chunks && members;
}

/** Of every attribute that is looked up by under any settings. */
function lookupPartitions(tenant: string): string[] {
  const schemas = createResourceSchemas();
  const defaults = TenantItemSchema.shape.settings.parse({});
  return TYPES.flatMap((type) =>
    [true, false].flatMap((uniqueGroupNames) => {
      const { claimed, indexed } = canonicalLookups(schemas[type], { ...defaults, uniqueGroupNames });
      return [...claimed, ...indexed].flatMap((attribute) => [
        claimPartition(tenant, type, attribute),
        indexPartition(tenant, type, attribute),
        indexPartition(tenant, `Tombstone${type}`, attribute),
      ]);
    }),
  );
}

/** Deletes partitions, page by page, as long as there is time. */
class Eraser {
  deleted = 0;
  readonly #table: ItemTable;
  readonly #hasTime: () => boolean;

  constructor(table: ItemTable, hasTime: () => boolean) {
    this.#table = table;
    this.#hasTime = hasTime;
  }

  /**
   * @param first - Deletes what hangs on an item, before the item; false where the time was over.
   * @param toOther - The key of an item that goes with each.
   * @returns False where the time was over first.
   */
  async partition(
    query: Pick<Query, 'pk'>,
    first: (item: Item) => Promise<boolean> = async () => true,
    toOther?: (item: Item) => Key,
  ): Promise<boolean> {
    for await (const page of queryPages(this.#table, { ...query, limit: PAGE })) {
      for (const part of inParts(page, PARALLEL)) {
        if (!this.#hasTime()) return false;
        const ready = await Promise.all(part.map(first));
        await this.items(part.filter((_, n) => ready[n] === true));
        if (toOther !== undefined) await this.items(part.map(toOther));
        if (ready.includes(false)) return false;
      }
    }
    return true;
  }

  async items(keys: readonly Key[]): Promise<void> {
    await Promise.all(keys.map(({ pk, sk }) => this.#table.writeOne({ kind: 'delete', key: { pk, sk } })));
    this.deleted += keys.length;
  }
}
