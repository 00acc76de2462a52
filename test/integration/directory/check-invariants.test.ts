import { beforeEach, describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import type { ScannableTable } from '../../../directory/store/item-table.ts';
import {
  claimKey,
  counterKey,
  indexKey,
  journalChunkKey,
  journalEntryKey,
  memberKey,
  memberOfKey,
  resourceKey,
} from '../../../directory/store/keys.ts';
import { addGroup, addUser, createContext } from '../../helpers/directory.ts';
import { createTestTable } from '../../helpers/tables.ts';

const SOMEBODY = '00000000-0000-4000-8000-000000000000';

describe('checkInvariants', () => {
  let table: ScannableTable;
  let context: DirectoryContext;
  let user: string;
  let group: string;

  beforeEach(async () => {
    table = await createTestTable();
    context = await createContext(table);
    user = await addUser(context, 'jo@example.com', { externalId: 'one' });
    group = await addGroup(context, 'Sales', [user]);
    const former = await addUser(context, 'al@example.com', { externalId: 'two' });
    await deleteResource(context, 'User', former, { ifMatch: undefined });
  });

  it('finds nothing in a sound table', async () => {
    expect(await checkInvariants(table)).toEqual([]);
  });

  it.each([
    { what: 'a missing claim', key: () => claimKey('acme', 'User', 'userName', 'jo@example.com'), problem: 'claim of' },
    {
      what: 'a missing index entry',
      key: () => indexKey('acme', 'User', 'externalId', 'one', user),
      problem: 'index entry is missing',
    },
    { what: 'a missing counter', key: () => counterKey('acme', 'Group', group), problem: 'counter is missing' },
    { what: 'a membership by half', key: () => memberKey('acme', group, user), problem: 'without its other half' },
    { what: 'the other half', key: () => memberOfKey('acme', user, group), problem: 'without its other half' },
    {
      what: 'a member that is gone',
      key: () => resourceKey('acme', 'User', user),
      problem: 'a User that does not exist',
    },
    { what: 'a group that is gone', key: () => resourceKey('acme', 'Group', group), problem: 'a group that does not' },
  ])('finds $what', async ({ key, problem }) => {
    await table.writeOne({ kind: 'delete', key: key() });
    expect((await checkInvariants(table)).map((finding) => finding.problem).join('; ')).toContain(problem);
  });

  it.each([
    {
      what: 'a claim of nobody',
      item: () => ({ ...claimKey('acme', 'User', 'userName', 'nobody'), resourceId: SOMEBODY }),
      problem: 'without a resource',
    },
    {
      what: 'an index entry of nobody',
      item: () => ({ ...indexKey('acme', 'User', 'externalId', 'x', SOMEBODY), format: 1 }),
      problem: 'without a resource',
    },
    {
      what: 'a wrong counter',
      item: () => ({ ...counterKey('acme', 'User', user), count: 5 }),
      problem: 'counter is 5',
    },
    {
      what: 'a chunk of no journal',
      item: () => ({ ...journalChunkKey('acme', group, 'j', 0), version: 1, add: [], remove: [], by: null }),
      problem: 'chunk of a journal',
    },
    {
      what: 'a started entry of no journal',
      item: () => ({
        ...journalEntryKey('acme', group, 'j'),
        kind: 'members',
        state: 'started',
        tenant: 'acme',
        type: 'Group',
        resourceId: group,
        journalId: 'j',
        since: '2026-01-01T00:00:00Z',
      }),
      problem: 'journal entry without',
    },
  ])('finds $what', async ({ item, problem }) => {
    await table.writeOne({ kind: 'put', item: item() });
    expect((await checkInvariants(table)).map((finding) => finding.problem).join('; ')).toContain(problem);
  });

  it('finds a group blocked by a journal that nobody knows of', async () => {
    await table.writeOne({ kind: 'update', key: resourceKey('acme', 'Group', group), set: { journal: 'j' } });
    expect((await checkInvariants(table)).map(({ problem }) => problem)).toEqual([
      'resource under a long write that the sweeper does not know of',
    ]);
  });
});
