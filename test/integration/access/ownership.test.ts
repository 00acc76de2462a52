import { beforeEach, describe, expect, it } from 'vitest';
import { announceRoles } from '../../../directory/access/announce-roles.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { sweepLifecycle } from '../../../directory/lifecycle/lifecycle-sweep.ts';
import { restoreUser } from '../../../directory/lifecycle/restore-user.ts';
import { eraseTenant } from '../../../directory/operator/erase-tenant.ts';
import { readOwners } from '../../../directory/ownership/owners.ts';
import { registerOwnership, removeOwnership } from '../../../directory/ownership/registered.ts';
import { performWrite } from '../../../directory/perform-write.ts';
import { readResource } from '../../../directory/read-resource.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { ScimError } from '../../../scim/errors.ts';
import { USER_SCHEMA } from '../../../scim/schema/user.ts';
import { createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { performBulkOf } from '../../helpers/bulk.ts';
import { CallLog } from '../../helpers/call-log.ts';
import { concurrencyModes } from '../../helpers/concurrency-modes.ts';
import { createContext, everything, patch, requestOf } from '../../helpers/directory.ts';
import { createStreamedTable, drain, RecordingPublisher, readLog, type StreamedTable } from '../../helpers/feed.ts';
import { daysLater } from '../../helpers/lifecycle.ts';
import { addReport, nameOwners, own, ownedBy, setActive, sweepAll } from '../../helpers/ownership.ts';

let streamed: StreamedTable;
let context: DirectoryContext;
let company: string;
let second: string;
let subscriber: string;

beforeEach(async () => {
  streamed = await createStreamedTable();
  context = await createContext(streamed.table);
  [company, second] = [await addReport(context, 'company'), await addReport(context, 'second')];
  subscriber = await addReport(context, 'subscriber');
  await nameOwners(context, { subscriptionOwner: subscriber, companyOwners: [company, second] });
});

function sqliteOf({ table }: StreamedTable): SqliteItemTable {
  if (!(table instanceof SqliteItemTable)) throw new Error('only the SQLite table has adversarial modes');
  return table;
}

async function remove(id: string): Promise<void> {
  await deleteResource(context, 'User', id, { ifMatch: undefined });
}

describe('what somebody owned who leaves', () => {
  it('passes to the manager', async () => {
    const manager = await addReport(context, 'manager');
    const ada = await addReport(context, 'ada', manager);
    await own(context, ada, 'a', 'b');
    await setActive(context, ada, false);
    expect([await ownedBy(context, ada), await ownedBy(context, manager)]).toEqual([[], ['a', 'b']]);
  });

  it('passes to the subscription owner where there is no manager', async () => {
    const ada = await addReport(context, 'ada');
    await own(context, ada, 'a');
    await remove(ada);
    expect(await ownedBy(context, subscriber)).toEqual(['a']);
  });

  it.each([
    ['is deactivated', async (manager: string) => await setActive(context, manager, false)],
    ['is deleted', async (manager: string) => await remove(manager)],
  ])('passes to the subscription owner where the manager %s', async (_, leave) => {
    const manager = await addReport(context, 'manager');
    const ada = await addReport(context, 'ada', manager);
    await own(context, ada, 'a');
    await leave(manager);
    await setActive(context, ada, false);
    expect([await ownedBy(context, manager), await ownedBy(context, subscriber)]).toEqual([[], ['a']]);
  });

  it.each(['11111111-1111-4111-8111-111111111111', 'E-17'])(
    'passes to the subscription owner where the manager, %s, is missing',
    async (manager) => {
      const ada = await addReport(context, 'ada', manager);
      await own(context, ada, 'a');
      await remove(ada);
      expect(await ownedBy(context, subscriber)).toEqual(['a']);
    },
  );

  it('passes to the subscription owner where the manager is the user', async () => {
    const ada = await addReport(context, 'ada');
    const path = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager';
    await patch(context, 'User', ada, [{ op: 'add', path, value: { value: ada } }]);
    await own(context, ada, 'a');
    await setActive(context, ada, false);
    expect(await ownedBy(context, subscriber)).toEqual(['a']);
  });

  it('passes to a company owner where the tenant has no subscription owner', async () => {
    await nameOwners(context, { subscriptionOwner: null });
    const ada = await addReport(context, 'ada');
    await own(context, ada, 'a');
    await setActive(context, ada, false);
    expect(await ownedBy(context, company)).toEqual(['a']);
  });

  it('passes on again in a chain of managers who all leave in one cycle, in whichever order', async () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      const top = await addReport(context, `top-${order.join('')}`);
      const middle = await addReport(context, `middle-${order.join('')}`, top);
      const ada = await addReport(context, `ada-${order.join('')}`, middle);
      const people = [ada, middle, top];
      for (const [n, person] of people.entries()) await own(context, person, `${order.join('')}-${n}`);
      for (const n of order) await setActive(context, people[n] ?? '', false);
      for (const person of people) expect(await ownedBy(context, person)).toEqual([]);
    }
    expect((await ownedBy(context, subscriber)).length).toBe(9);
  });

  it('goes back to nobody who comes back, who may own something new', async () => {
    const ada = await addReport(context, 'ada');
    await own(context, ada, 'a');
    await setActive(context, ada, false);
    await setActive(context, ada, true);
    expect(await ownedBy(context, ada)).toEqual([]);
    await own(context, ada, 'b');
    await sweepAll(context);
    expect([await ownedBy(context, ada), await ownedBy(context, subscriber)]).toEqual([['b'], ['a']]);
    await remove(ada);
    await restoreUser(context, ada);
    expect((await readResource(context, 'User', ada)).owns).toBeUndefined();
    expect(await ownedBy(context, subscriber)).toEqual(['a', 'b']);
  });
});

