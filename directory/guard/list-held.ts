import { ACTORS, type DirectoryContext } from '../context.ts';
import { guardKey, guardPartition, heldPartition, isGuardKey } from '../store/access-keys.ts';
import type { ItemTable } from '../store/item-table.ts';
import { parseItem, parseOptionalItem } from '../store/items.ts';
import { queryAll, queryPages } from '../store/query-all.ts';
import { readBase } from './base.ts';
import { type Amount, type GuardItem, GuardItemSchema } from './guard-items.ts';
import { type GuardSettings, guardSettingsOf } from './guard-policy.ts';
import { dropVoid, type SortedItems, sortHeld } from './read-held.ts';
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
        holds: await hasHeld(table, tenant.name, application),
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

async function hasHeld(table: ItemTable, tenant: string, application: string): Promise<boolean> {
  for await (const page of queryPages(table, { pk: heldPartition(tenant, application), limit: PAGE })) {
    if ((await sortHeld(table, tenant, application, page)).held.length > 0) return true;
  }
  return false;
}

/** What is held of an application: how much, and since when; undefined where nothing is. What is void goes. */
export async function countHeld(
  table: ItemTable,
  tenant: string,
  application: string,
): Promise<{ readonly held: number; readonly since: string } | undefined> {
  let count = 0;
  let since: string | undefined;
  for await (const page of queryPages(table, { pk: heldPartition(tenant, application), limit: PAGE })) {
    const { held, voids } = await sortHeld(table, tenant, application, page);
    for (const { mark } of held) if (since === undefined || mark.since < since) since = mark.since;
    count += held.length;
    await dropVoid(table, tenant, voids);
  }
  return since === undefined ? undefined : { held: count, since };
}

/** Of the context's application, a page at a time; a page may be empty though others follow. */
export async function listHeld(
  { table, tenant, application }: DirectoryContext,
  after: string | undefined,
): Promise<Pick<SortedItems, 'held' | 'rejections'> & { readonly next?: string }> {
  const page = await table.query({
    pk: heldPartition(tenant.name, application),
    limit: PAGE,
    ...(after === undefined ? {} : { after }),
  });
  const { held, rejections } = await sortHeld(table, tenant.name, application, page.items);
  return { held, rejections, ...(page.next === undefined ? {} : { next: page.next }) };
}
