import { describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { inParts } from '../../../directory/in-parts.ts';
import { readOwners } from '../../../directory/ownership/owners.ts';
import { readResource } from '../../../directory/read-resource.ts';
import { ownedKey, ownsKey } from '../../../directory/store/access-keys.ts';
import type { Action } from '../../../directory/store/item-table.ts';
import { FORMAT } from '../../../directory/store/items.ts';
import { JOURNALS } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { sweep } from '../../../directory/sweep.ts';
import { createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { dieAt, expectSound, MANY_CALLS } from '../../helpers/crashes.ts';
import { createContext, requestOf } from '../../helpers/directory.ts';
import { readLog } from '../../helpers/feed.ts';
import { addReport, nameOwners, own, ownedBy, setActive, sweepAll } from '../../helpers/ownership.ts';

interface Scene {
  readonly table: SqliteItemTable;
  readonly context: DirectoryContext;
  readonly ada: string;
  readonly heir: string;
}

async function createScene(): Promise<Scene> {
  const table = new SqliteItemTable(':memory:');
  const context = await createContext(table, { deadlineSeconds: 600 });
  const company = await addReport(context, 'company');
  await nameOwners(context, { companyOwners: [company] });
  const heir = await addReport(context, 'heir');
  return { table, context, heir, ada: await addReport(context, 'ada', heir) };
}

/** Registers many at once, as single calls would leave them. */
async function seedOwnerships({ context, ada }: Scene, count: number): Promise<readonly string[]> {
  await own(context, ada, 'd-00000');
  const { version } = await readResource(context, 'User', ada);
  const ids = Array.from({ length: count }, (_, n) => `d-${String(n).padStart(5, '0')}`);
  const facts = { format: FORMAT, number: 1, ownerVersion: version };
  const actions = ids.slice(1).flatMap((id): Action[] => [
    { kind: 'put', item: { ...ownsKey('acme', ada, `document#${id}`), ...facts } },
    { kind: 'put', item: { ...ownedKey('acme', `document#${id}`), ...facts, owner: ada } },
  ]);
  for (const part of inParts(actions, 100)) await context.table.write(part);
  return ids;
}

async function toldOf(table: SqliteItemTable): Promise<readonly string[]> {
  const log = await readLog(table);
  return log.flatMap(({ transfer }) => (transfer?.ownerships ?? []).map(({ id }) => id));
}

describe('a transfer of 10,000 ownerships', () => {
  it('is carried on by the sweeper where the process is killed half-way, each told of exactly once', async () => {
    const scene = await createScene();
    const { table, context, ada, heir } = scene;
    const ids = await seedOwnerships(scene, 10_000);
    // The leaver's own request dies among its first transactions.
    const dying = requestOf(context, createAdversarialTable(table, { kind: 'fault', at: 12, fault: 'death' }));
    await expect(setActive(dying, ada, false)).rejects.toThrow('died');
    const afterRequest = (await ownedBy(context, heir)).length;
    expect((await readResource(context, 'User', ada)).attributes['active']).toBe(false);
    // So does the first sweep, half-way.
    const sweeping = createAdversarialTable(table, { kind: 'fault', at: 400, fault: 'death' });
    const now = () => new Date(Date.now() + 600_000);
    await expect(sweep(sweeping, { now, remainingMs: () => 600_000 })).rejects.toThrow('died');
    const halfWay = (await ownedBy(context, heir)).length;
    expect([afterRequest < halfWay, halfWay < 10_000]).toEqual([true, true]);
    await sweepAll(context);
    expect([await ownedBy(context, ada), await ownedBy(context, heir)]).toEqual([[], ids]);
    expect((await toldOf(table)).toSorted()).toEqual(ids);
    await expectSound(table);
  });

  it('leaves a sweep that has no time left to the next', async () => {
    const scene = await createScene();
    const { table, context, ada, heir } = scene;
    const ids = await seedOwnerships(scene, 2_000);
    await setActive(context, ada, false);
    const inline = (await ownedBy(context, heir)).length;
    expect([inline > 0, inline < ids.length]).toEqual([true, true]);
    let calls = 0;
    const now = () => new Date(Date.now() + 600_000);
    const report = await sweep(table, { now, remainingMs: () => 600_000 - 10_000 * calls++ });
    expect(report).toMatchObject({ transfers: 0, postponed: 1 });
    await sweepAll(context);
    expect(await ownedBy(context, heir)).toEqual(ids);
    expect(await queryAll(table, { pk: JOURNALS })).toEqual([]);
  });
});

describe('a leaver whose request dies at any call', () => {
  it.each(['deactivate', 'delete'] as const)('%s: has left, and all has passed on, or is as before', async (how) => {
    const seen = new Set<boolean>();
    for (let at = 1; at < MANY_CALLS; at++) {
      const { table, context, ada, heir } = await createScene();
      const second = await addReport(context, 'second');
      await nameOwners(context, { subscriptionOwner: ada, companyOwners: [heir, second] });
      await own(context, ada, 'a', 'b');
      const died = await dieAt(at, table, context, async (dying) => {
        if (how === 'deactivate') await setActive(dying, ada, false);
        else await deleteResource(dying, 'User', ada, { ifMatch: undefined });
      });
      await sweepAll(context);
      const hasLeft = (await ownedBy(context, heir)).length === 2;
      expect((await readOwners(table, 'acme')).subscriptionOwner).toBe(hasLeft ? heir : ada);
      expect((await ownedBy(context, ada)).length).toBe(hasLeft ? 0 : 2);
      expect((await toldOf(table)).toSorted()).toEqual(hasLeft ? ['a', 'b'] : []);
      await expectSound(table);
      seen.add(hasLeft);
      if (!died) break;
    }
    expect(seen).toEqual(new Set([false, true]));
  });
});
