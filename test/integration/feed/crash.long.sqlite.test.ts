import { beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryContext, Tenant } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { createFeed } from '../../../directory/feed/consume.ts';
import { logKeyOfEvent } from '../../../directory/feed/event.ts';
import type { DirectoryEvent } from '../../../directory/feed/event-schemas.ts';
import { allPointers, pointersOf } from '../../../directory/feed/pointers.ts';
import { concernsFeed } from '../../../directory/feed/subject.ts';
import { inParts } from '../../../directory/in-parts.ts';
import type { ItemChange } from '../../../directory/store/item-change.ts';
import type { Item, ItemTable } from '../../../directory/store/item-table.ts';
import { parseItem } from '../../../directory/store/items.ts';
import { LogItemSchema } from '../../../directory/store/log-items.ts';
import { logKey } from '../../../directory/store/log-keys.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { addGroup, addMembers, addUser, createContext, patch, requestOf } from '../../helpers/directory.ts';
import { RecordingPublisher, type StreamedTable } from '../../helpers/feed.ts';
import { seedUsers } from '../../helpers/seed.ts';
import type { Fault } from '../../helpers/table-faults.ts';
import { allIn } from '../../helpers/tables.ts';

const BATCH = 9;

/** As the handler of a request puts it. */
const REFUSED: Item = {
  ...logKey('acme', '2026-11-22T10:00:00.000Z', 'refused'),
  ...{ time: '2026-11-22T10:00:00.000Z', id: 'refused', application: 'entra', requestId: 'r', operation: 'create' },
  ...{ outcome: 'failed', names: { userName: 'ada@example.com' }, status: 409 },
};

type Streamed = StreamedTable & { readonly table: SqliteItemTable };

function openTable(): Streamed {
  const table = new SqliteItemTable(':memory:', { stream: concernsFeed });
  return { table, stream: table.stream };
}

/** A bit of everything, as the stream tells it. */
async function recordChanges(): Promise<readonly ItemChange[]> {
  const { table, stream } = openTable();
  const context = await createContext(table);
  const asked = (): DirectoryContext => requestOf(context, table);
  const ada = await addUser(asked(), 'ada@example.com', { externalId: 'e-1' });
  await patch(asked(), 'User', ada, [{ op: 'replace', path: 'userName', value: 'lovelace@example.com' }]);
  const group = await addGroup(asked(), 'Sales', [ada]);
  await patch(asked(), 'Group', group, [addMembers(await seedUsers(context, 12, 'user'))]);
  await patch(asked(), 'User', ada, [{ op: 'replace', path: 'active', value: false }]);
  await deleteResource(asked(), 'User', ada, { ifMatch: undefined });
  return await stream.read(1_000);
}

/** Gives the feed the changes, and those of its own table. */
async function feedAll(
  { table, stream }: StreamedTable,
  changes: readonly ItemChange[],
  dependencies: { readonly table?: ItemTable; readonly publisher: RecordingPublisher },
): Promise<void> {
  const feed = createFeed({ table, now: () => new Date(), ...dependencies });
  for (const batch of inParts(changes, BATCH)) await feed.consume(batch);
  for (let own = await stream.read(BATCH); own.length > 0; own = await stream.read(BATCH)) {
    await feed.consume(own);
    await stream.acknowledge(own);
  }
}

/** Publishes a part of what it is given, then fails, at one of its calls. */
class FailingPublisher extends RecordingPublisher {
  #calls = 0;
  readonly #at: number;
  readonly #isDead: () => boolean;

  constructor(at: number, isDead = () => false) {
    super();
    this.#at = at;
    this.#isDead = isDead;
  }

  get hasFailed(): boolean {
    return this.#calls >= this.#at;
  }

  override async publish(tenant: Pick<Tenant, 'name'>, events: readonly DirectoryEvent[]): Promise<void> {
    this.#calls += 1;
    if (this.#isDead()) throw new Error('a dead process publishes nothing');
    if (this.#calls !== this.#at) return await super.publish(tenant, events);
    await super.publish(tenant, events.slice(0, Math.ceil(events.length / 2)));
    throw new Error('the bus does not answer');
  }
}

describe('the feed, ended at any step', () => {
  let changes: readonly ItemChange[];
  let expected: { readonly rows: readonly object[]; readonly events: readonly string[] };

  beforeAll(async () => {
    changes = await recordChanges();
    const streamed = await openTenant();
    const publisher = new RecordingPublisher();
    await feedAll(streamed, changes, { publisher });
    expected = { rows: await rowsOf(streamed), events: idsOf(publisher) };
    expect(expected.events.length).toBeGreaterThan(17);
  });

  /** With the tenant and a request that was refused: what the feed writes is all that comes. */
  async function openTenant(): Promise<Streamed> {
    const streamed = openTable();
    await createContext(streamed.table);
    await streamed.table.writeOne({ kind: 'put', item: REFUSED });
    return streamed;
  }

  async function rowsOf({ table }: StreamedTable): Promise<readonly object[]> {
    return (await allIn(table)).filter(({ pk }) => pk.startsWith('T#acme#LOG'));
  }

  /** What was published has its entry already; after the next deliveries nothing is lost, and nothing is there twice. */
  async function expectWhole(streamed: Streamed, publisher: RecordingPublisher): Promise<void> {
    const entries = await streamed.table.getMany(publisher.events.map(logKeyOfEvent));
    expect(entries).not.toContain(undefined);
    const next = new RecordingPublisher();
    await feedAll(streamed, changes, { publisher: next });
    expect(await rowsOf(streamed)).toEqual(expected.rows);
    expect([...new Set([...idsOf(publisher), ...idsOf(next)])].toSorted()).toEqual(expected.events);
  }

  it.each<Fault>(['death', 'unavailable', 'conflict', 'timeoutAfter'])(
    'loses nothing and tells of nothing that is not in the log: %s at any call of the table',
    async (fault) => {
      let at = 1;
      for (let isOver = false; !isOver; at += 1) {
        const streamed = await openTenant();
        const table = createAdversarialTable(streamed.table, { kind: 'fault', at, fault });
        const publisher = new FailingPublisher(Number.POSITIVE_INFINITY, () => table.isDead);
        await feedAll(streamed, changes, { table, publisher }).catch(() => undefined);
        isOver = table.calls < at;
        await expectWhole(streamed, publisher);
      }
      expect(at).toBeGreaterThan(changes.length);
    },
  );

  it('publishes again, under the same ids, what the bus may not have taken', async () => {
    for (let at = 1; ; at += 1) {
      const streamed = await openTenant();
      const publisher = new FailingPublisher(at);
      await feedAll(streamed, changes, { publisher }).catch(() => undefined);
      if (!publisher.hasFailed) break;
      await expectWhole(streamed, publisher);
    }
  });

  it('has every pointer to every entry', async () => {
    const streamed = await openTenant();
    await feedAll(streamed, changes, { publisher: new RecordingPublisher() });
    const rows = await allIn(streamed.table);
    const entries = rows.filter(({ pk }) => pk === 'T#acme#LOG').map((item) => parseItem(LogItemSchema, item));
    const wanted = entries
      .flatMap((entry) => allPointers(pointersOf('acme', entry)))
      .map(({ pk, sk }) => `${pk} ${sk}`);
    const there = rows.filter(({ pk }) => pk.startsWith('T#acme#LOG-')).map(({ pk, sk }) => `${pk} ${sk}`);
    expect(there.toSorted()).toEqual(wanted.toSorted());
  });
});

function idsOf({ events }: RecordingPublisher): readonly string[] {
  return events.map(({ id }) => id).toSorted();
}
