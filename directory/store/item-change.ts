import type { Item } from './item-table.ts';

/** One change of one item, as the table's stream tells it. Of an item they come in order and none is left out; of two items in any order. */
export interface ItemChange {
  /** Names the change in its stream: the same at every delivery. */
  readonly id: string;
  /** About when it was made; the same at every delivery. DynamoDB tells the second, its local emulator the minute. */
  readonly at: Date;
  /** The item before it; undefined where it was put new. */
  readonly before: Item | undefined;
  /** The item after it; undefined where it was deleted. Never undefined together with `before`. */
  readonly after: Item | undefined;
}

/** The stream of a table, where it is read rather than delivered: by the local run and by tests. */
export interface ChangeStream {
  /** The oldest changes that are not acknowledged yet, at most `limit`; none: nothing has changed since. */
  read(limit: number): Promise<readonly ItemChange[]>;
  /** Says that these changes, and all before them, need not be read again. */
  acknowledge(changes: readonly ItemChange[]): Promise<void>;
}
