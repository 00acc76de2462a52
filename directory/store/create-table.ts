import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  type StreamSpecification,
  UpdateTableCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';

const MAX_WAIT_SECONDS = 60;
/** What the change feed reads: each item before and after its change. */
const STREAM: StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' };

/**
 * Makes the table with its stream where there is none, and waits until it can be used: for a run on one machine and for
 * tests. In an AWS account the deployment makes it.
 *
 * @param options - `withStream`: false where nobody follows the changes, which DynamoDB Local keeps in memory.
 */
export async function createTableIfMissing(
  client: DynamoDBClient,
  tableName: string,
  { withStream = true }: { readonly withStream?: boolean } = {},
): Promise<void> {
  try {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        ...(withStream ? { StreamSpecification: STREAM } : {}),
      }),
    );
    await untilUsable(client, tableName);
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
    await untilUsable(client, tableName);
    if (withStream) await turnStreamOn(client, tableName);
  }
}

/** A table of an earlier release has none. */
async function turnStreamOn(client: DynamoDBClient, tableName: string): Promise<void> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  if (Table?.StreamSpecification?.StreamEnabled === true) return;
  await client.send(new UpdateTableCommand({ TableName: tableName, StreamSpecification: STREAM }));
  await untilUsable(client, tableName);
}

async function untilUsable(client: DynamoDBClient, tableName: string): Promise<void> {
  await waitUntilTableExists(
    { client, maxWaitTime: MAX_WAIT_SECONDS, minDelay: 1, maxDelay: 2 },
    { TableName: tableName },
  );
}
