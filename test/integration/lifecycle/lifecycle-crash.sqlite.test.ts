import { describe, expect, it } from 'vitest';
import type { DirectoryContext } from '../../../directory/context.ts';
import { concernsFeed } from '../../../directory/feed/subject.ts';
import { purgeUser } from '../../../directory/lifecycle/purge-user.ts';
import { restoreUser } from '../../../directory/lifecycle/restore-user.ts';
import { putEntries } from '../../../directory/log/put-entries.ts';
import { toActionEntry } from '../../../directory/log/request-entry.ts';
import type { ItemTable } from '../../../directory/store/item-table.ts';
import { formerMembershipPartition, resourceKey } from '../../../directory/store/keys.ts';
import { queryAll } from '../../../directory/store/query-all.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { dieAt, expectSound, MANY_CALLS, sweepLater, sweepToTheEnd } from '../../helpers/crashes.ts';
import { addGroup, addUser, createContext, patch, requestOf } from '../../helpers/directory.ts';
import { drain, RecordingPublisher } from '../../helpers/feed.ts';
import { groupsOf, post, removeUser, withSettings } from '../../helpers/lifecycle.ts';
import { allIn } from '../../helpers/tables.ts';

const ADA = { userName: 'ada@example.com', externalId: 'ada-ext', displayName: 'Ada Lovelace' };
const GROUPS = 3;

async function createScene() {
  const table = new SqliteItemTable(':memory:', { stream: concernsFeed });
  const context = withSettings(await createContext(table, { deadlineSeconds: 120 }), { returningUsers: 'relink' });
  const id = await addUser(context, ADA.userName, { externalId: ADA.externalId, displayName: ADA.displayName });
  for (let n = 0; n < GROUPS; n++) await addGroup(context, `Group ${n}`, [id]);
  await patch(context, 'User', id, [{ op: 'replace', path: 'userName', value: 'countess@example.com' }]);
  await patch(context, 'User', id, [{ op: 'replace', path: 'userName', value: ADA.userName }]);
  await removeUser(context, id);
  const feed = async () => await drain({ table, stream: table.stream }, new RecordingPublisher());
  await feed();
  return { table, context, id, feed };
}
type Scene = Awaited<ReturnType<typeof createScene>>;

/** The entry of a POST that was refused, which knows no id. */
async function putRefusal(table: ItemTable): Promise<void> {
  const request = { tenant: 'acme', application: 'entra', requestId: 'refused', time: new Date() };
  const { userName, externalId } = ADA;
  const names = { userName, externalId };
  const record = { operation: 'create', outcome: 'failed', names, resource: { type: 'User' }, status: 409 } as const;
  await putEntries(table, [toActionEntry(request, record)]);
}

/** The table with something that happens before each of its calls. */
function interrupted(table: ItemTable, before: () => Promise<void>): ItemTable {
  return new Proxy(table, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...given: unknown[]): Promise<unknown> => {
        await before();
        return await Reflect.apply(member, target, given);
      };
    },
  });
}

async function isThere({ table, id }: Scene): Promise<boolean> {
  return (await table.get(resourceKey('acme', 'User', id))) !== undefined;
}

async function tracesIn({ table }: Scene): Promise<readonly string[]> {
  const found: string[] = [];
  for (const item of await allIn(table)) {
    if (/ada@|countess@|ada-ext|lovelace/i.test(JSON.stringify(item))) found.push(`${item.pk}/${item.sk}`);
  }
  return found;
}

const restore = (id: string) => (context: DirectoryContext) => restoreUser(context, id);
const purge = (id: string) => (context: DirectoryContext) => purgeUser(context, id);
const relink = (context: DirectoryContext) => post(context, ADA);

describe('a restoration that dies at any call', () => {
  it.each(['the sweeper', 'the same call again'])('is whole or not begun; by %s', async (successor) => {
    for (let at = 1; at < MANY_CALLS; at++) {
      const scene = await createScene();
      const { table, context, id } = scene;
      const died = await dieAt(at, table, context, restore(id));
      if (successor === 'the same call again') await restoreUser(context, id);
      await sweepLater(context);
      await expectSound(table);
      if (await isThere(scene)) expect(await groupsOf(context, id)).toHaveLength(GROUPS);
      else expect(await queryAll(table, { pk: formerMembershipPartition('acme', id) })).toHaveLength(GROUPS);
      if (successor === 'the same call again' || !died) expect(await isThere(scene)).toBe(true);
      table.close();
      if (!died) return;
    }
    throw new Error(`it makes more than ${MANY_CALLS} calls`);
  });
});

describe('a relink that dies at any call', () => {
  it('is whole or not begun, and leaves no former membership to a later restoration', async () => {
    for (let at = 1; at < MANY_CALLS; at++) {
      const scene = await createScene();
      const { table, context, id } = scene;
      const died = await dieAt(at, table, context, relink);
      const wasThere = await isThere(scene);
      if (wasThere) {
        await removeUser(context, id);
        expect((await restoreUser(context, id)).groups).toEqual([]);
      }
      await sweepLater(context);
      await expectSound(table);
      if (wasThere) expect(await groupsOf(context, id)).toEqual([]);
      table.close();
      if (!died) return;
    }
    throw new Error(`it makes more than ${MANY_CALLS} calls`);
  });
});

