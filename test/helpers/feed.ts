import { randomUUID } from 'node:crypto';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { inject } from 'vitest';
import type { Tenant } from '../../directory/context.ts';
import { createFeed } from '../../directory/feed/consume.ts';
import type { EventPublisher } from '../../directory/feed/event.ts';
import type { DirectoryEvent, EventType } from '../../directory/feed/event-schemas.ts';
import { concernsFeed } from '../../directory/feed/subject.ts';
import { createTableIfMissing } from '../../directory/store/create-table.ts';
import { DynamoChangeStream } from '../../directory/store/dynamo-change-stream.ts';
import { createDynamoClient } from '../../directory/store/dynamo-client.ts';
import { DynamoItemTable } from '../../directory/store/dynamo-item-table.ts';
import type { ChangeStream } from '../../directory/store/item-change.ts';
import type { ItemTable, Key, ScannableTable } from '../../directory/store/item-table.ts';
import { parseItem } from '../../directory/store/items.ts';
import { type LogItem, LogItemSchema } from '../../directory/store/log-items.ts';
import { logPartition } from '../../directory/store/log-keys.ts';
import { queryAll } from '../../directory/store/query-all.ts';
import { SqliteItemTable } from '../../directory/store/sqlite-item-table.ts';
import type {} from './dynamodb-local.ts';
import { isFedByLambda } from './stream-filters.ts';
import { tableKind } from './tables.ts';

/** A table whose changes can be read. */
export interface StreamedTable {
  readonly table: ScannableTable;
  readonly stream: ChangeStream;
}

/** A fresh, empty table with its stream, of the kind that the vitest project is about. */
export async function createStreamedTable(isStreamed: (key: Key) => boolean = concernsFeed): Promise<StreamedTable> {
  if (tableKind === 'dynamodb') return await createDynamoStreamedTable();
  const table = new SqliteItemTable(':memory:', { stream: isStreamed });
  return { table, stream: table.stream };
}

async function createDynamoStreamedTable(): Promise<StreamedTable> {
  const endpoint = inject('dynamodbUrl');
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = createDynamoClient({
    region: 'local',
    endpoint,
    credentials,
    requestTimeoutMilliseconds: 60_000,
  });
  const streams = new DynamoDBStreamsClient({ region: 'local', endpoint, credentials });
  const tableName = `test-${randomUUID()}`;
  await createTableIfMissing(client, tableName);
  return {
    table: new DynamoItemTable(client, tableName),
    stream: new DynamoChangeStream(client, streams, {
      tableName,
      onUnreadable: (_, error) => {
        throw error;
      },
    }),
  };
}

/** Keeps what is published. */
export class RecordingPublisher implements EventPublisher {
  readonly published: DirectoryEvent[] = [];

  async publish(_: Pick<Tenant, 'name'>, events: readonly DirectoryEvent[]): Promise<void> {
    this.published.push(...events);
  }

  /** The first delivery of each event, oldest first; of the same moment by sequence. */
  get events(): readonly DirectoryEvent[] {
    const first = new Map<string, DirectoryEvent>();
    for (const event of this.published) if (!first.has(event.id)) first.set(event.id, event);
    return [...first.values()].toSorted((left, right) => compare(left, right));
  }

  get types(): readonly EventType[] {
    return this.events.map(({ type }) => type);
  }
}

function compare(left: DirectoryEvent, right: DirectoryEvent): number {
  if (left.resource?.id === right.resource?.id && left.sequence !== right.sequence) {
    return (left.sequence ?? 0) - (right.sequence ?? 0);
  }
  return left.time < right.time ? -1 : Number(left.time > right.time);
}

/**
 * Has the feed take in whatever changed, its own entries included, until nothing is left: of it what Lambda would give it,
 * so that no test has more from the feed than an AWS account.
 */
export async function drain(
  { table, stream }: { readonly table: ItemTable; readonly stream: ChangeStream },
  publisher: EventPublisher,
): Promise<void> {
  const feed = createFeed({ table, publisher, now: () => new Date() });
  for (let changes = await stream.read(100); changes.length > 0; changes = await stream.read(100)) {
    await feed.consume(changes.filter(isFedByLambda));
    await stream.acknowledge(changes);
  }
}

/** The tenant's log, oldest entry first. */
export async function readLog(table: ItemTable, tenant = 'acme'): Promise<readonly LogItem[]> {
  const items = await queryAll(table, { pk: logPartition(tenant) });
  return items.map((item) => parseItem(LogItemSchema, item));
}
