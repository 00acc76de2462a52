import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type AttributeValues, toItem, toKeyValues } from './attribute-values.ts';
import { refusedUnits, transactionUnits, type Units } from './dynamo-capacity.ts';
import { toReadError, toWriteError } from './dynamo-errors.ts';
import { toKeyConditionExpressions } from './dynamo-expressions.ts';
import { toDeleteInput, toPutInput, toTransactItem, toUpdateInput } from './dynamo-requests.ts';
import type {
  Action,
  Item,
  Key,
  Meter,
  Query,
  QueryPage,
  ScannableTable,
  SingleAction,
  TableCall,
  WriteOptions,
} from './item-table.ts';
import { keyRangeOf } from './key-range.ts';
import { checkAction, checkKey, checkQuery, checkTransaction } from './limits.ts';
import { TableUnavailableError, WriteRefusedError } from './table-errors.ts';

const METERED = { ReturnConsumedCapacity: 'TOTAL' } as const;
const KEYS_A_BATCH = 100;
/** Rounds in a row in which DynamoDB leaves all keys of a batch unread before the call gives up. */
const MAX_EMPTY_ROUNDS = 6;
const FIRST_DELAY_MILLISECONDS = 25;

interface Batch {
  readonly items: readonly Item[];
  readonly readUnits: number;
}

export interface DynamoItemTableOptions {
  /** Waits before keys that DynamoDB left unread are asked for again. Default: `setTimeout`. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Spreads those waits; at least 0, less than 1. Default: `Math.random`. */
  readonly random?: () => number;
  /** Is told of every call. */
  readonly meter?: Meter;
}

/**
 * The item table on DynamoDB. Every read is strongly consistent unless a query asks otherwise. It repeats nothing but
 * the unread keys of a batch: `retrying-table.ts` does. Make its client with `createDynamoClient`.
 */
export class DynamoItemTable implements ScannableTable {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #options: DynamoItemTableOptions;

  constructor(client: DynamoDBClient, tableName: string, options: DynamoItemTableOptions = {}) {
    this.#client = client;
    this.#tableName = tableName;
    this.#options = options;
  }

