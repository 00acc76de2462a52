import { ACTORS, type DirectoryContext } from '../context.ts';
import { guardKey, guardPartition, heldPartition, isGuardKey } from '../store/access-keys.ts';
import type { ItemTable } from '../store/item-table.ts';
import { parseItem, parseOptionalItem, type ResourceItem, ResourceItemSchema } from '../store/items.ts';
import { resourceKey } from '../store/keys.ts';
import { queryAll, queryPages } from '../store/query-all.ts';
import { readBase } from './base.ts';
import { type Amount, type GuardItem, GuardItemSchema, type HeldItem, HeldItemSchema } from './guard-items.ts';
import { type GuardSettings, guardSettingsOf } from './guard-policy.ts';
import { inWindow, sumOf } from './window.ts';

/** Requests that a page lists. */
const PAGE = 100;

/** How the guard stands with an application. */
export interface GuardStatus {
  readonly application: string;
  readonly settings: GuardSettings;
  /** What went within the window. */
  readonly counted: Amount;
  /** What the percentage is of. */
  readonly base: Amount;
  readonly item: GuardItem | undefined;
  /** Whether any request is held. */
  readonly holds: boolean;
}

/** The guard of each application of a tenant, and of the lifecycle's sweep. */
export async function listGuards({ table, tenant, now }: DirectoryContext): Promise<readonly GuardStatus[]> {
  const windows = await readWindows(table, tenant.name);
  const names = [...new Set([...tenant.applications.keys(), ...windows.keys(), ACTORS.lifecycle])];
  return await Promise.all(
    names.toSorted().map(async (application) => {
      const settings = guardSettingsOf(tenant.policy.guard, application);
      const item = windows.get(application);
      return {
        application,
        settings,
        counted: sumOf(inWindow(item?.buckets ?? [], settings, now().getTime())),
        base: await readBase(table, tenant, application),
        item,
        holds: (await findFirstHeld(table, tenant.name, application)) !== undefined,
      };
    }),
  );
}

/** The windows of a tenant, by application. */
export async function readWindows(table: ItemTable, tenant: string): Promise<ReadonlyMap<string, GuardItem>> {
  const items = (await queryAll(table, { pk: guardPartition(tenant) })).filter(({ sk }) => isGuardKey(sk));
  return new Map(items.map((item) => [item.sk, parseItem(GuardItemSchema, item)]));
}

export async function readWindow({ table, tenant, application }: DirectoryContext): Promise<GuardItem | undefined> {
  return parseOptionalItem(GuardItemSchema, await table.get(guardKey(tenant.name, application)));
}

async function findFirstHeld(table: ItemTable, tenant: string, application: string): Promise<HeldItem | undefined> {
  for await (const page of queryPages(table, { pk: heldPartition(tenant, application), limit: PAGE })) {
    const held = page.map((item) => parseItem(HeldItemSchema, item)).find(({ rejectedAt }) => rejectedAt === undefined);
    if (held !== undefined) return held;
  }
  return undefined;
}

/** What is held of an application: how much, and since when; undefined where nothing is. */
export async function countHeld(
  table: ItemTable,
  tenant: string,
  application: string,
): Promise<{ readonly held: number; readonly since: string } | undefined> {
  let held = 0;
  let since: string | undefined;
  for await (const page of queryPages(table, { pk: heldPartition(tenant, application) })) {
    for (const item of page) {
      const each = parseItem(HeldItemSchema, item);
      if (each.rejectedAt !== undefined) continue;
      held += 1;
      if (since === undefined || each.since < since) since = each.since;
    }
  }
  return since === undefined ? undefined : { held, since };
}

/** A request that is held or rejected, and what it is about as that is now. */
export interface Held {
  readonly held: HeldItem;
  /** Undefined where it is gone. */
  readonly resource: ResourceItem | undefined;
}

/** Of the context's application, a page at a time. */
export async function listHeld(
  { table, tenant, application }: DirectoryContext,
  after: string | undefined,
): Promise<{ readonly held: readonly Held[]; readonly next?: string }> {
  const page = await table.query({
    pk: heldPartition(tenant.name, application),
    limit: PAGE,
    ...(after === undefined ? {} : { after }),
  });
  const held = page.items.map((item) => parseItem(HeldItemSchema, item));
  const resources = await table.getMany(held.map(({ type, id }) => resourceKey(tenant.name, type, id)));
  const found = held.map((each, n) => ({
    held: each,
    resource: parseOptionalItem(ResourceItemSchema, resources[n]),
  }));
  return { held: found, ...(page.next === undefined ? {} : { next: page.next }) };
}
