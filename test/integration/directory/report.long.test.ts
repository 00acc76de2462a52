import { beforeAll, describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import type { EntryFacts } from '../../../directory/feed/new-entry.ts';
import { type ReportQuery, readReport } from '../../../directory/log/report.ts';
import { logPartition } from '../../../directory/store/log-keys.ts';
import { newApplicationAction, TenantCache } from '../../../directory/tenants.ts';
import { CallLog } from '../../helpers/call-log.ts';
import { createContext } from '../../helpers/directory.ts';
import { seedLog } from '../../helpers/log-entries.ts';
import { createTestTable, tableKind } from '../../helpers/tables.ts';

/** DynamoDB Local takes a minute for some 20,000 items. */
const [SMALL, LARGE] = tableKind === 'dynamodb' ? [600, 3_000] : [1_000, 100_000];

const START = Date.parse('2026-01-01T00:00:00Z');
const MINUTE = 60_000;
const applications = ['entra', 'okta'] as const;

/** The n-th entry, a minute after the one before. Ten are about Ada, five of them by each application. */
function factsOf(total: number): (n: number) => EntryFacts {
  const everyNth = total / 10;
  return (n) => {
    const isAda = n % everyNth === 0;
    const nth = String(n).padStart(12, '0');
    const application = isAda ? (applications[(n / everyNth) % 2] ?? 'entra') : (applications[n % 2] ?? 'entra');
    const id = isAda ? ADA : `00000000-0000-4000-8000-${nth}`;
    return {
      time: new Date(START + n * MINUTE).toISOString(),
      requestId: `request-${n}`,
      ...{ application, operation: 'update', resource: { type: 'User', id } },
      names: isAda ? { userName: 'ada@example.com', externalId: 'a-1' } : { userName: `user-${n}@example.com` },
      outcome: n % 100 === 0 ? 'failed' : 'success',
      changes: [{ path: 'title', before: 'Miss', after: 'Countess' }],
    };
  };
}

const ADA = 'aaaaaaaa-0000-4000-8000-000000000000';

async function createLog(count: number): Promise<DirectoryContext> {
  const table = await createTestTable();
  const context = await createContext(table, { deadlineSeconds: 600 });
  for (const name of applications) await table.writeOne(newApplicationAction('acme', name, new Date(START)));
  await seedLog(context.table, 'acme', count, factsOf(count));
  const tenant = await new TenantCache({ now: Date.now }).find(table, 'acme');
  if (tenant === undefined) throw new Error('the tenant is gone');
  return { ...context, table, tenant };
}

/** A page, and the calls that it took. */
async function measure(context: DirectoryContext, query: Partial<ReportQuery>) {
  const calls = new CallLog();
  const page = await readReport(
    { ...context, table: context.table.withMeter(calls) },
    { limit: 50, reveal: true, ...query },
  );
  return { page, calls: calls.kinds, units: calls.readUnits };
}

describe('the report of a log of any length', () => {
  let small: DirectoryContext;
  let large: DirectoryContext;

  beforeAll(async () => {
    small = await createLog(SMALL);
    large = await createLog(LARGE);
  }, 600_000);

  /** From the n-th to the m-th entry. */
  const span = (from: number, to: number) => ({
    from: new Date(START + from * MINUTE),
    to: new Date(START + to * MINUTE),
  });
  const day = span(121, 170);

  it.each<readonly [string, (total: number) => Partial<ReportQuery>, number, Readonly<Record<string, number>>]>([
    ['everything', () => ({}), 50, { query: 3, get: 2 }],
    ['a user by id', () => ({ user: ADA }), 10, { query: 15, get: 3, getMany: 1 }],
    ['a user by userName', () => ({ user: 'ADA@example.com' }), 10, { query: 15, get: 3, getMany: 1 }],
    ['a user by externalId', () => ({ user: 'a-1' }), 10, { query: 15, get: 3, getMany: 1 }],
    ['an application', () => ({ application: 'okta' }), 50, { query: 2, get: 1, getMany: 1 }],
    ['a timespan', () => day, 50, { query: 3, get: 2 }],
    ['an application in a timespan', () => ({ application: 'okta', ...day }), 25, { query: 2, get: 1, getMany: 1 }],
    [
      'a user in a timespan',
      (total) => ({ user: ADA, ...span(total / 5, total / 2) }),
      4,
      { query: 15, get: 3, getMany: 1 },
    ],
    ['a user by an application', () => ({ user: ADA, application: 'okta' }), 5, { query: 6, get: 2, getMany: 1 }],
    [
      'all three',
      (total) => ({ user: 'ada@example.com', application: 'okta', ...span(total / 5, total / 2) }),
      2,
      { query: 6, get: 2, getMany: 1 },
    ],
  ])('reads %s by as many calls as the answer needs', async (_, queryOf, length, calls) => {
    const ofSmall = await measure(small, queryOf(SMALL));
    const ofLarge = await measure(large, queryOf(LARGE));
    expect(ofSmall.page.entries).toHaveLength(length);
    expect(ofLarge.page.entries).toHaveLength(length);
    expect(ofSmall.calls).toEqual(calls);
    expect(ofLarge.calls).toEqual(calls);
    // The items that are read are the same, and so nearly are the units.
    expect(ofLarge.units).toBeLessThanOrEqual(ofSmall.units + 2);
  });

  it('gives by pages, newest first, exactly what is asked for', async () => {
    const found: string[] = [];
    let after: string | undefined;
    do {
      const { page } = await measure(large, { user: ADA, limit: 3, after });
      expect(page.entries.length).toBeLessThanOrEqual(3);
      found.push(...page.entries.map(({ time }) => time));
      after = page.next;
    } while (after !== undefined);
    const expected = Array.from({ length: 10 }, (_, n) => new Date(START + n * (LARGE / 10) * MINUTE).toISOString());
    expect(found).toEqual(expected.toReversed());
  });

  it('filters by outcome within, with an end to the work of a page', async () => {
    const found: string[] = [];
    let after: string | undefined;
    do {
      const { page, calls } = await measure(large, { outcome: 'failed', limit: 1_000, after });
      expect(calls['query']).toBeLessThan(40);
      found.push(...page.entries.map(({ requestId }) => requestId));
      after = page.next;
    } while (after !== undefined);
    expect(found).toHaveLength(LARGE / 100);
    expect(new Set(found).size).toBe(found.length);
  }, 120_000);

  it('refuses a cursor that is none, and an application that the tenant does not have', async () => {
    await expect(measure(small, { after: 'x' })).rejects.toMatchObject({ code: 'invalid' });
    const sideways = Buffer.from('zzz#1').toString('base64url');
    await expect(measure(small, { after: sideways })).rejects.toMatchObject({ code: 'invalid' });
    await expect(measure(small, { application: 'ping' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is nobody else’s', async () => {
    const { page } = await measure({ ...large, tenant: { ...large.tenant, name: 'other' } }, { user: ADA });
    expect(page.entries).toEqual([]);
    expect(await large.table.query({ pk: logPartition('other') })).toMatchObject({ items: [] });
  });
});
