import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, it } from 'vitest';
import { DynamoChangeStream } from '../../../../directory/store/dynamo-change-stream.ts';

const fault = { message: '', $metadata: {} };

/** A stream of one shard, whose iterators end and whose records grow old when the test says so. */
class FakeStream {
  records: { readonly sequence: number; readonly record: object }[] = [];
  /** The oldest record that is still there. */
  oldest = 1;
  isGone = false;
  #generation = 1;

  add(record: object = {}): void {
    const sequence = this.records.length + 1;
    const NewImage = { pk: { S: 'p' }, sk: { S: `s-${sequence}` } };
    const dynamodb = { ApproximateCreationDateTime: new Date(0), SequenceNumber: String(sequence), NewImage };
    this.records.push({ sequence, record: { eventID: `e-${sequence}`, dynamodb, ...record } });
  }

  expire(): void {
    this.#generation += 1;
  }

  // biome-ignore lint/suspicious/noExplicitAny: in the place of a client of the SDK.
  readonly client: any = { send: async (command: object) => await this.#answer(command) };

  async #answer(command: object): Promise<object> {
    if (command instanceof DescribeStreamCommand) {
      return { StreamDescription: { Shards: this.isGone ? [] : [{ ShardId: 'shard' }] } };
    }
    if (this.isGone) throw new ResourceNotFoundException(fault);
    if (command instanceof GetShardIteratorCommand) return this.#begin(command);
    if (command instanceof GetRecordsCommand) return this.#read(command);
    return { Table: { LatestStreamArn: 'arn' } };
  }

  #begin({ input }: GetShardIteratorCommand): object {
    const isAfter = input.ShardIteratorType === 'AFTER_SEQUENCE_NUMBER';
    const from = isAfter ? Number(input.SequenceNumber) + 1 : this.oldest;
    if (from < this.oldest) throw new TrimmedDataAccessException(fault);
    return { ShardIterator: `${this.#generation}#${from}` };
  }

  #read({ input }: GetRecordsCommand): object {
    const [generation, from] = (input.ShardIterator ?? '').split('#').map(Number);
    if (generation !== this.#generation) throw new ExpiredIteratorException(fault);
    if ((from ?? 0) < this.oldest) throw new TrimmedDataAccessException(fault);
    const found = this.records.filter(({ sequence }) => sequence >= (from ?? 0));
    return {
      Records: found.map(({ record }) => record),
      NextShardIterator: `${generation}#${this.records.length + 1}`,
    };
  }
}

function openStream(fake: FakeStream) {
  const unreadable: unknown[] = [];
  const client: DynamoDBClient = fake.client;
  const streams: DynamoDBStreamsClient = fake.client;
  const stream = new DynamoChangeStream(client, streams, {
    tableName: 'scim-stack',
    onUnreadable: (record) => unreadable.push(record),
  });
  const take = async () => {
    const changes = await stream.read(100);
    await stream.acknowledge(changes);
    return changes.map(({ id }) => id);
  };
  return { take, unreadable };
}

describe("the stream of DynamoDB's table, in a process of its own", () => {
  it('goes on where it was once its iterators have expired', async () => {
    const fake = new FakeStream();
    const { take } = openStream(fake);
    fake.add();
    fake.expire();
    expect(await take()).toEqual(['e-1']);
    fake.add();
    fake.expire();
    expect(await take()).toEqual(['e-2']);
    fake.expire();
    expect(await take()).toEqual([]);
    fake.add();
    expect(await take()).toEqual(['e-3']);
  });

  it('begins before its first record anew', async () => {
    const fake = new FakeStream();
    const { take } = openStream(fake);
    expect(await take()).toEqual([]);
    fake.expire();
    fake.add();
    expect(await take()).toEqual(['e-1']);
  });

  it('goes on with the oldest that is left where it slept for longer than the stream remembers', async () => {
    const fake = new FakeStream();
    const { take } = openStream(fake);
    fake.add();
    expect(await take()).toEqual(['e-1']);
    for (const _ of [2, 3, 4]) fake.add();
    fake.oldest = 4;
    expect(await take()).toEqual(['e-4']);
    for (const _ of [5, 6, 7]) fake.add();
    fake.oldest = 7;
    fake.expire();
    expect(await take()).toEqual(['e-7']);
  });

  it('takes a shard that is not there any more for read', async () => {
    const fake = new FakeStream();
    const { take } = openStream(fake);
    fake.add();
    expect(await take()).toEqual(['e-1']);
    fake.isGone = true;
    expect(await take()).toEqual([]);
  });

  it('passes over what is no change, and says so', async () => {
    const fake = new FakeStream();
    const { take, unreadable } = openStream(fake);
    fake.add();
    fake.add({ dynamodb: { SequenceNumber: '2' } });
    fake.add();
    expect(await take()).toEqual(['e-1', 'e-3']);
    expect(unreadable).toMatchObject([{ eventID: 'e-2' }]);
    expect(await take()).toEqual([]);
  });
});
