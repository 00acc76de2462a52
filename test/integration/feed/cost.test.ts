import { expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { createFeed } from '../../../directory/feed/consume.ts';
import { CallLog } from '../../helpers/call-log.ts';
import { addGroup, addMembers, addUser, createContext, patch } from '../../helpers/directory.ts';
import { createStreamedTable, drain, RecordingPublisher } from '../../helpers/feed.ts';

/** What a change costs the feed must not depend on anything but its size (docs/data-model.md, "Change feed"). */
it('a user costs one transaction of three and four pointers, a member one of two and two pointers, a group one put and two', async () => {
  const { table, stream } = await createStreamedTable();
  const context: DirectoryContext = await createContext(table);
  const publisher = new RecordingPublisher();
  await drain({ table, stream }, publisher);

  async function costOf(request: () => Promise<unknown>): Promise<readonly [CallLog, CallLog]> {
    await request();
    const logs = [new CallLog(), new CallLog()] as const;
    for (const log of logs) {
      const changes = await stream.read(100);
      await createFeed({ table: table.withMeter(log), publisher, now: () => new Date() }).consume(changes);
      await stream.acknowledge(changes);
    }
    await drain({ table, stream }, publisher);
    return logs;
  }

  let user = '';
  const [entry, pointers] = await costOf(async () => {
    user = await addUser(context, 'ada@example.com', { externalId: 'e-1' });
  });
  // The tenant is read once a batch.
  expect(entry.kinds).toEqual({ query: 1, 'write(3)': 1 });
  expect(entry.writeUnits).toBe(6);
  expect(pointers.kinds).toEqual({ query: 1, writeOne: 4, get: 1 });
  expect(pointers.writeUnits).toBe(4);

  let group = '';
  const [groupEntry, groupPointers] = await costOf(async () => {
    group = await addGroup(context, 'Sales');
  });
  expect(groupEntry.kinds).toEqual({ query: 1, writeOne: 1 });
  expect(groupPointers.kinds).toEqual({ query: 1, writeOne: 2 });

  const [member, memberPointers] = await costOf(() => patch(context, 'Group', group, [addMembers([user])]));
  expect(member.kinds).toEqual({ query: 1, 'write(2)': 1 });
  expect(memberPointers.kinds).toEqual({ query: 1, writeOne: 2 });
});
