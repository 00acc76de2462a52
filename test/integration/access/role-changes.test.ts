import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sweep } from '../../../directory/sweep.ts';
import { AccessScene, policy } from '../../helpers/access.ts';
import { createStreamedTable, drain, RecordingPublisher, type StreamedTable } from '../../helpers/feed.ts';
import { ScimServer } from '../../helpers/scim-server.ts';

let streamed: StreamedTable;
let server: ScimServer;
let scene: AccessScene;
let publisher: RecordingPublisher;
let tenant = '';
let tenants = 0;
let ada: string;
let admins: string;

const names = Array.from({ length: 40 }, (_, n) => `acme-${n}`);

beforeAll(async () => {
  streamed = await createStreamedTable();
  server = new ScimServer(streamed.table);
  await server.start(names);
});

afterAll(async () => {
  await server.close();
});

beforeEach(async () => {
  tenant = names[tenants++] ?? '';
  publisher = new RecordingPublisher();
  scene = new AccessScene(server, streamed.table, tenant);
  await scene.setPolicy(policy);
  ada = await scene.addUser('ada');
  admins = await scene.addGroup('Admins');
  await told();
});

/** What was announced since it was asked last: who went from which role to which. */
async function told(): Promise<readonly unknown[]> {
  const before = new Set(publisher.events.map(({ id }) => id));
  for (let round = 0; round < 2; round++) {
    await drain(streamed, publisher);
    await sweep(streamed.table, { now: () => new Date(), remainingMs: () => 60_000 });
  }
  await drain(streamed, publisher);
  return publisher.events
    .filter(({ id, type }) => type === 'access-role.changed' && !before.has(id))
    .filter((event) => event.tenant === tenant)
    .map(({ resource, data }) => {
      const { from, to } = data as { from: unknown; to: unknown };
      return [resource?.id, from, to];
    });
}

describe('access-role.changed is told', () => {
  it('of a user who is created, and one who is deleted and restored', async () => {
    const bob = await scene.addUser('bob');
    expect(await told()).toEqual([[bob, null, 'viewer']]);
    await scene.send('DELETE', `/Users/${bob}`);
    expect(await told()).toEqual([[bob, 'viewer', null]]);
    await scene.admin.ok('restoreUser', { path: { tenant, id: bob }, body: {} });
    expect(await told()).toEqual([[bob, null, 'viewer']]);
  });

  it('of a user who is taken into a mapped group, and out again', async () => {
    await scene.join(admins, ada);
    expect(await told()).toEqual([[ada, 'viewer', 'admin']]);
    await scene.leave(admins, ada);
    expect(await told()).toEqual([[ada, 'admin', 'viewer']]);
  });

  it('of nobody whose role stays, whatever else changes', async () => {
    await scene.patch(`Users/${ada}`, { op: 'Replace', path: 'displayName', value: 'Ada' });
    await scene.join(await scene.addGroup('Staff'), ada);
    expect(await told()).toEqual([]);
  });

  it('of everybody in a nested group that is taken in, also below a cycle of groups', async () => {
    const bob = await scene.addUser('bob');
    const inner = await scene.addGroup('Inner', [ada]);
    const outer = await scene.addGroup('Outer', [inner, bob]);
    await scene.join(inner, outer);
    await told();
    await scene.join(admins, outer);
    const both = [
      [ada, 'viewer', 'admin'],
      [bob, 'viewer', 'admin'],
    ];
    expect((await told()).toSorted()).toEqual(both.toSorted());
    await scene.leave(admins, outer);
    expect((await told()).toSorted()).toEqual(both.map(([id]) => [id, 'admin', 'viewer']).toSorted());
  });

  it('of the members of a group that is called otherwise, and of one that is deleted', async () => {
    const group = await scene.addGroup('Staff', [ada]);
    await told();
    await scene.patch(`Groups/${group}`, { op: 'Replace', path: 'displayName', value: 'Editors' });
    expect(await told()).toEqual([[ada, 'viewer', 'editor']]);
    await scene.send('DELETE', `/Groups/${group}`);
    expect(await told()).toEqual([[ada, 'editor', 'viewer']]);
  });

  it('of everybody below a group that is deleted between them and a mapped one', async () => {
    const inner = await scene.addGroup('Inner', [ada]);
    const outer = await scene.addGroup('Outer', [inner]);
    await scene.join(admins, outer);
    expect(await told()).toEqual([[ada, 'viewer', 'admin']]);
    await scene.send('DELETE', `/Groups/${outer}`);
    expect(await told()).toEqual([[ada, 'admin', 'viewer']]);
  });

  it('of a lock, and of its end', async () => {
    await scene.lock(ada, 'admin');
    expect(await told()).toEqual([[ada, 'viewer', 'admin']]);
    await scene.join(await scene.addGroup('Editors'), ada);
    expect(await told()).toEqual([]);
    await scene.unlock(ada);
    expect(await told()).toEqual([[ada, 'admin', 'editor']]);
  });

  it('of one who is deactivated, and comes back', async () => {
    await scene.join(admins, ada);
    await told();
    await scene.patch(`Users/${ada}`, { op: 'Replace', path: 'active', value: false });
    expect(await told()).toEqual([[ada, 'admin', null]]);
    await scene.patch(`Users/${ada}`, { op: 'Replace', path: 'active', value: true });
    expect(await told()).toEqual([[ada, null, 'admin']]);
  });

  it('of everybody whom a changed policy gives another role, and of nobody by what is about sign-in alone', async () => {
    const bob = await scene.addUser('bob');
    await scene.join(admins, ada);
    await told();
    await scene.setPolicy({ ...policy, signIn: { matchBy: 'email' } });
    expect(await told()).toEqual([]);
    await scene.setPolicy({ ...policy, defaultRole: 'editor', mappings: [] });
    expect((await told()).toSorted()).toEqual(
      [
        [ada, 'admin', 'editor'],
        [bob, 'viewer', 'editor'],
      ].toSorted(),
    );
    await scene.setPolicy({});
    expect((await told()).toSorted()).toEqual(
      [
        [ada, 'editor', null],
        [bob, 'editor', null],
      ].toSorted(),
    );
  });

  it('once, with a number that grows, however often it is delivered', async () => {
    await scene.join(admins, ada);
    await scene.leave(admins, ada);
    await scene.join(admins, ada);
    await told();
    const own = publisher.events.filter(({ type, resource }) => type === 'access-role.changed' && resource?.id === ada);
    const numbers = own.map(({ data }) => (data as { number: number }).number);
    expect(numbers.toSorted()).toEqual([...new Set(numbers)].toSorted());
    expect(own.find(({ data }) => (data as { number: number }).number === Math.max(...numbers))).toMatchObject({
      data: { to: 'admin' },
    });
  });

  it('of nobody in a tenant that names no roles', async () => {
    tenant = names[tenants++] ?? '';
    scene = new AccessScene(server, streamed.table, tenant);
    const bob = await scene.addUser('bob');
    await scene.addGroup('Admins', [bob]);
    expect(await told()).toEqual([]);
  });
});
