import { beforeAll, describe, expect, it } from 'vitest';
import { replayEvents } from '../../../directory/feed/replay.ts';
import type { PutAction } from '../../../directory/store/item-table.ts';
import { logKey } from '../../../directory/store/log-keys.ts';
import { addGroup, addUser, createContext, patch } from '../../helpers/directory.ts';
import { createStreamedTable, drain, RecordingPublisher, readLog, type StreamedTable } from '../../helpers/feed.ts';

/** More than one page of a replay has. */
const FAILED = 250;

let streamed: StreamedTable;
const heard = new RecordingPublisher();

beforeAll(async () => {
  streamed = await createStreamedTable();
  const context = await createContext(streamed.table);
  const ada = await addUser(context, 'ada');
  await patch(context, 'User', ada, [{ op: 'replace', path: 'userName', value: 'lovelace' }]);
  await addGroup(context, 'Sales', [ada]);
  await drain(streamed, heard);
  const puts = Array.from({ length: FAILED }, (_, n) => failed(String(n)));
  for (let start = 0; start < FAILED; start += 100) await streamed.table.write(puts.slice(start, start + 100));
});

/** A request that was refused before all that happened. */
function failed(id: string): PutAction {
  const time = '2026-01-01T00:00:00.000Z';
  const said = { time, id, application: 'entra', requestId: id, operation: 'create', outcome: 'failed', status: 400 };
  return { kind: 'put', item: { ...logKey('acme', time, id), ...said } };
}

async function replay(range: { readonly from: Date; readonly to: Date }) {
  const publisher = new RecordingPublisher();
  const pages = [];
  let after: string | undefined;
  do {
    const page = await replayEvents({ table: streamed.table, publisher, now: () => new Date() }, 'acme', {
      ...range,
      after,
    });
    pages.push(page);
    after = page.next;
  } while (after !== undefined);
  return { publisher, pages };
}

describe('a replay', () => {
  it('publishes every event of the span again as it was, page by page, and none of what failed', async () => {
    const { publisher, pages } = await replay({ from: new Date(0), to: new Date() });
    expect(heard.types.toSorted()).toEqual(['group.created', 'membership.added', 'user.created', 'user.updated']);
    expect(publisher.events.toSorted(byId)).toEqual(heard.events.toSorted(byId));
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.reduce((sum, { entries }) => sum + entries, 0)).toBe(FAILED + 3);
  });

  it('publishes nothing of before and after, but what is at both ends', async () => {
    const times = (await readLog(streamed.table)).map(({ time }) => time);
    const last = new Date(times.at(-1) ?? '');
    const { pages } = await replay({ from: last, to: last });
    const ofThen = times.filter((time) => time === last.toISOString()).length;
    expect(pages.map(({ entries }) => entries)).toEqual([0, ofThen]);
    const later = await replay({ from: new Date(last.getTime() + 1), to: new Date(Date.now() + 60_000) });
    expect(later.publisher.events).toEqual([]);
  });

  it('refuses a position that it did not give, and a tenant that is not there', async () => {
    const context = { table: streamed.table, publisher: heard, now: () => new Date() };
    const range = { from: new Date(0), to: new Date() };
    await expect(replayEvents(context, 'acme', { ...range, after: 'x' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(replayEvents(context, 'globex', range)).rejects.toMatchObject({ code: 'not_found' });
  });
});

function byId(left: { readonly id: string }, right: { readonly id: string }): number {
  return left.id < right.id ? -1 : 1;
}
