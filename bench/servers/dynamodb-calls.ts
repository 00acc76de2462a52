import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { createTableIfMissing } from '../../directory/store/create-table.ts';
import { createDynamoClient } from '../../directory/store/dynamo-client.ts';

const TABLE = 'floor';
const ITEMS = 200;

/** DynamoDB's own calls, as bare as the SDK makes them, on items of the sizes that ours have. */
export class DynamodbCalls {
  readonly #client: DynamoDBClient;
  #next = 0;

  /** Over that DynamoDB Local, in a table of their own. */
  static async open(endpoint: string): Promise<DynamodbCalls> {
    const client = createDynamoClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      requestTimeoutMilliseconds: 60_000,
    });
    await createTableIfMissing(client, TABLE);
    const calls = new DynamodbCalls(client);
    for (let n = 0; n < ITEMS; n += 1) await calls.put();
    return calls;
  }

  private constructor(client: DynamoDBClient) {
    this.#client = client;
  }

  close(): void {
    this.#client.destroy();
  }

  /** A strongly consistent GetItem of a user. */
  async get(): Promise<void> {
    await this.#client.send(new GetItemCommand({ TableName: TABLE, Key: this.#key(), ConsistentRead: true }));
  }

  /** A strongly consistent Query that finds nothing, as that for the groups of most users. */
  async query(): Promise<void> {
    await this.#client.send(
      new QueryCommand({
        TableName: TABLE,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: `MEMBEROF#${this.#next++ % ITEMS}` } },
        ConsistentRead: true,
      }),
    );
  }

  /** A conditional PutItem of a user. */
  async put(): Promise<void> {
    await this.#client.send(
      new PutItemCommand({
        TableName: TABLE,
        Item: userItem(this.#key()),
        ConditionExpression: 'attribute_not_exists(absent)',
      }),
    );
  }

  /** A TransactWriteItems that puts a user and so many small items less one. */
  async transactWrite(items: number): Promise<void> {
    const id = randomUUID();
    const small = Array.from({ length: items - 1 }, (_, n) => put({ pk: { S: `SMALL#${n}` }, sk: { S: id } }));
    await this.#client.send(
      new TransactWriteItemsCommand({
        TransactItems: [put(userItem({ pk: { S: 'User' }, sk: { S: id } })), ...small],
        ClientRequestToken: randomUUID(),
      }),
    );
  }

  /** The transaction of a membership: its two small items, a check of the member, an update of the group. */
  async transactMembership(): Promise<void> {
    const id = randomUUID();
    const group = { pk: { S: 'User' }, sk: { S: 'group' } };
    await this.#client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          put({ pk: { S: 'MEMBERS' }, sk: { S: id } }),
          put({ pk: { S: `MEMBEROF#${id}` }, sk: { S: 'group' } }),
          { ConditionCheck: { TableName: TABLE, Key: this.#key(), ConditionExpression: 'attribute_exists(pk)' } },
          {
            Update: {
              TableName: TABLE,
              Key: group,
              UpdateExpression: 'ADD version :one',
              ExpressionAttributeValues: { ':one': { N: '1' } },
            },
          },
        ],
        ClientRequestToken: randomUUID(),
      }),
    );
  }

  #key(): Record<string, AttributeValue> {
    return { pk: { S: 'User' }, sk: { S: `user-${this.#next++ % ITEMS}` } };
  }
}

function put(item: Record<string, AttributeValue>): TransactWriteItem {
  return { Put: { TableName: TABLE, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } };
}

/** Of 1 KB, in a map as ours has it. */
function userItem(key: Record<string, AttributeValue>): Record<string, AttributeValue> {
  const attributes = Object.fromEntries(
    Array.from({ length: 20 }, (_, n) => [`attribute${n}`, { S: 'a value of some length, like most' }]),
  );
  return { ...key, attributes: { M: attributes } };
}
