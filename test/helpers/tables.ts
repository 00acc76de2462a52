import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { inject } from 'vitest';
import { createTableIfMissing } from '../../directory/store/create-table.ts';
import { createDynamoClient } from '../../directory/store/dynamo-client.ts';
import { DynamoItemTable } from '../../directory/store/dynamo-item-table.ts';
import type { Item, ScannableTable } from '../../directory/store/item-table.ts';
import { SqliteItemTable } from '../../directory/store/sqlite-item-table.ts';
import type {} from './dynamodb-local.ts';

/** Which implementation the vitest project runs on (`vitest.config.ts`). */
export const tableKind = process.env['ITEM_TABLE'] === 'dynamodb' ? 'dynamodb' : 'sqlite';

/** A fresh, empty table of the kind that the vitest project is about. */
export async function createTestTable(): Promise<ScannableTable> {
  return tableKind === 'dynamodb' ? await createDynamoTestTable() : new SqliteItemTable(':memory:');
}

let client: DynamoDBClient | undefined;

/** A fresh, empty table of the run's DynamoDB Local. */
export async function createDynamoTestTable(): Promise<DynamoItemTable> {
  client ??= createDynamoClient({
    region: 'local',
    endpoint: inject('dynamodbUrl'),
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    // Java on a loaded machine may take its time.
    requestTimeoutMilliseconds: 60_000,
  });
  const tableName = `test-${randomUUID()}`;
  await createTableIfMissing(client, tableName, { withStream: false });
  return new DynamoItemTable(client, tableName);
}

/** Every item of the table, in the order of the keys. */
export async function allIn(table: ScannableTable): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const item of table.scan()) items.push(item);
  return items.toSorted((left, right) => compareKeys(left.pk, right.pk) || compareKeys(left.sk, right.sk));
}

function compareKeys(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
