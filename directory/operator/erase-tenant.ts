import { createResourceSchemas } from '../../scim/schema/resource-types.ts';
import type { ResourceTypeName } from '../../scim/schema/types.ts';
import { ACTORS } from '../context.ts';
import { allPointers, pointersOf } from '../feed/pointers.ts';
import { lookupAttributes } from '../lookup-attributes.ts';
import {
  announcedRolePartition,
  guardPartition,
  heldPartition,
  ownedPartition,
  ownsPartition,
  roleJobPartition,
} from '../store/access-keys.ts';
import type { Item, ItemTable } from '../store/item-table.ts';
import { JournalEntryItemSchema, parseItem } from '../store/items.ts';
import {
  claimPartition,
  counterPartition,
  formerMembershipPartition,
  indexPartition,
  JOURNALS,
  journalEntryRange,
  journalPartition,
  memberKey,
  memberOfKey,
  memberOfPartition,
  membersPartition,
  openDeletionPartition,
  resourcePartition,
  tombstonePartition,
} from '../store/keys.ts';
import { LogItemSchema } from '../store/log-items.ts';
import { cyclePartition, logPartition, parkedPartition, purgedPartition } from '../store/log-keys.ts';
import { queryAll } from '../store/query-all.ts';
import { applicationRange, nameOfApplicationKey, tenantPartition } from '../store/tenant-keys.ts';
import { readTenantRecords } from '../tenant-records.ts';
import { Eraser } from './eraser.ts';

/** Left for the answer, once the time of a call is over. */
const RESERVE_MILLIS = 3_000;

const TYPES: readonly ResourceTypeName[] = ['User', 'Group'];

/** What a pass over a tenant did. */
export interface ErasePass {
  readonly deleted: number;
  /** False where the time was over first. */
  readonly finished: boolean;
}

/**
 * Deletes what a tenant has, all but the tenant itself with its applications, schemas and indexes. What depends on a
 * resource goes before the resource, for only that leads to it; so a pass that broke off is carried on by the next.
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
  const counters = TYPES.map((type) => counterPartition(tenant, type));
  for (const pk of [...(await lookupPartitions(table, tenant)), ...counters, openDeletionPartition(tenant)]) {
    if (!(await eraser.partition({ pk }))) return false;
  }
  for (const { sk } of await queryAll(table, { pk: tenantPartition(tenant), ...applicationRange() })) {
    if (!(await eraser.partition({ pk: cyclePartition(tenant, nameOfApplicationKey(sk)) }))) return false;
    if (!(await eraser.partition({ pk: heldPartition(tenant, nameOfApplicationKey(sk)) }))) return false;
  }
  for (const pk of [heldPartition(tenant, ACTORS.lifecycle), guardPartition(tenant)]) {
    if (!(await eraser.partition({ pk }))) return false;
  }
  return (await eraseOwnerships(eraser, tenant)) && (await eraseRecord(eraser, tenant));
}

/** Who owns what, and the access roles that were announced. */
async function eraseOwnerships(eraser: Eraser, tenant: string): Promise<boolean> {
  for (const pk of [ownedPartition(tenant), announcedRolePartition(tenant), roleJobPartition(tenant)]) {
    if (!(await eraser.partition({ pk }))) return false;
  }
  return true;
}

/** The log, whose entries alone lead to their pointers; what is parked; what purges have left. */
async function eraseRecord(eraser: Eraser, tenant: string): Promise<boolean> {
  const erasePointers = async (item: Item): Promise<boolean> => {
    await eraser.items(allPointers(pointersOf(tenant, parseItem(LogItemSchema, item))));
    return true;
  };
  if (!(await eraser.partition({ pk: logPartition(tenant) }, erasePointers))) return false;
  for (const pk of [parkedPartition(tenant), ...TYPES.map((type) => purgedPartition(tenant, type))]) {
    if (!(await eraser.partition({ pk }))) return false;
  }
  return true;
}

/** Memberships from both sides, former ones, chunks of journals, and what a user owns. */
async function eraseDependents(eraser: Eraser, tenant: string, type: ResourceTypeName, id: string): Promise<boolean> {
  const groups = await eraser.partition({ pk: memberOfPartition(tenant, id) }, undefined, ({ sk }) =>
    memberKey(tenant, sk, id),
  );
  const former = await eraser.partition({ pk: formerMembershipPartition(tenant, id) });
  if (type === 'User') return (await eraser.partition({ pk: ownsPartition(tenant, id) })) && groups && former;
  const chunks = await eraser.partition({ pk: journalPartition(tenant, id) });
  const members = await eraser.partition({ pk: membersPartition(tenant, id) }, undefined, ({ sk }) =>
    memberOfKey(tenant, sk, id),
  );
  return groups && former && chunks && members;
}

/** Of every attribute that is looked up by under any settings, or that operators have had indexed. */
async function lookupPartitions(table: ItemTable, tenant: string): Promise<string[]> {
  const schemas = createResourceSchemas();
  const indexes = (await readTenantRecords(table, tenant))?.indexes ?? [];
  return TYPES.flatMap((type) => {
    const builtIn = [true, false].flatMap((uniqueGroupNames) => {
      const { claimed, indexed } = lookupAttributes(schemas[type], { uniqueGroupNames });
      return [...claimed, ...indexed].map(({ canonical }) => canonical);
    });
    const added = indexes.filter((index) => index.type === type).map(({ attribute }) => attribute);
    return [...new Set([...builtIn, ...added])].flatMap((attribute) => [
      claimPartition(tenant, type, attribute),
      ...indexPartitions(tenant, type, attribute),
    ]);
  });
}

/** Of resources and of tombstones. */
export function indexPartitions(tenant: string, type: ResourceTypeName, attribute: string): readonly string[] {
  return [indexPartition(tenant, type, attribute), indexPartition(tenant, `Tombstone${type}`, attribute)];
}
