import type { Condition, UpdateAction } from '../store/item-table.ts';
import type { HeldMark, ResourceItem } from '../store/items.ts';

/**
 * What is held counts only as long as its resource carries the mark of the application: whatever settles the matter takes
 * the marks away in its own write, and what was held is void. Marks leave the resource's version as it is, since they
 * change nothing that anybody outside is told; that nobody writes one away who has not read it, or carries out what is
 * held no more, is held by their own count, which never goes back.
 */

export type Marks = Readonly<Record<string, HeldMark>>;

/** What an application's mark on a resource says. */
export function markOf({ held = {} }: Pick<ResourceItem, 'held'>, application: string): HeldMark | undefined {
  return Object.hasOwn(held, application) ? held[application] : undefined;
}

/** The marks are as they were read. */
export function areMarksUnchanged({ heldVersion }: Pick<ResourceItem, 'heldVersion'>): Condition {
  const attribute = 'heldVersion';
  return heldVersion === undefined ? { kind: 'absent', attribute } : { kind: 'equals', attribute, value: heldVersion };
}

/** Gives a resource other marks, and its count one more. */
export function changeMarks(
  item: ResourceItem,
  marks: Marks,
): { readonly action: UpdateAction; readonly after: ResourceItem; readonly count: number } {
  const count = (item.heldVersion ?? 0) + 1;
  const held = Object.keys(marks).length === 0 ? undefined : { ...marks };
  return {
    action: {
      kind: 'update',
      key: { pk: item.pk, sk: item.sk },
      set: { heldVersion: count, ...(held === undefined ? {} : { held }) },
      ...(held === undefined ? { remove: ['held'] } : {}),
      conditions: [{ kind: 'exists' }, areMarksUnchanged(item)],
    },
    after: { ...item, held, heldVersion: count },
    count,
  };
}

/** The marks but for some. */
export function marksWithout(
  { held = {} }: Pick<ResourceItem, 'held'>,
  goes: (application: string, mark: HeldMark) => boolean,
): Marks {
  return Object.fromEntries(Object.entries(held).filter(([application, mark]) => !goes(application, mark)));
}
