import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ACTORS, type DirectoryContext } from '../../directory/context.ts';
import { concernsFeed } from '../../directory/feed/subject.ts';
import { type ReportEntry, readReport } from '../../directory/log/report.ts';
import { keyOf } from '../../directory/store/actions.ts';
import type { Action, ItemTable } from '../../directory/store/item-table.ts';
import { resourcePartition } from '../../directory/store/keys.ts';
import { SqliteItemTable } from '../../directory/store/sqlite-item-table.ts';
import { TenantCache } from '../../directory/tenants.ts';
import { systemRuntime } from '../../lambda/aws/runtime.ts';
import { AFTERWARDS_MILLIS } from '../../lambda/http/afterwards.ts';
import { APPLICATION } from '../../local/directory-server.ts';
import { type FeedLoop, startFeedLoop } from '../../local/feed-loop.ts';
import type { SentAction } from '../../replay/http/sent-action.ts';
import type { Report } from '../../replay/report/report.ts';
import { addUser, requestOf } from '../helpers/directory.ts';
import { setGuard } from '../helpers/guard.ts';
import { REPLAY_SIZE } from '../helpers/replays.ts';
import { RecordedLog, ScimServer } from '../helpers/scim-server.ts';
import { playSmall } from '../helpers/small-replay.ts';
import { until } from '../helpers/until.ts';

const TENANT = 'acme';

/** Every so many changes of a user or group one fails, and every so many new users find their userName just taken. */
const FAULT_EVERY = 97;
const RIVAL_EVERY = 53;

let table: SqliteItemTable;
let server: ScimServer;
let feed: FeedLoop;
let context: DirectoryContext;
let played: Report;
const sent: SentAction[] = [];

beforeAll(async () => {
  table = new SqliteItemTable(':memory:', { stream: concernsFeed });
  // However loaded the machine is, what the log has to take is taken.
  const sleep = (millis: number) => systemRuntime.sleep(millis === AFTERWARDS_MILLIS ? 30_000 : millis);
  server = new ScimServer(faulty(table), { ...systemRuntime, sleep });
  await server.start([TENANT]);
  // A replay removes all that it has made.
  await setGuard(table, TENANT, { mode: 'off' });
  const tenant = await new TenantCache({ now: Date.now }).find(table, TENANT);
  if (tenant === undefined) throw new Error('the tenant was not made');
  const ids = { requestId: randomUUID(), newId: () => randomUUID() };
  const actor = { application: ACTORS.operator, tenantUrl: server.tenantUrl(TENANT), now: () => new Date() };
  context = requestOf({ table, tenant, ...ids, ...actor }, table, 3_600);
  const publisher = { publish: async () => undefined };
  feed = startFeedLoop({ stream: table.stream, table, publisher, log: new RecordedLog() });
  const sizes = Object.entries(REPLAY_SIZE).flatMap(([name, count]) => [`--${name}`, String(count)]);
  const token = ['--token', server.tokenOf(TENANT)];
  played = await playSmall(server.tenantUrl(TENANT), [...token, ...sizes], { note: (action) => sent.push(action) });
  await until('the feed has taken in every change', 120, async () => (await table.stream.read(1)).length === 0);
  await feed.stop();
}, 600_000);

afterAll(async () => {
  await server.close();
});

let changes = 0;
let creations = 0;

/** A table that fails some writes of users and groups, before they do anything, and gives some userNames to others. */
function faulty(inner: ItemTable): ItemTable {
  const before = async (actions: readonly Action[]): Promise<void> => {
    const change = actions.find(isChangeOfResource);
    if (change === undefined) return;
    changes += 1;
    if (changes % FAULT_EVERY === 0) throw new TypeError('injected');
    if (
      !actions.some(({ kind, conditions }) => kind === 'put' && conditions?.some(({ kind: is }) => is === 'notExists'))
    )
      return;
    const userName = userNameOf(change);
    creations += 1;
    if (userName !== undefined && creations % RIVAL_EVERY === 0) await addUser(context, userName);
  };
  return {
    get: (key) => inner.get(key),
    getMany: (keys) => inner.getMany(keys),
    query: (query) => inner.query(query),
    write: async (actions, options) => {
      await before(actions);
      await inner.write(actions, options);
    },
    writeOne: async (action, options) => {
      await before([action]);
      await inner.writeOne(action, options);
    },
    withMeter: (meter) => faulty(inner.withMeter(meter)),
  };
}

