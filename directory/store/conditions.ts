import type { Condition, Item, ItemValue } from './item-table.ts';

/** An item as it is stored, which may be parsed only when it is asked for. */
export interface Existing {
  readonly item: Item;
}

/** Tells whether all of the conditions hold of what is stored; undefined means that there is no item. */
export function holdsAll(conditions: readonly Condition[] | undefined, existing: Existing | undefined): boolean {
  return conditions === undefined || conditions.every((condition) => holds(condition, existing));
}

function holds(condition: Condition, existing: Existing | undefined): boolean {
  switch (condition.kind) {
    case 'exists':
      return existing !== undefined;
    case 'notExists':
      return existing === undefined;
    case 'versionIs':
      return attributeOf(existing, 'version') === condition.version;
    case 'absent':
      return attributeOf(existing, condition.attribute) === undefined;
    case 'equals':
      return attributeOf(existing, condition.attribute) === condition.value;
    case 'atMost': {
      const value = attributeOf(existing, condition.attribute);
      return typeof value === 'number' && value <= condition.value;
    }
    case 'atLeast': {
      const value = attributeOf(existing, condition.attribute);
      return typeof value === 'number' && value >= condition.value;
    }
  }
}

function attributeOf(existing: Existing | undefined, name: string): ItemValue | undefined {
  if (existing === undefined || !Object.hasOwn(existing.item, name)) return undefined;
  return existing.item[name];
}
