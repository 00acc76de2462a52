import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type Shard,
} from '@aws-sdk/client-dynamodb-streams';
import type { ChangeStream, ItemChange } from './item-change.ts';
import { toItemChange } from './stream-record.ts';

const MAX_RECORDS = 1_000;

/** How far a shard has been read. */
interface Progress {
  readonly parent: string | undefined;
  /** Where to go on; undefined at its end. */
  iterator: string | undefined;
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
  #arn: string | undefined;
  readonly #shards = new Map<string, Progress>();
  #pending: readonly ItemChange[] = [];

  constructor(client: DynamoDBClient, streams: DynamoDBStreamsClient, tableName: string) {
    this.#client = client;
    this.#streams = streams;
    this.#tableName = tableName;
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
      const { Records = [], NextShardIterator: next } = await this.#streams.send(
        new GetRecordsCommand({ ShardIterator: progress.iterator, Limit: MAX_RECORDS }),
      );
      this.#pending = [...this.#pending, ...Records.map(toItemChange)];
      this.#shards.set(id, Object.assign(progress, { iterator: next }));
      if (Records.length === 0) return;
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
      const { ShardIterator: iterator } = await this.#streams.send(
        new GetShardIteratorCommand({ StreamArn: arn, ShardId: id, ShardIteratorType: 'TRIM_HORIZON' }),
      );
      this.#shards.set(id, { parent, iterator });
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