  withMeter(meter: Meter): DynamoItemTable {
    return new DynamoItemTable(this.#client, this.#tableName, { ...this.#options, meter });
  }

  async get(key: Key): Promise<Item | undefined> {
    checkKey(key);
    const input = { TableName: this.#tableName, Key: toKeyValues(key), ConsistentRead: true, ...METERED };
    const { Item: values, ConsumedCapacity: capacity } = await this.#read('get', () =>
      this.#client.send(new GetItemCommand(input)),
    );
    this.#count('get', 1, { readUnits: capacity?.CapacityUnits ?? 0 });
    return values === undefined ? undefined : toItem(values);
  }

  async getMany(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    keys.forEach(checkKey);
    if (keys.length === 0) return [];
    const distinct = [...new Map(keys.map((key) => [nameOf(key), key])).values()];
    const batches: Key[][] = [];
    for (let i = 0; i < distinct.length; i += KEYS_A_BATCH) batches.push(distinct.slice(i, i + KEYS_A_BATCH));
    const answers = await this.#read('getMany', () => Promise.all(batches.map((batch) => this.#getBatch(batch))));
    this.#count('getMany', keys.length, { readUnits: answers.reduce((sum, { readUnits }) => sum + readUnits, 0) });
    const items = new Map(answers.flatMap((answer) => answer.items.map((item) => [nameOf(item), item])));
    return keys.map((key) => items.get(nameOf(key)));
  }

  async query(query: Query): Promise<QueryPage> {
    checkQuery(query);
    const range = keyRangeOf(query);
    if (range === undefined) return { items: [] };
    const { pk, limit, consistent = true, backwards = false } = query;
    const input = {
      TableName: this.#tableName,
      ...toKeyConditionExpressions(pk, range),
      ...(range.after !== undefined && { ExclusiveStartKey: toKeyValues({ pk, sk: range.after }) }),
      ...(limit !== undefined && { Limit: limit }),
      ScanIndexForward: !backwards,
      ConsistentRead: consistent,
      ...METERED,
    };
    const page = await this.#read('query', () => this.#client.send(new QueryCommand(input)));
    const items = (page.Items ?? []).map(toItem);
    this.#count('query', items.length, { readUnits: page.ConsumedCapacity?.CapacityUnits ?? 0 });
    const next = page.LastEvaluatedKey?.['sk']?.S;
    return next === undefined ? { items } : { items, next };
  }

  async write(actions: readonly Action[], { token }: WriteOptions = {}): Promise<void> {
    checkTransaction(actions, token);
    const input = {
      TransactItems: actions.map((action) => toTransactItem(action, this.#tableName)),
      ...(token !== undefined && { ClientRequestToken: token }),
      ...METERED,
    };
    const { ConsumedCapacity: capacity = [] } = await this.#write('write', actions, () =>
      this.#client.send(new TransactWriteItemsCommand(input)),
    );
    this.#count('write', actions.length, transactionUnits(actions, capacity));
  }

  async writeOne(action: SingleAction): Promise<void> {
    checkAction(action);
    const { ConsumedCapacity: capacity } = await this.#write('writeOne', [action], () => this.#send(action));
    this.#count('writeOne', 1, { writeUnits: capacity?.CapacityUnits ?? 0 });
  }

  async *scan(): AsyncIterable<Item> {
    let start: AttributeValues | undefined;
    do {
      const input = {
        TableName: this.#tableName,
        ConsistentRead: true,
        ...(start !== undefined && { ExclusiveStartKey: start }),
        ...METERED,
      };
      const page = await this.#read('scan', () => this.#client.send(new ScanCommand(input)));
      const items = (page.Items ?? []).map(toItem);
      this.#count('scan', items.length, { readUnits: page.ConsumedCapacity?.CapacityUnits ?? 0 });
      yield* items;
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }

  #send(action: SingleAction) {
    switch (action.kind) {
      case 'put':
        return this.#client.send(new PutItemCommand({ ...toPutInput(action, this.#tableName), ...METERED }));
      case 'delete':
        return this.#client.send(new DeleteItemCommand({ ...toDeleteInput(action, this.#tableName), ...METERED }));
      case 'update':
        return this.#client.send(new UpdateItemCommand({ ...toUpdateInput(action, this.#tableName), ...METERED }));
    }
  }

  async #getBatch(keys: readonly Key[]): Promise<Batch> {
    const items: Item[] = [];
    let readUnits = 0;
    let unread: AttributeValues[] = keys.map(toKeyValues);
    for (let emptyRounds = 0; ; ) {
      const request = { [this.#tableName]: { Keys: unread, ConsistentRead: true } };
      const answer = await this.#client.send(new BatchGetItemCommand({ RequestItems: request, ...METERED }));
      const read = answer.Responses?.[this.#tableName] ?? [];
      items.push(...read.map(toItem));
      const nextUnread = answer.UnprocessedKeys?.[this.#tableName]?.Keys ?? [];
      // An emulator counts nothing for keys without an item.
      readUnits += Math.max(answer.ConsumedCapacity?.[0]?.CapacityUnits ?? 0, unread.length - nextUnread.length);
      unread = nextUnread;
      if (unread.length === 0) return { items, readUnits };
      emptyRounds = read.length > 0 ? 0 : emptyRounds + 1;
      if (emptyRounds === MAX_EMPTY_ROUNDS) {
        throw new TableUnavailableError(`${unread.length} keys of a batch stayed unread`);
      }
      await this.#sleep(FIRST_DELAY_MILLISECONDS * 2 ** emptyRounds);
    }
  }

  async #sleep(longest: number): Promise<void> {
    const { sleep = setTimeoutPromise, random = Math.random } = this.#options;
    await sleep(random() * longest);
  }

  async #read<T>(operation: TableCall['operation'], call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      this.#count(operation, 0, {});
      throw toReadError(error);
    }
  }

  async #write<T>(operation: 'write' | 'writeOne', actions: readonly Action[], call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (cause) {
      const error = toWriteError(cause);
      this.#count(
        operation,
        actions.length,
        error instanceof WriteRefusedError ? refusedUnits(operation, actions, error) : {},
      );
      throw error;
    }
  }

  #count(operation: TableCall['operation'], size: number, units: Units): void {
    this.#options.meter?.count({ operation, size, readUnits: 0, writeUnits: 0, ...units });
  }
}

function nameOf({ pk, sk }: Key): string {
  return `${pk.length} ${pk}${sk}`;
}
