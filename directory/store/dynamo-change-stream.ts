import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  type Shard,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { ChangeStream, ItemChange } from './item-change.ts';
import { toItemChange } from './stream-record.ts';

const MAX_RECORDS = 1_000;

/** How far a shard has been read. */
interface Progress {
  readonly parent: string | undefined;
  /** Where to go on, for some minutes; undefined at its end. */
  iterator: string | undefined;
  /** Sequence number of the last record that was read. */
  last: string | undefined;
}

export interface DynamoChangeStreamOptions {
  readonly tableName: string;
  /** Told of a record that is no change of an item: DynamoDB sends none such, and one must not hold up the others. */
  readonly onUnreadable: (record: unknown, error: unknown) => void;
}

/**
 * The stream of a DynamoDB table, for a process that has it to itself: a run on one machine, a test. How far it came is
 * in its memory alone, so that a new one begins with the oldest change that DynamoDB still has, of up to 24 hours ago. In
 * an AWS account Lambda reads the stream.
 */
export class DynamoChangeStream implements ChangeStream {
  readonly #client: DynamoDBClient;
  readonly #streams: DynamoDBStreamsClient;
  readonly #tableName: string;
  readonly #onUnreadable: DynamoChangeStreamOptions['onUnreadable'];
  #arn: string | undefined;
  readonly #shards = new Map<string, Progress>();
  #pending: readonly ItemChange[] = [];

  constructor(
    client: DynamoDBClient,
    streams: DynamoDBStreamsClient,
    { tableName, onUnreadable }: DynamoChangeStreamOptions,
  ) {
    this.#client = client;
    this.#streams = streams;
    this.#tableName = tableName;
    this.#onUnreadable = onUnreadable;
  }

  async read(limit: number): Promise<readonly ItemChange[]> {
    if (this.#pending.length < limit) {
      await this.#findShards();
      for (const [id, progress] of this.#shards) {
        // What an item went through before its shard was split comes first.
        if (!this.#isRead(progress.parent)) continue;
        await this.#readShard(id, progress, limit);
        if (this.#pending.length >= limit) break;
      }
    }
    return this.#pending.slice(0, limit);
  }

  async acknowledge(changes: readonly ItemChange[]): Promise<void> {
    const known = new Set(changes.map(({ id }) => id));
    const last = this.#pending.findLastIndex(({ id }) => known.has(id));
    this.#pending = this.#pending.slice(last + 1);
  }

  async #readShard(id: string, progress: Progress, limit: number): Promise<void> {
    while (progress.iterator !== undefined && this.#pending.length < limit) {
      const answer = await this.#getRecords(progress.iterator);
      if (answer === 'expired' || answer === 'trimmed') {
        progress.iterator = await this.#findIterator(id, answer === 'trimmed' ? undefined : progress.last);
        continue;
      }
      const { Records = [], NextShardIterator: next } = answer;
      this.#pending = [...this.#pending, ...Records.flatMap((record) => this.#read(record))];
      progress.iterator = next;
      progress.last = Records.at(-1)?.dynamodb?.SequenceNumber ?? progress.last;
      if (Records.length === 0) return;
    }
  }

  /** `expired`: the iterator was not used for a quarter of an hour; `trimmed`: the records that it stands before are gone. */
  async #getRecords(iterator: string): Promise<GetRecordsCommandOutput | 'expired' | 'trimmed'> {
    try {
      return await this.#streams.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: MAX_RECORDS }));
    } catch (error) {
      if (error instanceof TrimmedDataAccessException) return 'trimmed';
      if (error instanceof ExpiredIteratorException || error instanceof ResourceNotFoundException) return 'expired';
      throw error;
    }
  }

  #read(record: unknown): readonly ItemChange[] {
    try {
      return [toItemChange(record)];
    } catch (error) {
      this.#onUnreadable(record, error);
      return [];
    }
  }

  /** Of a shard that is not there any more nothing is left to be read. */
  #isRead(id: string | undefined): boolean {
    const progress = id === undefined ? undefined : this.#shards.get(id);
    return progress === undefined || progress.iterator === undefined;
  }

  async #findShards(): Promise<void> {
    const arn = await this.#findArn();
    for (const { ShardId: id, ParentShardId: parent } of await this.#listShards(arn)) {
      if (id === undefined || this.#shards.has(id)) continue;
      const iterator = await this.#findIterator(id, undefined);
      this.#shards.set(id, { parent, iterator, last: undefined });
    }
  }

  /** After the last record that was read or, where that is longer gone, at the oldest; undefined where the shard is gone. */
  async #findIterator(id: string, last: string | undefined): Promise<string | undefined> {
    const shard = { StreamArn: await this.#findArn(), ShardId: id };
    const position =
      last === undefined
        ? ({ ShardIteratorType: 'TRIM_HORIZON' } as const)
        : ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: last } as const);
    try {
      const { ShardIterator } = await this.#streams.send(new GetShardIteratorCommand({ ...shard, ...position }));
      return ShardIterator;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      if (!(error instanceof TrimmedDataAccessException) || last === undefined) throw error;
      return await this.#findIterator(id, undefined);
    }
  }

  async #listShards(arn: string): Promise<readonly Shard[]> {
    const shards: Shard[] = [];
    let after: string | undefined;
    do {
      const { StreamDescription: description } = await this.#streams.send(
        new DescribeStreamCommand({ StreamArn: arn, ...(after === undefined ? {} : { ExclusiveStartShardId: after }) }),
      );
      shards.push(...(description?.Shards ?? []));
      after = description?.LastEvaluatedShardId;
    } while (after !== undefined);
    return shards;
  }

  async #findArn(): Promise<string> {
    if (this.#arn === undefined) {
      const { Table } = await this.#client.send(new DescribeTableCommand({ TableName: this.#tableName }));
      this.#arn = Table?.LatestStreamArn;
    }
    if (this.#arn === undefined) throw new Error(`the table ${this.#tableName} has no stream`);
    return this.#arn;
  }
}
