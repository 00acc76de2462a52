import { describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { countRequest } from '../../../directory/cycles/count-request.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import type { EntryFacts } from '../../../directory/feed/new-entry.ts';
import { type ReportQuery, readReport } from '../../../directory/log/report.ts';
import { logKey } from '../../../directory/store/log-keys.ts';
import { newApplicationAction, TenantCache } from '../../../directory/tenants.ts';
import { addUser, createContext } from '../../helpers/directory.ts';
import { seedLog } from '../../helpers/log-entries.ts';
import { createTestTable } from '../../helpers/tables.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const MINUTE = 60_000;

/** A tenant with the application `entra`. */
async function start(): Promise<DirectoryContext> {
  const table = await createTestTable();
  const context = await createContext(table);
  await table.writeOne(newApplicationAction('acme', 'entra', new Date(START)));
  const tenant = await new TenantCache({ now: Date.now }).find(table, 'acme');
  if (tenant === undefined) throw new Error('the tenant is gone');
  return { ...context, tenant };
}

const report = (context: DirectoryContext, query: Partial<ReportQuery> = {}) =>
  readReport(context, { limit: 100, reveal: false, ...query });

function fact(minute: number, more: Partial<EntryFacts> = {}): EntryFacts {
  const time = new Date(START + minute * MINUTE).toISOString();
  return { time, application: 'entra', requestId: `request-${minute}`, operation: 'update', ...more };
}

const ada = 'aaaaaaaa-0000-4000-8000-000000000000';
const update = fact(1, {
  resource: { type: 'User', id: ada },
  names: { userName: 'ada@example.com', externalId: '5f3c', displayName: 'Ada Lovelace' },
  changes: [{ path: 'name.familyName', before: 'Byron', after: 'Lovelace' }],
  detail: 'active: expected a boolean, got "Ada"',
});

describe('an entry of the report', () => {
  it('is without personal values', async () => {
    const context = await start();
    await seedLog(context.table, 'acme', 1, () => update);
    const { entries } = await report(context);
    expect(entries).toMatchObject([
      {
        names: { userName: 'a…@e…', externalId: '5…', displayName: 'A…' },
        changes: [{ path: 'name.familyName' }],
        detail: 'active: expected a boolean, got "…"',
      },
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/Ada|ada@|Lovelace|Byron|5f3c/);
  });

  it('is whole where values are to be revealed', async () => {
    const context = await start();
    await seedLog(context.table, 'acme', 1, () => update);
    const { names, changes, detail } = update;
    expect(await report(context, { reveal: true })).toMatchObject({ entries: [{ names, changes, detail }] });
  });

  it('shows the name of a group: it is nobody’s', async () => {
    const context = await start();
    const group = fact(1, { resource: { type: 'Group', id: ada }, names: { displayName: 'Sales' } });
    await seedLog(context.table, 'acme', 1, () => group);
    expect(await report(context)).toMatchObject({ entries: [{ names: { displayName: 'Sales' } }] });
  });

  it('has the names of today where it keeps none itself, also of who is deleted, and none of who was purged', async () => {
    const context = await start();
    const id = await addUser(context, 'ada@example.com', { externalId: '5f3c' });
    const gone = await addUser(context, 'bob@example.com');
    await deleteResource(context, 'User', gone, { ifMatch: undefined });
    const facts = [
      fact(3, { resource: { type: 'User', id }, outcome: 'unchanged' }),
      fact(2, { resource: { type: 'User', id: gone }, outcome: 'failed' }),
      fact(1, { resource: { type: 'User', id }, purged: true }),
      fact(0, { resource: { type: 'User', id: ada }, outcome: 'failed' }),
    ];
    await seedLog(context.table, 'acme', facts.length, (n) => facts[n] ?? update);
    const { entries } = await report(context, { reveal: true });
    expect(entries.map(({ names }) => names)).toEqual([
      { userName: 'ada@example.com', externalId: '5f3c' },
      { userName: 'bob@example.com' },
      {},
      {},
    ]);
  });

  it('names the sync cycle in which it happened', async () => {
    const context = await start();
    const names = { tenant: 'acme', application: 'entra' };
    const count = (minute: number) =>
      countRequest(context.table, names, { at: START + minute * MINUTE, added: { requests: 1 }, uses: {} });
    for (const minute of [10, 15, 100, 105, 200]) await count(minute);
    // A little before its cycle began: its request was counted only when it was over.
    const minutes = [5, 9.9, 12, 24, 50, 99.9, 105, 201];
    await seedLog(context.table, 'acme', minutes.length, (n) => fact(minutes[n] ?? 0));
    await seedLog(context.table, 'acme', 1, () => fact(12.5, { application: '@operator' }));
    const { entries } = await report(context);
    const cycles = entries.map(({ application, time, cycle }) => [
      application,
      (Date.parse(time) - START) / MINUTE,
      cycle === undefined ? undefined : (cycle - START) / MINUTE,
    ]);
    expect(cycles.toSorted(([, left], [, right]) => Number(left) - Number(right))).toEqual([
      ['entra', 5, undefined],
      ['entra', 9.9, 10],
      ['entra', 12, 10],
      ['@operator', 12.5, undefined],
      ['entra', 24, 10],
      ['entra', 50, undefined],
      ['entra', 99.9, 100],
      ['entra', 105, 100],
      ['entra', 201, 200],
    ]);
  });

  it('is found by what a user was called before, and by what they are called now', async () => {
    const context = await start();
    const id = await addUser(context, 'ada.lovelace@example.com', { externalId: '5f3c' });
    const rename = fact(2, {
      resource: { type: 'User', id },
      names: { userName: 'ada.lovelace@example.com' },
      changes: [{ path: 'userName', before: 'ada.byron@example.com', after: 'ada.lovelace@example.com' }],
    });
    const patch = fact(1, { resource: { type: 'User', id }, outcome: 'failed', status: 400 });
    const post = fact(0, { resource: { type: 'User' }, names: { userName: 'ADA.byron@example.com' }, status: 409 });
    const others = fact(3, { resource: { type: 'User', id: ada }, names: { userName: 'bob@example.com' } });
    const facts = [rename, patch, post, others];
    await seedLog(context.table, 'acme', facts.length, (n) => facts[n] ?? update);
    const found = async (user: string) => (await report(context, { user })).entries.map(({ requestId }) => requestId);
    expect(await found('ada.byron@example.com')).toEqual(['request-2', 'request-1', 'request-0']);
    expect(await found('Ada.Lovelace@example.com')).toEqual(['request-2', 'request-1']);
    expect(await found('5f3c')).toEqual(['request-2', 'request-1']);
    expect(await found(id)).toEqual(['request-2', 'request-1']);
    expect(await found('nobody')).toEqual([]);
  });

  it('is left out where only its pointers are left', async () => {
    const context = await start();
    await seedLog(context.table, 'acme', 3, (n) => fact(n));
    const { entries } = await report(context);
    const [, second] = entries;
    const key = logKey('acme', second?.time ?? '', second?.id ?? '');
    await context.table.writeOne({ kind: 'delete', key });
    const left = await report(context, { application: 'entra' });
    expect(left.entries.map(({ requestId }) => requestId)).toEqual(['request-2', 'request-0']);
  });

  it('ends a page beyond which an answer would be too large', async () => {
    const context = await start();
    const value = 'x'.repeat(250_000);
    for (let n = 0; n < 30; n++) {
      await seedLog(context.table, 'acme', 1, () => fact(n, { changes: [{ path: 'title', after: value }] }));
    }
    const first = await report(context, { reveal: true });
    expect(JSON.stringify(first).length).toBeLessThan(4_000_000);
    let [total, after] = [first.entries.length, first.next];
    while (after !== undefined) {
      const page = await report(context, { reveal: true, after });
      total += page.entries.length;
      after = page.next;
    }
    expect(total).toBe(30);
  });
});

describe('a report on a name', () => {
  const of = (id: string, minute: number, names: EntryFacts['names'] = {}) =>
    fact(minute, { resource: { type: 'User', id }, names });
  const name = { userName: 'ada@example.com' };
  const idOf = (n: number) => `${n}aaaaaaa-0000-4000-8000-000000000000`;

  it('has what was done by id about each of those who had it, once somebody else has it', async () => {
    const context = await start();
    const former = await addUser(context, name.userName);
    const facts = [of(former, 1, name), of(former, 2), of(idOf(1), 3), of(idOf(2), 4, name), of(idOf(2), 5)];
    await seedLog(context.table, 'acme', facts.length, (n) => facts[n] ?? update);
    await deleteResource(context, 'User', former, { ifMatch: undefined });
    await addUser(context, name.userName);
    const { entries, moreUsers } = await report(context, { user: 'ada@example.com' });
    expect(entries.map(({ requestId }) => requestId)).toEqual(['request-5', 'request-4', 'request-2', 'request-1']);
    expect(moreUsers).toBeUndefined();
  });

  it('says so where more had it than are looked for', async () => {
    const context = await start();
    await seedLog(context.table, 'acme', 6, (n) => of(idOf(n), n, name));
    expect(await report(context, { user: 'ada@example.com' })).toMatchObject({ moreUsers: true });
    expect(await report(context, { user: idOf(5) })).not.toHaveProperty('moreUsers');
  });
});
