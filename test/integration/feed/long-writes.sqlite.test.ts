import { beforeEach, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import type { DirectoryEvent } from '../../../directory/feed/event-schemas.ts';
import { concernsFeed } from '../../../directory/feed/subject.ts';
import { exportTenant } from '../../../directory/operator/export-tenant.ts';
import { finishJournal } from '../../../directory/store/journal.ts';
import { JOURNALS, memberKey, membersPartition, resourceKey } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { DirectoryCopy } from '../../../examples/event-consumer.ts';
import { toEvent } from '../../../examples/event-snapshot.ts';
import { dieAt, expectSound, MANY_CALLS, sweepLater } from '../../helpers/crashes.ts';
import { addGroup, addMembers, createContext, patch, removeMembers } from '../../helpers/directory.ts';
import { drain, RecordingPublisher } from '../../helpers/feed.ts';
import { seedUsers } from '../../helpers/seed.ts';

const MEMBERS = 110;

let table: SqliteItemTable;
let context: DirectoryContext;
let group: string;
let members: readonly string[];
let publisher: RecordingPublisher;
beforeEach(async () => await begin());

async function begin(): Promise<void> {
  table = new SqliteItemTable(':memory:', { stream: concernsFeed });
  context = await createContext(table);
  members = await seedUsers(context, MEMBERS, 'user');
  group = await addGroup(context, 'Sales');
  publisher = new RecordingPublisher();
}

async function catchUp(): Promise<void> {
  await drain({ table, stream: table.stream }, publisher);
}

const join = (asked: DirectoryContext) => patch(asked, 'Group', group, [addMembers(members)]);
const leave = (asked: DirectoryContext) => patch(asked, 'Group', group, [removeMembers(members.slice(0, 100))]);

/** Every member that was told, as often as it was. */
function told(type: DirectoryEvent['type']): readonly string[] {
  return publisher.events.flatMap((event) =>
    event.type === type && 'members' in event.data ? event.data.members : [],
  );
}

async function membersNow(): Promise<readonly string[]> {
  return (await queryAll(table, { pk: membersPartition('acme', group) })).map(({ sk }) => sk);
}

describe('a long write that dies', () => {
  it('at any call, is told exactly as far as it was done, each member once, under one version', async () => {
    let outcomes = new Set<string>();
    for (let at = 1; at < MANY_CALLS; at += 1) {
      await begin();
      const hasDied = await dieAt(at, table, context, join);
      await sweepLater(context);
      await catchUp();
      const now = await membersNow();
      expect(told('membership.added').toSorted()).toEqual([...now].toSorted());
      const sequences = publisher.events.filter(({ type }) => type === 'membership.added').map((each) => each.sequence);
      expect(new Set(sequences).size).toBe(now.length > 0 ? 1 : 0);
      await expectSound(table);
      outcomes = outcomes.add(now.length === 0 ? 'void' : 'whole');
      if (!hasDied) break;
    }
    // Given up before its start, and carried out after it.
    expect([...outcomes].toSorted()).toEqual(['void', 'whole']);
  });

  it('says nothing of a member that was in already when its chunk came, nor of a chunk that is empty then', async () => {
    let at = 1;
    const isStarted = async () => (await table.get(resourceKey('acme', 'Group', group)))?.['journal'] !== undefined;
    for (; !(await isStarted()); at += 1) {
      await begin();
      await dieAt(at, table, context, join);
    }
    const early = members.slice(0, 40);
    for (const id of early) {
      const type = 'User';
      await table.writeOne({ kind: 'put', item: { ...memberKey('acme', group, id), type } });
      await table.writeOne({ kind: 'put', item: { pk: `T#acme#MEMBEROF#${id}`, sk: group, type } });
    }
    await sweepLater(context);
    await catchUp();
    expect(told('membership.added').toSorted()).toEqual(members.slice(40));
    await expectSound(table);
  });
});

describe('a snapshot that is read in the middle of a long write', () => {
  it('goes together with the events of what was still to come', async () => {
    await join(context);
    let isMidway = false;
    for (let at = 1; !isMidway; at += 1) {
      const before = (await membersNow()).length;
      await dieAt(at, table, context, leave);
      const [entry] = await queryAll(table, { pk: JOURNALS });
      isMidway = (await membersNow()).length < before && entry !== undefined;
      if (!isMidway && entry?.['state'] === 'preparing') await sweepLater(context);
    }
    const copy = new DirectoryCopy();
    let after: string | undefined;
    do {
      const page = await exportTenant(context, after);
      for (const line of page.lines) for (const event of [toEvent(line) ?? []].flat()) copy.take(event);
      after = page.next;
    } while (after !== undefined);
    const [open] = await queryAll(table, { pk: JOURNALS });
    const journalId = String(open?.['journalId']);
    await finishJournal(table, { tenant: 'acme', type: 'Group', resourceId: group, journalId });
    await catchUp();
    for (const event of publisher.published) copy.take(event);
    expect([...(copy.read(group, 'member')?.keys() ?? [])].toSorted()).toEqual([...(await membersNow())].toSorted());
    expect(await membersNow()).toHaveLength(MEMBERS - 100);
  });
});
