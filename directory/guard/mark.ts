import type { DirectoryContext } from '../context.ts';
import { actorOf } from '../resource-writes.ts';
import { heldPartition, heldRange } from '../store/access-keys.ts';
import type { Action, UpdateAction } from '../store/item-table.ts';
import { parseItem, parseOptionalItem, type ResourceItem, ResourceItemSchema } from '../store/items.ts';
import { resourceKey } from '../store/keys.ts';
import { queryAll } from '../store/query-all.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { type HeldItem, HeldItemSchema } from './guard-items.ts';

/**
 * Writes on the resource since when something of it is held, or that nothing is any more: under its version, which goes
 * up, so that nobody who read it before writes it away.
 */
export function markAction(context: DirectoryContext, item: ResourceItem, since: string | undefined): UpdateAction {
  return {
    kind: 'update',
    key: { pk: item.pk, sk: item.sk },
    set: {
      ...(since === undefined ? {} : { heldSince: since }),
      by: actorOf(context),
      lastModified: context.now().toISOString(),
      writeId: context.newId(),
    },
    // What the last write said of itself goes with it.
    remove: [...(since === undefined ? ['heldSince'] : []), 'delta', 'broughtBack'],
    add: { version: 1 },
    conditions: [
      { kind: 'versionIs', version: item.version },
      { kind: 'absent', attribute: 'journal' },
    ],
  };
}

/** What is held of a resource, or rejected, oldest first. */
export async function readHeldOf(
  { table, tenant, application }: DirectoryContext,
  resource: Pick<HeldItem, 'type' | 'id'>,
): Promise<readonly HeldItem[]> {
  const items = await queryAll(table, { pk: heldPartition(tenant.name, application), ...heldRange(resource) });
  const held = items.map((item) => parseItem(HeldItemSchema, item));
  return held.toSorted((left, right) => compare(left.at, right.at));
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

/**
 * Ends that a request is held: with the mark of its resource, where nothing else of that is held, and whatever else is to
 * be done in the same transaction. Does nothing where it is no longer as it was read.
 */
export async function endHeld(
  context: DirectoryContext,
  held: HeldItem,
  ending: Action = deletionOf(held),
  alongside: readonly Action[] = [],
): Promise<void> {
  const { table, tenant } = context;
  for (;;) {
    const key = resourceKey(tenant.name, held.type, held.id);
    const item = parseOptionalItem(ResourceItemSchema, await table.get(key));
    const isMarked = item?.heldSince !== undefined;
    const others = isMarked ? (await readHeldOf(context, held)).filter(isOther(held)) : [];
    const marks = isMarked && others.length === 0 ? [markAction(context, item, undefined)] : [];
    try {
      await table.write([ending, ...marks, ...alongside]);
      return;
    } catch (error) {
      if (!(error instanceof WriteRefusedError)) throw error;
      if (error.refusalOf(0) !== undefined) return;
    }
  }
}

function isOther({ sk }: HeldItem) {
  return (other: HeldItem) => other.sk !== sk && other.rejectedAt === undefined;
}

export function deletionOf({ pk, sk, version }: HeldItem): Action {
  return { kind: 'delete', key: { pk, sk }, conditions: [{ kind: 'versionIs', version }] };
}
