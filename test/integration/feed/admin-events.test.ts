import { beforeEach, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { park } from '../../../directory/feed/park.ts';
import { AdminApi } from '../../helpers/admin-api.ts';
import { addGroup, addUser, createContext } from '../../helpers/directory.ts';
import { createStreamedTable, drain, RecordingPublisher, type StreamedTable } from '../../helpers/feed.ts';
import { MemoryVault } from '../../helpers/memory-vault.ts';

const ACME = { path: { tenant: 'acme' } };
const LONG_AGO = '2020-01-01';

let streamed: StreamedTable;
let context: DirectoryContext;
let admin: AdminApi;

beforeEach(async () => {
  streamed = await createStreamedTable();
  context = await createContext(streamed.table);
  admin = new AdminApi(streamed.table, new MemoryVault());
  admin.time = Date.now() + 60_000;
});

/** All pages of a replay. */
async function replay(body: object) {
  const total = { recovered: 0, stillParked: 0, published: 0 };
  for (let after: string | undefined; ; ) {
    const page = await admin.ok('replayEvents', {
      ...ACME,
      body: { ...body, ...(after === undefined ? {} : { after }) },
    });
    total.recovered += page.recovered;
    total.stillParked += page.stillParked;
    total.published += page.published;
    if (page.next === undefined) return total;
    after = page.next;
  }
}

describe('the replay of events', () => {
  it('publishes what was published, under the same ids', async () => {
    const ada = await addUser(context, 'ada@example.com');
    await addGroup(context, 'Staff', [ada]);
    const first = new RecordingPublisher();
    await drain(streamed, first);
    const { published } = await replay({ from: LONG_AGO });
    const again = admin.delivery.published.map(({ event }) => event);
    expect(published).toBe(first.events.length);
    expect(again.toSorted(byId)).toEqual(first.events.toSorted(byId));
  });

  it('keeps to the span of time that was asked for', async () => {
    await addUser(context, 'ada@example.com');
    await drain(streamed, new RecordingPublisher());
    expect(await replay({ from: LONG_AGO, to: '2020-01-02' })).toEqual({ recovered: 0, stillParked: 0, published: 0 });
    expect(admin.delivery.published).toEqual([]);
  });

  it('is in the audit, page by page, so that none is published unrecorded', async () => {
    const { next } = await admin.ok('replayEvents', { ...ACME, body: { from: LONG_AGO, to: '2020-01-02' } });
    // Whoever makes a position of their own begins where nobody did before.
    await admin.ok('replayEvents', { ...ACME, body: { from: LONG_AGO, after: next } });
    const { records } = await admin.ok('listAudit', { query: { tenant: 'acme' } });
    const replays = records.filter(({ action }: { action: string }) => action === 'events.replay');
    const from = '2020-01-01T00:00:00.000Z';
    const pages = replays.map(({ after }: { after: object }) => after);
    expect(pages).toHaveLength(2);
    expect(pages).toContainEqual({ from, to: '2020-01-02T23:59:59.999Z' });
    expect(pages).toContainEqual({ from, to: expect.any(String), after: next });
  });

  it.each([
    [{}, 400],
    [{ from: 'yesterday' }, 400],
    [{ from: LONG_AGO, after: 'nonsense' }, 400],
  ])('refuses %j', async (body, status) => {
    expect((await admin.call('replayEvents', { ...ACME, body })).status).toBe(status);
  });

  it('knows no tenant that there is not', async () => {
    const nobody = { path: { tenant: 'nobody' } };
    expect((await admin.call('replayEvents', { ...nobody, body: { from: LONG_AGO } })).status).toBe(404);
    expect((await admin.call('listParked', nobody)).status).toBe(404);
    expect((await admin.call('createWebhookSecret', nobody)).status).toBe(404);
    expect((await admin.call('testWebhook', nobody)).status).toBe(404);
  });
});

describe('what is parked', () => {
  it('is listed by time and reason, never by what it holds', async () => {
    const item = { pk: 'T#acme#User', sk: 'u-1', attributes: { userName: 'ada@example.com' } };
    const change = { id: 'change-1', at: new Date(), before: undefined, after: item };
    const now = new Date('2026-11-22T12:00:00Z');
    await park(streamed.table, 'acme', { change, person: 'u-1', reason: 'by: invalid_type', now });
    const answer = await admin.ok('listParked', ACME);
    expect(answer).toEqual({
      parked: [{ id: 'change-1', time: '2026-11-22T12:00:00.000Z', reason: 'by: invalid_type' }],
    });
    // Still not understood: it stays, and is counted.
    expect(await replay({ from: LONG_AGO })).toMatchObject({ recovered: 0, stillParked: 1 });
    expect((await admin.ok('listParked', ACME)).parked).toHaveLength(1);
  });
});

describe('the deletion of a tenant', () => {
  it('takes the secret of its webhooks with it', async () => {
    await admin.ok('createWebhookSecret', { ...ACME, body: {} });
    expect(admin.delivery.secrets.has('acme')).toBe(true);
    await admin.call('deleteTenant', { ...ACME, body: { confirm: 'acne' } });
    expect(admin.delivery.secrets.has('acme')).toBe(true);
    await admin.ok('deleteTenant', { ...ACME, body: { confirm: 'acme' } });
    expect(admin.delivery.secrets.has('acme')).toBe(false);
  });
});

function byId(left: { readonly id: string }, right: { readonly id: string }): number {
  return left.id < right.id ? -1 : Number(left.id > right.id);
}
