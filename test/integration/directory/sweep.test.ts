import { beforeEach, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { purgeUser } from '../../../directory/lifecycle/purge-user.ts';
import type { ScannableTable } from '../../../directory/store/item-table.ts';
import { FORMAT } from '../../../directory/store/items.ts';
import { JOURNALS } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { sweep } from '../../../directory/sweep.ts';
import { addUser, createContext } from '../../helpers/directory.ts';
import { removeUser } from '../../helpers/lifecycle.ts';
import { createTestTable } from '../../helpers/tables.ts';

let table: ScannableTable;
let contexts: readonly DirectoryContext[];

/** Each tenant has a deletion that wants closing. */
beforeEach(async () => {
  table = await createTestTable();
  contexts = await Promise.all(['acme', 'beta', 'gamma'].map((tenant) => createContext(table, { tenant })));
  for (const context of contexts) await removeUser(context, await addUser(context, 'ada'));
});

const now = () => new Date(Date.now() + 600_000);
const tenantsLeft = async () => (await queryAll(table, { pk: JOURNALS })).map(({ sk }) => sk.split('#')[0]);

describe('sweep', () => {
  it('goes on behind an entry that it does not understand, tells of it, and leaves it', async () => {
    await table.writeOne({ kind: 'put', item: { pk: JOURNALS, sk: 'acme#x#y', format: FORMAT, kind: 'purge' } });
    const failures: unknown[] = [];
    const report = await sweep(table, {
      now,
      remainingMs: () => 60_000,
      onFailure: (what, error) => failures.push([what, error instanceof Error ? error.name : '']),
    });
    expect(report).toMatchObject({ open: 4, deletions: 3, failed: 1 });
    expect(failures).toEqual([[{ kind: 'purge', tenant: 'acme' }, 'ZodError']]);
    expect(await tenantsLeft()).toEqual(['acme']);
  });

  it('goes on behind an entry whose work meets a defect', async () => {
    const [entry] = await queryAll(table, { pk: JOURNALS, from: 'acme#', to: 'acme#~' });
    const id = entry?.sk.split('#')[1] ?? '';
    await table.writeOne({ kind: 'put', item: { pk: 'T#acme#TOMBSTONE#User', sk: id, format: FORMAT } });
    const kinds: string[] = [];
    const onFailure = ({ kind }: { kind: string }) => kinds.push(kind);
    expect(await sweep(table, { now, remainingMs: () => 60_000, onFailure })).toMatchObject({
      deletions: 2,
      failed: 1,
    });
    expect(kinds).toEqual(['deletion']);
    expect(await tenantsLeft()).toEqual(['acme']);
  });

  it('goes through all else before it looks at purges, of which many come due at once', async () => {
    const [context] = contexts;
    if (context === undefined) throw new Error('there is no tenant');
    for (let n = 0; n < 3; n++) {
      const id = await addUser(context, `leaver-${n}`);
      await removeUser(context, id);
      await purgeUser(context, id);
    }
    const left = async () => (await queryAll(table, { pk: JOURNALS })).map(({ kind }) => kind);
    // What is closed by the purge leaves the three deletions of before and those of the leavers.
    const deletions = (await left()).filter((kind) => kind === 'deletion').length;
    for (const from of [0, 0.5]) {
      let asked = 0;
      // Time for a single entry.
      const remainingMs = () => (asked++ < 2 ? 60_000 : 0);
      expect(await sweep(table, { now, remainingMs, from })).toMatchObject({ deletions: 1, purges: 0 });
    }
    expect((await left()).filter((kind) => kind === 'deletion')).toHaveLength(deletions - 2);
    expect(await sweep(table, { now, remainingMs: () => 60_000 })).toMatchObject({ purges: 3 });
  });

  it('begins where it is told, so that nobody is always the last', async () => {
    let asked = 0;
    // Time for the first entry alone.
    const remainingMs = () => (asked++ < 2 ? 60_000 : 0);
    expect(await sweep(table, { now, remainingMs, from: 0.99 })).toMatchObject({ open: 3, deletions: 1 });
    expect(await tenantsLeft()).toEqual(['acme', 'beta']);
  });
});
