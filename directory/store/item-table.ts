/** What an item's attribute may hold: JSON, as DynamoDB's native maps, lists, strings, numbers, booleans and null. */
export type ItemValue =
  | null
  | boolean
  | number
  | string
  | readonly ItemValue[]
  | { readonly [name: string]: ItemValue };

export interface Key {
  /** Partition key; begins with the tenant. */
  readonly pk: string;
  /** Sort key; compares as UTF-8 bytes. */
  readonly sk: string;
}

export interface Item extends Key {
  readonly [attribute: string]: ItemValue;
}

/** What must hold of the item as it is, or the action is refused. The set is closed; all of an action's must hold. */
export type Condition =
  | { readonly kind: 'exists' }
  | { readonly kind: 'notExists' }
  /** The item exists and its `version` is that number. */
  | { readonly kind: 'versionIs'; readonly version: number }
  /** The attribute is absent; true as well where there is no item. */
  | { readonly kind: 'absent'; readonly attribute: string }
  | { readonly kind: 'equals'; readonly attribute: string; readonly value: string | number | boolean }
  /** The attribute is a number ≤ `value`; false where absent. */
  | { readonly kind: 'atMost'; readonly attribute: string; readonly value: number }
  /** The attribute is a number ≥ `value`; false where absent. */
  | { readonly kind: 'atLeast'; readonly attribute: string; readonly value: number };

export interface PutAction {
  readonly kind: 'put';
  readonly item: Item;
  readonly conditions?: readonly Condition[];
}

export interface DeleteAction {
  readonly kind: 'delete';
  readonly key: Key;
  readonly conditions?: readonly Condition[];
}

/** Changes top-level attributes of an item; makes the item where there is none, as DynamoDB does. */
export interface UpdateAction {
  readonly kind: 'update';
  readonly key: Key;
  readonly set?: Readonly<Record<string, ItemValue>>;
  /** Integers, added to the integer that is there, or to 0. */
  readonly add?: Readonly<Record<string, number>>;
  readonly remove?: readonly string[];
  readonly conditions?: readonly Condition[];
}

/** Writes nothing: its conditions guard the other actions of the transaction. */
export interface CheckAction {
  readonly kind: 'check';
  readonly key: Key;
  readonly conditions: readonly Condition[];
}

export type SingleAction = PutAction | DeleteAction | UpdateAction;
export type Action = SingleAction | CheckAction;

export interface Query {
  readonly pk: string;
  /** First sort key, included. Default: the partition's first. */
  readonly from?: string;
  /** Last sort key, included. Default: the partition's last. */
  readonly to?: string;
  /** Only sort keys beyond this one, in the direction of the query. */
  readonly after?: string;
  /** Default false: ascending. */
  readonly backwards?: boolean;
  /** Items at most, 1 or more. Default: as many as fit into 1 MB. */
  readonly limit?: number;
  /** Default true: strongly consistent, at a full unit per 4 KB. */
  readonly consistent?: boolean;
}

export interface QueryPage {
  readonly items: readonly Item[];
  /** Where the next page begins: give it as `after`. Absent when the range is exhausted (it may be present on a last page that came out exactly full). */
  readonly next?: string;
}

export interface SingleWriteOptions {
  /**
   * What the caller has put as `writeId` on items of this write. Lets `retrying-table.ts` see, after an unknown outcome,
   * that a condition fails only because this very write had succeeded before.
   */
  readonly writeId?: string;
}

export interface WriteOptions extends SingleWriteOptions {
  /**
   * Names this write, so that a repeat of the very same actions within ten minutes does nothing
   * (DynamoDB's `ClientRequestToken`). 1–36 characters.
   */
  readonly token?: string;
}

/** One call of the table, for whoever counts. Units are DynamoDB's, by its documented formulas. */
export interface TableCall {
  readonly operation: 'get' | 'getMany' | 'query' | 'scan' | 'write' | 'writeOne';
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Number of actions of a write, of keys of a getMany; of items of a query or scan. */
  readonly size: number;
}

export interface Meter {
  count(call: TableCall): void;
}

/**
 * One table of items, the narrow waist below `directory/`: the part of DynamoDB that we use, and its limits
 * (100 actions and 4 MB a transaction, no two actions on one item, 400 KB an item, 1 MB a query page, 2,048 bytes a
 * partition key, 1,024 a sort key, no empty key, no lone surrogate, no number that a double does not hold exactly as
 * DynamoDB does).
 *
 * Failures are the classes of `table-errors.ts`; a breach of the limits is an {@link InvalidRequestError}.
 */
export interface ItemTable {
  /** Strongly consistent. */
  get(key: Key): Promise<Item | undefined>;
  /** Strongly consistent, in the order of the keys, which may be any number and may repeat. */
  getMany(keys: readonly Key[]): Promise<readonly (Item | undefined)[]>;
  query(query: Query): Promise<QueryPage>;
  /** Writes all of the actions or none. */
  write(actions: readonly Action[], options?: WriteOptions): Promise<void>;
  /** Writes one action alone, at half the price of a transaction. */
  writeOne(action: SingleAction, options?: SingleWriteOptions): Promise<void>;
  /** The same table, every call through which is counted. */
  withMeter(meter: Meter): ItemTable;
}

/** Reads every item of the table, in no order. Apart from {@link ItemTable}, because no request may do so. */
export interface ScannableTable extends ItemTable {
  scan(): AsyncIterable<Item>;
}
