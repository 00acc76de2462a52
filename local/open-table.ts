import { concernsFeed } from '../directory/feed/subject.ts';
import type { ChangeStream } from '../directory/store/item-change.ts';
import type { ItemTable } from '../directory/store/item-table.ts';
import { SqliteItemTable } from '../directory/store/sqlite-item-table.ts';
import { logUnreadable } from '../lambda/feed/unreadable-record.ts';
import type { Log } from '../lambda/observability/log.ts';

/** A table, its changes for the change feed, and how it is closed. */
export interface OpenTable {
  readonly table: ItemTable;
  readonly stream: ChangeStream;
  close(): void;
}

/** Name of the table that a run over DynamoDB makes and uses. */
const TABLE_NAME = 'scim-stack';

/** The table in a file. */
export function openSqliteTable(path: string): OpenTable {
  const table = new SqliteItemTable(path, { stream: concernsFeed });
  return { table, stream: table.stream, close: () => table.close() };
}

/**
 * The table in DynamoDB at that address, made where there is none. The SDK is loaded only here, so that a run without it
 * starts in an instant.
 *
 * @param environment - Where credentials and region may be set; DynamoDB Local takes any.
 */
export async function openDynamoTable(
  endpoint: string,
  environment: NodeJS.ProcessEnv,
  log: Pick<Log, 'error'>,
): Promise<OpenTable> {
  const { createDynamoClient } = await import('../directory/store/dynamo-client.ts');
  const { createTableIfMissing } = await import('../directory/store/create-table.ts');
  const { DynamoItemTable } = await import('../directory/store/dynamo-item-table.ts');
  const { createStreamsClient } = await import('../directory/store/dynamo-streams-client.ts');
  const { DynamoChangeStream } = await import('../directory/store/dynamo-change-stream.ts');
  const hasCredentials = ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'].some(
    (name) => environment[name] !== undefined,
  );
  const settings = {
    endpoint,
    region: environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'] ?? 'us-east-1',
    ...(hasCredentials ? {} : { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  };
  const client = createDynamoClient(settings);
  const streams = createStreamsClient(settings);
  await createTableIfMissing(client, TABLE_NAME);
  return {
    table: new DynamoItemTable(client, TABLE_NAME),
    stream: new DynamoChangeStream(client, streams, {
      tableName: TABLE_NAME,
      onUnreadable: (record, error) => logUnreadable(log, record, error),
    }),
    close: () => {
      client.destroy();
      streams.destroy();
    },
  };
}