function isChangeOfResource(action: Action): boolean {
  const partitions = (['User', 'Group'] as const).map((type) => resourcePartition(TENANT, type));
  return (action.kind === 'put' || action.kind === 'delete') && partitions.includes(keyOf(action).pk);
}

const NamedSchema = z.object({ attributes: z.object({ userName: z.string() }) });

function userNameOf(action: Action): string | undefined {
  return action.kind === 'put' ? NamedSchema.safeParse(action.item).data?.attributes.userName : undefined;
}

/** What the identity provider did, by request: the whole log, page after page. */
async function reportByRequest(): Promise<ReadonlyMap<string, readonly ReportEntry[]>> {
  const byRequest = new Map<string, ReportEntry[]>();
  let after: string | undefined;
  do {
    const page = await readReport(context, { application: APPLICATION, limit: 1_000, reveal: false, after });
    for (const entry of page.entries) {
      if (entry.operation === 'cycle' || entry.operation === 'token') continue;
      byRequest.set(entry.requestId, [...(byRequest.get(entry.requestId) ?? []), entry]);
    }
    after = page.next;
  } while (after !== undefined);
  return byRequest;
}

const operations: Readonly<Record<SentAction['method'], readonly string[]>> = {
  GET: ['read'],
  POST: ['create'],
  PUT: ['update', 'deactivate', 'reactivate'],
  PATCH: ['update', 'deactivate', 'reactivate'],
  DELETE: ['delete'],
};

/** What the report must say of an action; undefined: nothing. */
function expectedOf({ method, type, id, status, outcome }: SentAction) {
  // Who comes without a token is nobody, and there is nobody's log.
  if (status === 401 || (method === 'GET' && outcome === 'done')) return undefined;
  return {
    operation: operations[method],
    ...{ type, id },
    outcome: outcome === 'failed' ? ['failed'] : ['success', 'unchanged'],
    status: outcome === 'failed' ? status : undefined,
  };
}

/** Of one request: what it did to others, such as the groups of a user who is deleted, comes with it. */
function matches(
  expected: ReturnType<typeof expectedOf>,
  { operation, resource, outcome, status }: ReportEntry,
): boolean {
  return (
    expected?.operation.includes(operation) === true &&
    expected.outcome.includes(outcome) &&
    resource?.type === expected.type &&
    resource.id === expected.id &&
    (expected.status === undefined || status === expected.status)
  );
}

describe('the provisioning report after a replay with failures', () => {
  it('was preceded by failures of every kind, and by what succeeded', () => {
    const failed = sent.filter(({ method, outcome }) => method !== 'GET' && outcome === 'failed');
    expect(new Set(failed.map(({ status }) => status))).toEqual(new Set([404, 409, 500]));
    expect(failed.length).toBeGreaterThan(20);
    expect(sent.filter(({ outcome }) => outcome === 'done').length).toBeGreaterThan(REPLAY_SIZE.users * 2);
    expect(sent.filter(({ outcome }) => outcome === 'unanswered')).toEqual([]);
    expect(played.outcome).toBe('failed');
  });

  it('agrees with what was sent, action by action', async () => {
    const byRequest = await reportByRequest();
    const disagreeing = sent.flatMap((action) => {
      const entries = byRequest.get(action.requestId ?? '') ?? [];
      const expected = expectedOf(action);
      const own = entries.filter((entry) => matches(expected, entry));
      if (expected === undefined) return entries.length === 0 ? [] : [{ action, entries }];
      // What failed did nothing else; what was done may have taken several steps.
      const isRight = action.outcome === 'failed' ? entries.length === 1 && own.length === 1 : own.length > 0;
      return isRight && entries.every(({ outcome }) => outcome !== 'failed' || action.outcome === 'failed')
        ? []
        : [{ action, entries }];
    });
    expect(disagreeing).toEqual([]);
    const known = new Set(sent.map(({ requestId }) => requestId));
    expect([...byRequest.keys()].filter((requestId) => !known.has(requestId))).toEqual([]);
  });
});
