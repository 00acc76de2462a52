import { describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import { readMembers } from '../../../directory/read-memberships.ts';
import { JOURNALS } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { sweep } from '../../../directory/sweep.ts';
import { createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { performBulkOf, postGroup, postUser } from '../../helpers/bulk.ts';
import { createContext, requestOf } from '../../helpers/directory.ts';

/** More calls than the request makes. */
const MANY_CALLS = 100;
const users = Array.from({ length: 40 }, (_, n) => `u${n}`);

/** Two groups that are members of each other, one of them with more members than one transaction takes. */
const circle = [
  postGroup('a', 'A', ['bulkId:b']),
  postGroup('b', 'B', ['bulkId:a', ...users.slice(1).map((bulkId) => `bulkId:${bulkId}`)]),
  ...users.map((bulkId) => postUser(bulkId, `${bulkId}@example.com`)),
];

async function createScene() {
  const table = new SqliteItemTable(':memory:');
  return { table, context: await createContext(table, { deadlineSeconds: 120 }) };
}

async function expectSound(context: DirectoryContext, table: SqliteItemTable): Promise<void> {
  const later = new Date(Date.now() + 600_000);
  await sweep(context.table, { now: () => later, remainingMs: () => 60_000 });
  expect(await checkInvariants(table)).toEqual([]);
  expect(await queryAll(table, { pk: JOURNALS })).toEqual([]);
}

/** How many members each group has; undefined where it is not there. */
async function memberCounts(context: DirectoryContext): Promise<readonly (number | undefined)[]> {
  return await Promise.all(
    ['a', 'b'].map(async (name) => {
      const claim = await context.table.get({ pk: 'T#acme#UNIQUE#Group.displayName', sk: name });
      return claim === undefined ? undefined : (await readMembers(context, String(claim['resourceId']))).length;
    }),
  );
}

describe('a bulk request with a circle, interrupted at any call', () => {
  it('leaves each operation whole or not at all when its process dies, and the rest to whoever sends it again', async () => {
    const seen = new Set<string>();
    for (let at = 1; at < MANY_CALLS; at++) {
      const { table, context } = await createScene();
      const adversarial = createAdversarialTable(table, { kind: 'fault', at, fault: 'death' });
      await performBulkOf(requestOf(context, adversarial), circle);
      await expectSound(context, table);
      const left = await memberCounts(context);
      // B is created first, without A, which its link adds.
      const states = [
        [undefined, undefined],
        [undefined, 39],
        [1, 39],
        [1, 40],
      ];
      expect(states).toContainEqual(left);
      seen.add(JSON.stringify(left));
      const again = await performBulkOf(context, circle);
      for (const [n, count] of left.entries()) if (count !== undefined) expect(again[n]?.status).toBe(409);
      await expectSound(context, table);
      table.close();
      if (!adversarial.isDead) {
        expect(left).toEqual([1, 40]);
        expect(seen).toContain('[1,39]');
        return;
      }
    }
    throw new Error(`the request makes more than ${MANY_CALLS} calls`);
  });

  it.each(['conflict', 'unavailable', 'timeoutBefore', 'timeoutAfter'] as const)(
    'is carried out whole when any one call meets %s',
    async (fault) => {
      for (let at = 1; at < MANY_CALLS; at++) {
        const { table, context } = await createScene();
        const adversarial = createAdversarialTable(table, { kind: 'fault', at, fault });
        const outcomes = await performBulkOf(requestOf(context, adversarial), circle);
        expect(new Set(outcomes.map((outcome) => outcome?.status))).toEqual(new Set([201]));
        expect(await memberCounts(context)).toEqual([1, 40]);
        await expectSound(context, table);
        table.close();
        if (adversarial.calls < at) return;
      }
      throw new Error(`the request makes more than ${MANY_CALLS} calls`);
    },
  );
});
