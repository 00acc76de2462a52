import { describe, expect, it } from 'vitest';
import { countRequest } from '../../../directory/cycles/count-request.ts';
import { purgeLog } from '../../../directory/log/purge-log.ts';
import { readReport } from '../../../directory/log/report.ts';
import type { OperatorContext } from '../../../directory/operator/operation.ts';
import type { ItemTable } from '../../../directory/store/item-table.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { newApplicationAction } from '../../../directory/tenants.ts';
import { createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { createContext } from '../../helpers/directory.ts';
import { seedLog } from '../../helpers/log-entries.ts';
import { ProcessDeathError } from '../../helpers/table-faults.ts';
import { allIn } from '../../helpers/tables.ts';

const NOW = Date.parse('2026-06-01T00:00:00Z');
const DAY = 86_400_000;
const before = new Date(NOW - 10 * DAY);

/** Twenty entries, one a day, of which ten are older than ten days; a completed sync cycle on each side. */
async function start() {
  const table = new SqliteItemTable(':memory:');
  const directory = await createContext(table);
  await table.writeOne(newApplicationAction('acme', 'entra', new Date(NOW - 30 * DAY)));
  const names = { tenant: 'acme', application: 'entra' };
  for (const days of [15, 5, 0]) {
    await countRequest(table, names, { at: NOW - days * DAY, added: { requests: 1 }, uses: {} });
  }
  await seedLog(table, 'acme', 20, (n) => ({
    time: new Date(NOW - (n + 0.5) * DAY).toISOString(),
    ...{ application: 'entra', requestId: `request-${n}`, operation: 'update' },
    resource: { type: 'User', id: 'aaaaaaaa-0000-4000-8000-000000000000' },
    names: { userName: 'ada@example.com', externalId: `x-${n}` },
  }));
  return { table, directory };
}

const operator = (table: ItemTable): OperatorContext => ({
  table,
  principal: 'arn:aws:iam::123456789012:user/jo',
  requestId: 'request-1',
  now: () => new Date(NOW),
  newId: () => crypto.randomUUID(),
});

const purge = (table: ItemTable, remainingMs: () => number = () => 60_000) =>
  purgeLog(operator(table), 'acme', { before, confirmation: 'acme', remainingMs });

/** What is there but the records of operators. */
const keysIn = async (table: SqliteItemTable) =>
  (await allIn(table)).filter(({ pk }) => pk !== 'AUDIT').map(({ pk, sk }) => `${pk} ${sk}`);

describe('a purge of the provisioning log', () => {
  it('deletes what is older, with its pointers, and completed cycles; nothing else', async () => {
    const { table, directory } = await start();
    const keys = await keysIn(table);
    expect(await purge(table)).toMatchObject({ done: true });
    const { entries } = await readReport({ ...directory, table }, { limit: 100, reveal: false });
    expect(entries.map(({ requestId }) => requestId)).toEqual(Array.from({ length: 10 }, (_, n) => `request-${n}`));
    const left = await keysIn(table);
    // Ten entries with five pointers each, of which the last is the externalId's, and one cycle.
    const day = (key: string) => /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(key)?.[0] ?? '9';
    const isOf = (key: string) => /#(LOG|LOG-\w+#[^ ]+|CYCLE#entra) /.test(key);
    expect(left).toEqual(keys.filter((key) => !isOf(key) || day(key) >= before.toISOString()));
    expect(left.length).toBeLessThan(keys.length - 40);
  });

  it('is carried on by the next call, whichever call of the table was the last of one that died', async () => {
    const { table: whole } = await start();
    await purge(whole);
    const expected = await keysIn(whole);
    let at = 1;
    for (let died = true; died; at++) {
      const { table } = await start();
      died = await purge(createAdversarialTable(table, { kind: 'fault', at, fault: 'death' })).then(
        () => false,
        (error: unknown) => error instanceof ProcessDeathError,
      );
      await purge(table);
      expect(await keysIn(table)).toEqual(expected);
    }
    expect(at).toBeGreaterThan(40);
  }, 120_000);

  it('works for as long as there is time, and says that it is not done', async () => {
    const { table } = await start();
    expect(await purge(table, () => 0)).toEqual({ done: false, deleted: 0 });
    let steps = 0;
    expect(await purge(table, () => (steps++ < 1 ? 60_000 : 0))).toMatchObject({ done: false });
    expect(await purge(table)).toMatchObject({ done: true });
    expect(await purge(table)).toEqual({ done: true, deleted: 0 });
  });

  it('leaves a record of every call, and refuses the last day and whoever does not confirm', async () => {
    const { table } = await start();
    await purge(table);
    const records = (await allIn(table)).filter(({ pk }) => pk === 'AUDIT');
    expect(records).toMatchObject([{ action: 'log.purge', tenant: 'acme', after: { before: before.toISOString() } }]);
    const late = { before: new Date(NOW - 3_600_000), confirmation: 'acme', remainingMs: () => 60_000 };
    await expect(purgeLog(operator(table), 'acme', late)).rejects.toMatchObject({ code: 'invalid' });
    const wrong = { before, confirmation: 'amce', remainingMs: () => 60_000 };
    await expect(purgeLog(operator(table), 'acme', wrong)).rejects.toMatchObject({ code: 'unconfirmed' });
    await expect(purgeLog(operator(table), 'other', wrong)).rejects.toMatchObject({ code: 'not_found' });
  });
});