describe('a relink after a return that is still open', () => {
  it('gives no group back, at whichever call the restoration before it died', async () => {
    for (let at = 1; at < MANY_CALLS; at++) {
      const scene = await createScene();
      const { table, context, id } = scene;
      const died = await dieAt(at, table, context, restore(id));
      if (await isThere(scene)) await removeUser(context, id);
      await relink(context);
      await sweepLater(context);
      await expectSound(table);
      expect(await groupsOf(context, id)).toEqual([]);
      expect(await queryAll(table, { pk: formerMembershipPartition('acme', id) })).toEqual([]);
      table.close();
      if (!died) return;
    }
    throw new Error(`it makes more than ${MANY_CALLS} calls`);
  });

  it('gives no group back, at whichever call it dies itself', async () => {
    for (let at = 1; at < MANY_CALLS; at++) {
      const scene = await createScene();
      const { table, context, id } = scene;
      await restoreUser(context, id);
      await removeUser(context, id);
      const died = await dieAt(at, table, context, relink);
      const wasThere = await isThere(scene);
      await sweepLater(context);
      await expectSound(table);
      if (wasThere) expect(await groupsOf(context, id)).toEqual([]);
      else expect((await restoreUser(context, id)).groups).toHaveLength(GROUPS);
      table.close();
      if (!died) return;
    }
    throw new Error(`it makes more than ${MANY_CALLS} calls`);
  });

  it('drops none of the memberships that came after it', async () => {
    const { table, context, id } = await createScene();
    await dieAt(MANY_CALLS, table, context, relink);
    const group = await addGroup(context, 'After', [id]);
    await removeUser(context, id);
    await sweepLater(context);
    expect((await restoreUser(context, id)).groups).toEqual([group]);
    table.close();
  });
});

describe('a purge that dies at any call', () => {
  it.each(['the sweeper', 'the same call again'])(
    'is carried out whole, once it has begun; by %s',
    async (successor) => {
      for (let at = 1; at < MANY_CALLS; at++) {
        const scene = await createScene();
        const { table, context, id, feed } = scene;
        const died = await dieAt(at, table, context, purge(id));
        if (successor === 'the same call again') await purgeUser(context, id);
        const isBegun = (await table.get({ pk: 'T#acme#TOMBSTONE#User', sk: id })) === undefined;
        await feed();
        await sweepToTheEnd(context);
        await feed();
        await expectSound(table);
        if (isBegun) expect(await tracesIn(scene)).toEqual([]);
        else expect((await restoreUser(context, id)).groups).toHaveLength(GROUPS);
        if (successor === 'the same call again' || !died) expect(isBegun).toBe(true);
        table.close();
        if (!died) return;
      }
      throw new Error(`it makes more than ${MANY_CALLS} calls`);
    },
  );
});

describe('a purge beside a feed that lags', () => {
  it('leaves nothing, whichever call of the sweeper the feed comes before', async () => {
    for (let at = 1; at < MANY_CALLS; at++) {
      const scene = await createScene();
      const { table, context, id, feed } = scene;
      await putRefusal(table);
      await purgeUser(context, id);
      let calls = 0;
      const beside = interrupted(table, async () => {
        calls += 1;
        if (calls === at) await feed();
      });
      await sweepLater({ ...context, table: beside });
      await feed();
      await sweepLater(context, 26 * 60);
      await feed();
      await expectSound(table);
      expect(await tracesIn(scene)).toEqual([]);
      table.close();
      if (calls < at) return;
    }
    throw new Error(`it makes more than ${MANY_CALLS} calls`);
  });
});

describe.each([
  { name: 'restoration', act: restore, look: (scene: Scene) => groupsOf(scene.context, scene.id) },
  { name: 'relink', act: () => relink, look: (scene: Scene) => groupsOf(scene.context, scene.id) },
  { name: 'purge', act: purge, look: tracesIn },
])('a $name of which any one call meets a fault', ({ act, look }) => {
  it.each(['conflict', 'unavailable', 'timeoutBefore', 'timeoutAfter'] as const)(
    '%s: is carried out whole',
    async (fault) => {
      const whole = await createScene();
      await act(whole.id)(whole.context);
      const expected = (await look(whole)).length;
      whole.table.close();
      for (let at = 1; at < MANY_CALLS; at++) {
        const scene = await createScene();
        const { table, context, id } = scene;
        const adversarial = createAdversarialTable(table, { kind: 'fault', at, fault });
        await act(id)(requestOf(context, adversarial));
        expect(await look(scene)).toHaveLength(expected);
        await scene.feed();
        await sweepToTheEnd(context);
        await expectSound(table);
        table.close();
        if (adversarial.calls < at) return;
      }
      throw new Error(`it makes more than ${MANY_CALLS} calls`);
    },
  );
});
