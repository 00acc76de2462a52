import { expect } from 'vitest';
import { checkInvariants } from '../../directory/check-invariants.ts';
import type { DirectoryContext } from '../../directory/context.ts';
import { JOURNALS } from '../../directory/store/keys.ts';
import { queryAll } from '../../directory/store/query-all.ts';
import type { SqliteItemTable } from '../../directory/store/sqlite-item-table.ts';
import { type SweepReport, sweep } from '../../directory/sweep.ts';
import { createAdversarialTable } from './adversarial-table.ts';
import { requestOf } from './directory.ts';
import { ProcessDeathError } from './table-faults.ts';

/** More calls than any of the requests makes. */
export const MANY_CALLS = 400;

/** The directory's own clock goes on for the sweeper, for whom a young journal is nobody's. */
export async function sweepLater(context: DirectoryContext, minutes = 10): Promise<SweepReport> {
  const later = new Date(Date.now() + minutes * 60_000);
  return await sweep(context.table, { now: () => later, remainingMs: () => 60_000 });
}

/** As {@link sweepLater}, and once more when the stream of the table has forgotten all that was before. */
export async function sweepToTheEnd(context: DirectoryContext): Promise<void> {
  await sweepLater(context);
  await sweepLater(context, 26 * 60);
}

export async function expectSound(table: SqliteItemTable): Promise<void> {
  expect(await checkInvariants(table)).toEqual([]);
  expect(await queryAll(table, { pk: JOURNALS })).toEqual([]);
}

/** @returns Whether the request's process died at that call, rather than come to its end. */
export async function dieAt(
  at: number,
  table: SqliteItemTable,
  context: DirectoryContext,
  request: (context: DirectoryContext) => Promise<unknown>,
): Promise<boolean> {
  const dying = requestOf(context, createAdversarialTable(table, { kind: 'fault', at, fault: 'death' }));
  return await request(dying).then(
    () => false,
    (error: unknown) => error instanceof ProcessDeathError,
  );
}
