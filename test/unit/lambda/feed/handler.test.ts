import { describe, expect, it } from 'vitest';
import type { EventPublisher } from '../../../../directory/feed/event.ts';
import type { DirectoryEvent } from '../../../../directory/feed/event-schemas.ts';
import { SqliteItemTable } from '../../../../directory/store/sqlite-item-table.ts';
import { systemRuntime } from '../../../../lambda/aws/runtime.ts';
import type { FeedMeasure } from '../../../../lambda/feed/consumer.ts';
import { createFeedHandler } from '../../../../lambda/feed/handler.ts';
import { createContext } from '../../../helpers/directory.ts';
import { RecordedLog } from '../../../helpers/scim-server.ts';

const context = { getRemainingTimeInMillis: () => 60_000 };
const NOW = Date.parse('2026-11-22T12:00:10Z');

async function setUp(publish?: EventPublisher['publish']) {
  const table = new SqliteItemTable(':memory:');
  await createContext(table);
  const published: DirectoryEvent[] = [];
  const log = new RecordedLog();
  const measures: FeedMeasure[] = [];
  const handler = createFeedHandler({
    table,
    publisher: { publish: publish ?? (async (_, events) => void published.push(...events)) },
    log,
    measure: (measure) => measures.push(measure),
    runtime: { ...systemRuntime, now: () => NOW },
  });
  return { table, handler, published, log, measures };
}

/** A user, as DynamoDB's stream tells that it was made. */
function recordOf(id: string, attributes: object = { userName: { S: `${id}@example.com` } }): object {
  return {
    eventID: `event-${id}`,
    eventName: 'INSERT',
    dynamodb: {
      ApproximateCreationDateTime: NOW / 1_000 - 10,
      Keys: { pk: { S: 'T#acme#User' }, sk: { S: id } },
      NewImage: {
        pk: { S: 'T#acme#User' },
        sk: { S: id },
        format: { N: '1' },
        type: { S: 'User' },
        version: { N: '1' },
        created: { S: '2026-11-22T12:00:00.000Z' },
        lastModified: { S: '2026-11-22T12:00:00.000Z' },
        attributes: { M: attributes },
        by: { M: { application: { S: 'entra' }, requestId: { S: 'r-1' } } },
        createdBy: { S: 'entra' },
        writeId: { S: 'w-1' },
      },
    },
  };
}

const broken = {
  ...recordOf('broken'),
  dynamodb: {
    ...Reflect.get(recordOf('broken'), 'dynamodb'),
    NewImage: { pk: { S: 'T#acme#User' }, sk: { S: 'broken' } },
  },
};

describe('the handler of the stream', () => {
  it('makes events of the records, and says how late it is', async () => {
    const { handler, published, log, measures } = await setUp();
    await handler({ Records: [recordOf('ada'), recordOf('bob')] }, context);
    expect(published.map(({ type, resource }) => [type, resource?.id]).sort()).toEqual([
      ['user.created', 'ada'],
      ['user.created', 'bob'],
    ]);
    expect(measures).toEqual([{ changes: 2, published: 2, parked: 0, refusals: 0, lagMillis: 10_000 }]);
    expect(log.lines).toEqual([expect.objectContaining({ level: 'INFO', message: 'feed', changes: 2, published: 2 })]);
    expect(JSON.stringify(log.lines)).not.toContain('example.com');
  });

  it('throws where events cannot be published: Lambda gives the batch again, and then nothing is missing', async () => {
    let isDown = true;
    const published: DirectoryEvent[] = [];
    const { handler, log } = await setUp(async (_, events) => {
      if (isDown) throw new Error('the bus is down: ada@example.com');
      published.push(...events);
    });
    await expect(handler({ Records: [recordOf('ada')] }, context)).rejects.toThrow('the bus is down');
    expect(log.lines).toEqual([expect.objectContaining({ level: 'ERROR', message: 'feed failed' })]);
    expect(JSON.stringify(log.lines)).not.toContain('example.com');
    isDown = false;
    await handler({ Records: [recordOf('ada')] }, context);
    expect(published.map(({ type }) => type)).toEqual(['user.created']);
  });

  it('parks what is not understood, counts it, and goes on', async () => {
    const { handler, published, log, measures } = await setUp();
    await handler({ Records: [broken, recordOf('ada')] }, context);
    expect(published).toHaveLength(1);
    expect(measures).toEqual([expect.objectContaining({ parked: 1, published: 1 })]);
    expect(log.lines).toContainEqual(expect.objectContaining({ message: 'change parked', changeId: 'event-broken' }));
  });

  it('counts a record that is no change at all with what is parked', async () => {
    const { handler, published, log, measures } = await setUp();
    await handler({ Records: [{ eventID: 'e-1' }, 'nonsense', recordOf('ada')] }, context);
    expect(published).toHaveLength(1);
    expect(measures).toEqual([expect.objectContaining({ changes: 1, parked: 2 })]);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ message: 'stream record not understood', changeId: 'e-1' }),
    );
  });
});
