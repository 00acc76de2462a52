import type { Action, Item, ItemValue, Key, SingleAction, UpdateAction } from './item-table.ts';
import { InvalidRequestError } from './table-errors.ts';

/** The key of the item that the action is about. */
export function keyOf(action: Action): Key {
  return action.kind === 'put' ? action.item : action.key;
}

/**
 * The item that the action leaves behind; undefined where it leaves none.
 *
 * @throws {@link InvalidRequestError} when an update adds to what is no integer.
 */
export function itemAfter(action: SingleAction, before: Item | undefined): Item | undefined {
  switch (action.kind) {
    case 'put':
      return action.item;
    case 'delete':
      return undefined;
    case 'update':
      return updated(action, before);
  }
}

function updated(action: UpdateAction, before: Item | undefined): Item {
  const { pk, sk } = action.key;
  const after: Record<string, ItemValue> & Key = { pk, sk, ...before, ...action.set };
  for (const [name, summand] of Object.entries(action.add ?? {})) after[name] = sumOf(before, name, summand);
  for (const name of action.remove ?? []) delete after[name];
  return after;
}

function sumOf(before: Item | undefined, name: string, summand: number): number {
  const value = before !== undefined && Object.hasOwn(before, name) ? before[name] : 0;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new InvalidRequestError(`update adds to attribute ${JSON.stringify(name)}, which is not an integer`);
  }
  const sum = value + summand;
  if (!Number.isSafeInteger(sum)) {
    throw new InvalidRequestError(`update makes attribute ${JSON.stringify(name)} larger than 2^53 - 1`);
  }
  return sum;
}