describe('every route by which somebody leaves', () => {
  const routes: readonly (readonly [string, (id: string) => Promise<unknown>])[] = [
    ['PATCH', async (id) => await setActive(context, id, false)],
    [
      'PUT',
      async (id) => {
        const body = { schemas: [USER_SCHEMA], userName: 'ada@example.com', active: false };
        await performWrite(context, { method: 'PUT', type: 'User', id, body, ifMatch: undefined }, everything.User);
      },
    ],
    [
      'DELETE',
      async (id) =>
        await performWrite(context, { method: 'DELETE', type: 'User', id, ifMatch: undefined }, everything.User),
    ],
    ['an operator', async (id) => await remove(id)],
    [
      'the sweep of the lifecycle',
      async (id) => {
        await setActive(context, id, false);
        const later = daysLater(context, 3);
        await sweepLifecycle(context.table, { now: later.now, newId: context.newId, remainingMs: () => 60_000 });
      },
    ],
  ];

  it.each(routes)('passes on what was owned: %s', async (_, leave) => {
    const ada = await addReport(context, 'ada');
    await own(context, ada, 'a');
    await leave(ada);
    expect([await ownedBy(context, ada), await ownedBy(context, subscriber)]).toEqual([[], ['a']]);
  });

  it('passes on what was owned: Bulk', async () => {
    const ada = await addReport(context, 'ada');
    await own(context, ada, 'a');
    const [outcome] = await performBulkOf(context, [{ method: 'DELETE', path: `/Users/${ada}` }]);
    expect([outcome?.status, await ownedBy(context, subscriber)]).toEqual([204, ['a']]);
  });
});

describe('the offices', () => {
  it('pass from the subscription owner to a company owner, with what they owned', async () => {
    await own(context, subscriber, 'a');
    await setActive(context, subscriber, false);
    expect(await readOwners(context.table, 'acme')).toMatchObject({
      subscriptionOwner: company,
      companyOwners: [company, second],
    });
    expect(await ownedBy(context, company)).toEqual(['a']);
  });

  it('pass from a company owner to another, the manager notwithstanding', async () => {
    const manager = await addReport(context, 'manager');
    const boss = await addReport(context, 'boss', manager);
    await nameOwners(context, { companyOwners: [boss, second] });
    await own(context, boss, 'a');
    await remove(boss);
    expect([await ownedBy(context, second), await ownedBy(context, manager)]).toEqual([['a'], []]);
    expect((await readOwners(context.table, 'acme')).companyOwners).toEqual([second]);
  });

  it('keep the only company owner, with a 409 that says what to do, in the log and counted', async () => {
    await nameOwners(context, { companyOwners: [company] });
    const sweepUp = async () => await drain(streamed, new RecordingPublisher());
    await sweepUp();
    for (const leave of [() => setActive(context, company, false), () => remove(company)]) {
      await expect(leave()).rejects.toMatchObject({ status: 409, message: expect.stringContaining('owners set') });
    }
    expect((await readResource(context, 'User', company)).attributes['active']).toBe(true);
    const refused = (await readLog(context.table)).filter(({ operation }) => operation === 'transfer');
    expect(refused).toMatchObject([
      { outcome: 'failed', status: 409, resource: { id: company } },
      { outcome: 'failed', status: 409, resource: { id: company } },
    ]);
    await nameOwners(context, { companyOwners: [company, second] });
    await remove(company);
    expect((await readOwners(context.table, 'acme')).companyOwners).toEqual([second]);
  });

  it('are for active users alone, and never without a company owner', async () => {
    const gone = await addReport(context, 'gone');
    await setActive(context, gone, false);
    await expect(nameOwners(context, { subscriptionOwner: gone })).rejects.toMatchObject({ code: 'invalid' });
    await expect(nameOwners(context, { companyOwners: [] })).rejects.toMatchObject({ code: 'invalid' });
    await expect(own(context, gone, 'a')).rejects.toMatchObject({ status: 400, scimType: 'invalidValue' });
  });
});

