import {
  BatchGetItemCommand,
  type DynamoDBClient,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createDynamoClient } from '../../../../directory/store/dynamo-client.ts';
import { DynamoItemTable } from '../../../../directory/store/dynamo-item-table.ts';
import type { TableCall } from '../../../../directory/store/item-table.ts';
import { TableUnavailableError } from '../../../../directory/store/table-errors.ts';

type Answer = (input: ServiceInputTypes, command: string) => object;

/** A client that answers by itself, without a network. */
function answeringClient(answer: Answer): DynamoDBClient {
  const client = createDynamoClient({
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  client.middlewareStack.add(
    (_next, context) => async (args) => {
      const output = { $metadata: {}, ...answer(args.input, String(context['commandName'])) };
      return { output: output as ServiceOutputTypes, response: undefined };
    },
    { step: 'initialize' },
  );
  return client;
}

const keys = Array.from({ length: 250 }, (_, i) => ({ pk: 'p', sk: String(i) }));

/** Reads the first of the keys asked for and leaves the others. */
function batchAnswer(input: ServiceInputTypes, read: (asked: number) => number): object {
  const asked = new BatchGetItemCommand(input as never).input.RequestItems?.['table']?.Keys ?? [];
  const count = read(asked.length);
  return {
    Responses: { table: asked.slice(0, count).toReversed() },
    UnprocessedKeys: count < asked.length ? { table: { Keys: asked.slice(count) } } : {},
    ConsumedCapacity: [{ CapacityUnits: count }],
  };
}

describe('getMany of a DynamoItemTable', () => {
  it('asks for at most one hundred keys at a time, each once, and puts the items in order', async () => {
    const asked: number[] = [];
    const client = answeringClient((input) =>
      batchAnswer(input, (count) => {
        asked.push(count);
        return count;
      }),
    );
    const table = new DynamoItemTable(client, 'table');
    expect(await table.getMany([...keys, ...keys])).toStrictEqual([...keys, ...keys]);
    expect(asked).toStrictEqual([100, 100, 50]);
  });

  it('asks again, after a wait, for what DynamoDB left unread', async () => {
    const delays: number[] = [];
    const calls: TableCall[] = [];
    const client = answeringClient((input) => batchAnswer(input, (count) => Math.min(count, 40)));
    const table = new DynamoItemTable(client, 'table', {
      sleep: async (milliseconds) => void delays.push(milliseconds),
      random: () => 0.5,
      meter: { count: (call) => calls.push(call) },
    });
    expect(await table.getMany(keys.slice(0, 100))).toStrictEqual(keys.slice(0, 100));
    expect(delays).toStrictEqual([12.5, 12.5]);
    expect(calls).toStrictEqual([{ operation: 'getMany', size: 100, readUnits: 100, writeUnits: 0 }]);
  });

  it('is unavailable when nothing more gets read', async () => {
    const delays: number[] = [];
    const client = answeringClient((input) => batchAnswer(input, () => 0));
    const table = new DynamoItemTable(client, 'table', {
      sleep: async (milliseconds) => void delays.push(milliseconds),
      random: () => 1,
    });
    await expect(table.getMany(keys)).rejects.toThrow(TableUnavailableError);
    expect(new Set(delays)).toStrictEqual(new Set([50, 100, 200, 400, 800]));
  });
});

describe('the meter of a DynamoItemTable', () => {
  const actions = [
    { kind: 'put', item: { pk: 'p', sk: '1', text: 'x'.repeat(1_500) } },
    { kind: 'delete', key: { pk: 'p', sk: '2' } },
  ] as const;

  async function callOf(capacity: object): Promise<TableCall | undefined> {
    const calls: TableCall[] = [];
    const client = answeringClient(() => ({ ConsumedCapacity: [capacity] }));
    await new DynamoItemTable(client, 'table').withMeter({ count: (call) => calls.push(call) }).write(actions);
    return calls[0];
  }

  it('believes DynamoDB about a transaction, but no less than its formula', async () => {
    const call = { operation: 'write', size: 2, readUnits: 0 };
    expect(await callOf({ WriteCapacityUnits: 10 })).toStrictEqual({ ...call, writeUnits: 10 });
    expect(await callOf({ WriteCapacityUnits: 4 })).toStrictEqual({ ...call, writeUnits: 6 });
  });

  it('counts a repeat that did nothing as the reads that it was', async () => {
    expect(await callOf({ ReadCapacityUnits: 4 })).toMatchObject({ readUnits: 4, writeUnits: 0 });
  });
});

describe('createDynamoClient', () => {
  it('leaves repeating to the retrying table', async () => {
    expect(await createDynamoClient({ region: 'local' }).config.maxAttempts()).toBe(1);
  });
});
