import type { ResourceTypeName } from '../../scim/schema/types.ts';
import type { DirectoryContext } from '../context.ts';
import { heldPartition, heldRange } from '../store/access-keys.ts';
import type { Item, ItemTable } from '../store/item-table.ts';
import { type HeldMark, parseItem, parseOptionalItem, type ResourceItem, ResourceItemSchema } from '../store/items.ts';
import { resourceKey } from '../store/keys.ts';
import { queryAll } from '../store/query-all.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { type HeldItem, HeldItemSchema, type HeldRequest, type Rejection } from './guard-items.ts';
import { areMarksUnchanged, markOf } from './marks.ts';

export interface ResourceName {
  readonly type: ResourceTypeName;
  readonly id: string;
}

/** A resource of which an application's requests are held. */
export interface HeldResource {
  readonly resource: ResourceItem;
  readonly mark: HeldMark;
  /** In the order in which they were asked for. */
  readonly requests: readonly HeldRequest[];
}

/**
 * What is held of a resource; undefined where nothing is. The resource is as it was before the requests were read. Of a
 * transaction that is just being committed the mark may be seen before its request: then both are read once more.
 */
export async function readHeldOf(context: DirectoryContext, name: ResourceName): Promise<HeldResource | undefined> {
  const held = await readOnce(context, name);
  return held?.requests.length === 0 ? await readOnce(context, name) : held;
}

async function readOnce(
  { table, tenant, application }: DirectoryContext,
  { type, id }: ResourceName,
): Promise<HeldResource | undefined> {
  const resource = parseOptionalItem(ResourceItemSchema, await table.get(resourceKey(tenant.name, type, id)));
  if (resource === undefined) return undefined;
  const mark = markOf(resource, application);
  if (mark === undefined) return undefined;
  const items = await queryAll(table, { pk: heldPartition(tenant.name, application), ...heldRange({ type, id }) });
  const requests = items
    .map((item) => parseItem(HeldItemSchema, item))
    .filter((held): held is HeldRequest => held.kind === 'request' && held.hold === mark.id);
  return { resource, mark, requests: requests.toSorted((left, right) => left.order - right.order) };
}

/** What is held no more, and the resource that says so. */
export interface Void {
  readonly item: Exclude<HeldItem, Rejection>;
  readonly resource: ResourceItem | undefined;
}

/** What became of a page of what is held of an application. */
export interface SortedItems {
  readonly held: readonly { readonly request: HeldRequest; readonly mark: HeldMark; readonly resource: ResourceItem }[];
  readonly rejections: readonly { readonly rejection: Rejection; readonly resource: ResourceItem | undefined }[];
  /** Of which the resource carries no mark, or another. */
  readonly voids: readonly Void[];
}

/** Tells what is held from what is void, by the resources as they are. */
export async function sortHeld(
  table: ItemTable,
  tenant: string,
  application: string,
  items: readonly Item[],
): Promise<SortedItems> {
  const all = items.map((item) => parseItem(HeldItemSchema, item));
  const resources = await table.getMany(all.map(({ type, id }) => resourceKey(tenant, type, id)));
  const held: SortedItems['held'][number][] = [];
  const rejections: SortedItems['rejections'][number][] = [];
  const voids: SortedItems['voids'][number][] = [];
  for (const [n, each] of all.entries()) {
    const resource = parseOptionalItem(ResourceItemSchema, resources[n]);
    const mark = resource && markOf(resource, application);
    if (each.kind === 'rejection') rejections.push({ rejection: each, resource });
    else if (resource === undefined || mark?.id !== each.hold) voids.push({ item: each, resource });
    else if (each.kind === 'request') held.push({ request: each, mark, resource });
  }
  return { held, rejections, voids };
}

/**
 * Deletes what is void; what has taken its place meanwhile stays. Of a transaction that is just being committed the request
 * may be seen before its mark: so the resource has to be what it was judged by.
 */
export async function dropVoid(table: ItemTable, tenant: string, voids: readonly Void[]): Promise<void> {
  for (const { item, resource } of voids) {
    const { pk, sk, hold, type, id } = item;
    const isAsJudged = resource === undefined ? ({ kind: 'notExists' } as const) : areMarksUnchanged(resource);
    try {
      await table.write([
        { kind: 'delete', key: { pk, sk }, conditions: [{ kind: 'equals', attribute: 'hold', value: hold }] },
        { kind: 'check', key: resourceKey(tenant, type, id), conditions: [isAsJudged] },
      ]);
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
    }
  }
}
