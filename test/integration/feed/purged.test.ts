import { beforeEach, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { createFeed } from '../../../directory/feed/consume.ts';
import { listParked } from '../../../directory/feed/park.ts';
import { purgeUser } from '../../../directory/lifecycle/purge-user.ts';
import type { ItemChange } from '../../../directory/store/item-change.ts';
import { addUser, createContext, patch } from '../../helpers/directory.ts';
import { createStreamedTable, drain, RecordingPublisher, readLog, type StreamedTable } from '../../helpers/feed.ts';
import { allIn } from '../../helpers/tables.ts';

let streamed: StreamedTable;
let context: DirectoryContext;
let publisher: RecordingPublisher;
let id: string;
let changes: readonly ItemChange[];

beforeEach(async () => {
  streamed = await createStreamedTable();
  context = await createContext(streamed.table);
  publisher = new RecordingPublisher();
  id = await addUser(context, 'ada@example.com', { externalId: 'lovelace-1' });
  await patch(context, 'User', id, [{ op: 'replace', path: 'userName', value: 'countess@example.com' }]);
  changes = await streamed.stream.read(100);
});

async function purge(): Promise<void> {
  await deleteResource(context, 'User', id, { ifMatch: undefined });
  await purgeUser(context, id);
}

async function expectNothingPersonal(): Promise<void> {
  expect(JSON.stringify(await allIn(streamed.table))).not.toMatch(/ada@|lovelace|countess/);
}

describe('a feed that lags behind a purge', () => {
  it('brings no name and no value back, in the log or in an event; but what happened, and when, is told', async () => {
    await purge();
    await drain(streamed, publisher);
    await expectNothingPersonal();
    expect(JSON.stringify(publisher.published)).not.toMatch(/ada@|lovelace|countess/);
    expect((await readLog(streamed.table)).map(({ operation, purged }) => [operation, purged])).toEqual(
      expect.arrayContaining([
        ['create', true],
        ['update', true],
        ['delete', true],
        ['purge', true],
      ]),
    );
    expect(publisher.types).toEqual(['user.created', 'user.updated', 'user.deleted', 'user.purged']);
  });

  it('brings none back by a delivery that is repeated', async () => {
    await drain(streamed, publisher);
    await purge();
    await drain(streamed, publisher);
    const late = new RecordingPublisher();
    await createFeed({ table: streamed.table, publisher: late, now: () => new Date() }).consume(changes);
    await drain(streamed, late);
    await expectNothingPersonal();
    expect(JSON.stringify(late.published)).not.toMatch(/ada@|lovelace|countess/);
  });

  it('erases the entry that was put before the purge, whose pointers come after it', async () => {
    await createFeed({ table: streamed.table, publisher, now: () => new Date() }).consume(changes);
    await purge();
    await drain(streamed, publisher);
    await expectNothingPersonal();
  });

  it('parks nothing about whoever is purged', async () => {
    await purge();
    const [change] = changes;
    if (change?.after === undefined) throw new Error('the stream is empty');
    const feed = createFeed({ table: streamed.table, publisher, now: () => new Date() });
    await feed.consume([{ ...change, id: 'odd', after: { ...change.after, version: 'x' } }]);
    expect(await listParked(streamed.table, 'acme', { limit: 9 })).toEqual({ parked: [] });
    await expectNothingPersonal();
  });
});
