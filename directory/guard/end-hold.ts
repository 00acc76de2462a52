import type { DirectoryContext } from '../context.ts';
import { heldPartition, heldRange } from '../store/access-keys.ts';
import type { Action } from '../store/item-table.ts';
import { parseItem } from '../store/items.ts';
import { ignoringRefusal } from '../store/journal.ts';
import { queryAll } from '../store/query-all.ts';
import { WriteRefusedError } from '../store/table-errors.ts';
import { HeldItemSchema } from './guard-items.ts';
import { changeMarks, marksWithout } from './marks.ts';
import type { HeldResource, ResourceName } from './read-held.ts';

/**
 * Takes an application's mark from a resource, if the marks are as they were read, and drops what was held by it. The
 * mark may be gone by itself: with who was deactivated, or with the resource.
 *
 * @param alongside - For the same transaction.
 * @returns `again` where the marks are not as they were read, and so maybe not what is held.
 */
export async function endHold(
  context: DirectoryContext,
  { resource, mark }: Pick<HeldResource, 'resource' | 'mark'>,
  alongside: readonly Action[] = [],
): Promise<'ended' | 'again'> {
  const { table, application } = context;
  const { action } = changeMarks(
    resource,
    marksWithout(resource, (name) => name === application),
  );
  try {
    await (alongside.length === 0 ? table.writeOne(action) : table.write([action, ...alongside]));
  } catch (error) {
    if (!(error instanceof WriteRefusedError)) throw error;
    return 'again';
  }
  await dropHold(context, { type: resource.type, id: resource.sk }, mark.id);
  return 'ended';
}

/** Drops what was held by a mark that is gone; of what has been held since, the id is another. */
export async function dropHold(
  { table, tenant, application }: DirectoryContext,
  name: ResourceName,
  hold: string,
): Promise<void> {
  for (const item of await queryAll(table, { pk: heldPartition(tenant.name, application), ...heldRange(name) })) {
    const held = parseItem(HeldItemSchema, item);
    if (held.kind === 'rejection' || held.hold !== hold) continue;
    const isSame = { kind: 'equals', attribute: 'hold', value: hold } as const;
    await ignoringRefusal(table.writeOne({ kind: 'delete', key: { pk: held.pk, sk: held.sk }, conditions: [isSame] }));
  }
}