describe('registering', () => {
  it('needs a company owner who could inherit', async () => {
    const other = await createContext(streamed.table, { tenant: 'globex' });
    const bob = await addReport(other, 'bob');
    await expect(own(other, bob, 'a')).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('owners'),
    });
  });

  it('moves, counts, ends, and says the same once more', async () => {
    const [ada, bob] = [await addReport(context, 'ada'), await addReport(context, 'bob')];
    const thing = { type: 'document', id: 'x#y/é' };
    expect(await registerOwnership(context, thing, ada)).toEqual({ ...thing, user: ada, number: 1 });
    expect(await registerOwnership(context, thing, ada)).toMatchObject({ number: 1 });
    expect(await registerOwnership(context, thing, bob)).toMatchObject({ user: bob, number: 2 });
    expect([await ownedBy(context, ada), await ownedBy(context, bob)]).toEqual([[], ['x#y/é']]);
    await removeOwnership(context, thing);
    await removeOwnership(context, thing);
    expect(await ownedBy(context, bob)).toEqual([]);
  });

  it('costs those who own nothing nothing', async () => {
    const other = await createContext(streamed.table, { tenant: 'globex' });
    const costOf = async (where: DirectoryContext) => {
      const bob = await addReport(where, 'bob');
      const log = new CallLog();
      await setActive({ ...where, table: where.table.withMeter(log) }, bob, false);
      return [log.kinds, log.writeUnits];
    };
    await own(context, await addReport(context, 'ada'), 'a');
    expect(await costOf(context)).toEqual(await costOf(other));
  });
});

describe('a tenant that goes', () => {
  it('takes ownerships, transfers and announced roles with it', async () => {
    await own(context, await addReport(context, 'ada'), 'a', 'b');
    await own(context, subscriber, 'c');
    await remove(subscriber);
    const by = { application: 'entra', requestId: 'r' };
    const roles = { ...context.tenant.policy, roles: ['viewer'], defaultRole: 'viewer' };
    const tenant = { ...context.tenant, policy: roles };
    await announceRoles({ table: context.table, now: context.now }, tenant, [company], by);
    expect((await eraseTenant(context.table, 'acme', () => 60_000)).finished).toBe(true);
    const left: string[] = [];
    for await (const { pk, sk } of streamed.table.scan()) if (/^T#acme#|^JOURNALS$/.test(pk)) left.push(`${pk} ${sk}`);
    expect(left).toEqual([]);
  });
});

describe('what is told of it', () => {
  it('is an event with what passed on, to whom, and the offices', async () => {
    const publisher = new RecordingPublisher();
    await own(context, subscriber, 'a');
    await setActive(context, subscriber, false);
    await drain(streamed, publisher);
    const told = publisher.events.filter(({ type }) => type === 'ownership.transferred');
    expect(told.map(({ data }) => data)).toEqual(
      expect.arrayContaining([
        { from: subscriber, to: company, ownerships: [], offices: ['subscriptionOwner'] },
        { from: subscriber, to: company, ownerships: [{ type: 'document', id: 'a', number: 2 }], offices: [] },
      ]),
    );
    expect(told.length).toBe(2);
  });
});

describe.each(concurrencyModes(5, 6))('in mode %j', (mode) => {
  const anew = () =>
    requestOf(context, mode.kind === 'plain' ? context.table : createAdversarialTable(sqliteOf(streamed), mode));

  it('refuses exactly one of two company owners who are deactivated in parallel', async () => {
    await nameOwners(context, { subscriptionOwner: null });
    const results = await Promise.allSettled([company, second].map((id) => setActive(anew(), id, false)));
    const failed = results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(failed.map(({ status }) => status)).toEqual([409]);
    const { companyOwners } = await readOwners(context.table, 'acme');
    expect(companyOwners.length).toBe(1);
    expect((await readResource(context, 'User', companyOwners[0] ?? '')).attributes['active']).toBe(true);
  });

  it('loses nothing that is registered while its owner, manager and heir leave', async () => {
    const manager = await addReport(context, 'manager');
    const ada = await addReport(context, 'ada', manager);
    const registering = Array.from({ length: 12 }, async (_, n) => {
      try {
        await registerOwnership(anew(), { type: 'document', id: `d-${n}` }, ada);
        return [`d-${n}`];
      } catch (error) {
        if (error instanceof ScimError && error.status === 400) return [];
        throw error;
      }
    });
    const leaving = [ada, manager, subscriber].map((id) => setActive(anew(), id, false));
    const registered = (await Promise.all(registering)).flat();
    await Promise.all(leaving);
    await sweepAll(context);
    const left = await Promise.all([ada, manager, subscriber].map((id) => ownedBy(context, id)));
    expect(left).toEqual([[], [], []]);
    const held = await Promise.all([company, second].map((id) => ownedBy(context, id)));
    expect(held.flat().toSorted()).toEqual(registered.toSorted());
  });
});
