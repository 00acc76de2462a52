import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tombstoneKey } from '../../../directory/store/keys.ts';
import { AccessScene, policy } from '../../helpers/access.ts';
import { type ScimServer, startScimServer } from '../../helpers/scim-server.ts';

let server: ScimServer;
let scene: AccessScene;
let tenants = 0;
let tenant = '';
let ada: string;
let admins: string;
let editors: string;

const names = Array.from({ length: 40 }, (_, n) => `acme-${n}`);

beforeAll(async () => {
  server = await startScimServer(names);
});

afterAll(async () => {
  await server.close();
});

beforeEach(async () => {
  tenant = names[tenants++] ?? '';
  scene = new AccessScene(server, server.table, tenant);
  await scene.setPolicy(policy);
  ada = await scene.addUser('ada');
  [admins, editors] = [await scene.addGroup('Admins'), await scene.addGroup('Editors')];
});

describe('the access role of a user', () => {
  it('is the default role in no group', async () => {
    expect(await scene.roleOf('ada')).toBe('viewer');
  });

  it('is none in no group where there is no default role', async () => {
    await scene.setPolicy({ ...policy, defaultRole: null });
    expect(await scene.signIn('ada')).toMatchObject({ decision: 'allow', accessRole: { role: null, source: 'none' } });
  });

  it('is that of the mapped group that the user is in', async () => {
    await scene.join(editors, ada);
    expect(await scene.signIn('ada')).toMatchObject({
      accessRole: { role: 'editor', source: 'mapping', groupId: editors },
      groups: [{ id: editors, type: 'direct' }],
    });
    expect(await scene.roleOf('ada')).toBe('editor');
  });

  it('is the higher one in two groups of different rank, whichever came first', async () => {
    const bob = await scene.addUser('bob');
    await scene.join(editors, ada);
    await scene.join(admins, ada, bob);
    await scene.join(editors, bob);
    expect([await scene.roleOf('ada'), await scene.roleOf('bob')]).toEqual(['admin', 'admin']);
    await scene.setPolicy({ ...policy, roles: ['editor', 'admin', 'viewer'] });
    expect([await scene.roleOf('ada'), await scene.roleOf('bob')]).toEqual(['editor', 'editor']);
  });

  it('is that of a group in which the group of the user is nested, at any depth', async () => {
    const team = await scene.addGroup('Team', [ada]);
    const unit = await scene.addGroup('Unit', [team]);
    const { groups } = (await scene.signIn('ada')) as { groups: unknown };
    expect(groups).toEqual([
      { id: team, type: 'direct' },
      { id: unit, type: 'indirect' },
    ]);
    expect(await scene.roleOf('ada')).toBe('viewer');
    await scene.join(admins, unit);
    expect(await scene.roleOf('ada')).toBe('admin');
    await scene.leave(unit, team);
    expect(await scene.roleOf('ada')).toBe('viewer');
  });

  it('has an end in a cycle of groups, each of which counts once', async () => {
    const [a, b] = [await scene.addGroup('A', [ada]), await scene.addGroup('B')];
    await scene.join(b, a);
    await scene.join(a, b);
    await scene.join(editors, b);
    await scene.join(a, editors);
    const answer = await scene.signIn('ada', { withGroupNames: true });
    expect(answer).toMatchObject({
      accessRole: { role: 'editor', groupId: editors },
      groups: [
        { displayName: 'A', type: 'direct' },
        { displayName: 'B', type: 'indirect' },
        { displayName: 'Editors', type: 'indirect' },
      ],
    });
    expect(answer.decision === 'allow' && answer.groups).toHaveLength(3);
  });

  it('is the default role again once the user is taken out of the group', async () => {
    await scene.join(admins, ada);
    expect(await scene.roleOf('ada')).toBe('admin');
    await scene.leave(admins, ada);
    expect(await scene.roleOf('ada')).toBe('viewer');
  });

  it("is every member's new one at once where a mapping is changed", async () => {
    const members = [ada, await scene.addUser('bob'), await scene.addUser('eve')];
    await scene.join(editors, ...members);
    await scene.setPolicy({ ...policy, mappings: [{ by: 'displayName', value: 'Editors', role: 'admin' }] });
    const roles = await Promise.all(['ada', 'bob', 'eve'].map((name) => scene.roleOf(name)));
    expect(roles).toEqual(['admin', 'admin', 'admin']);
    await scene.setPolicy({ ...policy, mappings: [] });
    expect(await scene.roleOf('bob')).toBe('viewer');
  });

  it('goes by id, externalId and displayName of the group, the last one in any case', async () => {
    const [bob, eve] = [await scene.addUser('bob'), await scene.addUser('eve')];
    const byExternalId = await scene.addGroup('X', [bob], { externalId: 'Group-1' });
    await scene.join(editors, eve);
    await scene.setPolicy({
      ...policy,
      mappings: [
        { by: 'id', value: byExternalId, role: 'editor' },
        { by: 'externalId', value: 'Group-1', role: 'admin' },
        { by: 'externalId', value: 'group-1', role: 'viewer' },
        { by: 'displayName', value: 'EDITORS', role: 'admin' },
      ],
    });
    expect([await scene.roleOf('bob'), await scene.roleOf('eve')]).toEqual(['admin', 'admin']);
    await scene.setPolicy({ ...policy, mappings: [{ by: 'id', value: byExternalId, role: 'editor' }] });
    expect([await scene.roleOf('bob'), await scene.roleOf('eve')]).toEqual(['editor', 'viewer']);
  });

  it('follows a group that is renamed, in either direction', async () => {
    await scene.join(editors, ada);
    await scene.patch(`Groups/${editors}`, { op: 'Replace', path: 'displayName', value: 'Writers' });
    expect(await scene.roleOf('ada')).toBe('viewer');
    await scene.patch(`Groups/${admins}`, { op: 'Replace', path: 'displayName', value: 'Formers' });
    await scene.patch(`Groups/${editors}`, { op: 'Replace', path: 'displayName', value: 'admins' });
    expect(await scene.roleOf('ada')).toBe('admin');
  });

  it.each(['id', 'displayName'])('is not that of a group that was deleted, mapped by %s', async (by) => {
    const inner = await scene.addGroup('Inner', [ada]);
    await scene.join(editors, inner);
    const value = by === 'id' ? editors : 'Editors';
    await scene.setPolicy({ ...policy, mappings: [{ by, value, role: 'editor' }] });
    expect(await scene.roleOf('ada')).toBe('editor');
    await scene.send('DELETE', `/Groups/${inner}`);
    expect(await scene.roleOf('ada')).toBe('viewer');
    await scene.join(editors, ada);
    await scene.send('DELETE', `/Groups/${editors}`);
    expect(await scene.signIn('ada')).toMatchObject({ accessRole: { role: 'viewer' }, groups: [] });
  });

  it('is the same after a deactivation and a reactivation', async () => {
    await scene.join(admins, ada);
    await scene.patch(`Users/${ada}`, { op: 'Replace', path: 'active', value: 'False' });
    expect(await scene.signIn('ada')).toMatchObject({ decision: 'deny', reason: 'deactivated' });
    await scene.patch(`Users/${ada}`, { op: 'Replace', path: 'active', value: 'True' });
    expect(await scene.roleOf('ada')).toBe('admin');
  });
});

describe('who is deleted and restored', () => {
  it('has the same role, from the same groups', async () => {
    await scene.join(admins, ada);
    await scene.send('DELETE', `/Users/${ada}`);
    expect(await scene.signIn('ada')).toMatchObject({ decision: 'deny', reason: 'deleted' });
    await scene.admin.ok('restoreUser', { path: { tenant, id: ada }, body: {} });
    expect(await scene.roleOf('ada')).toBe('admin');
  });

  it('has the same role by a lock', async () => {
    await scene.join(editors, ada);
    await scene.lock(ada);
    await scene.send('DELETE', `/Users/${ada}`);
    await scene.admin.ok('restoreUser', { path: { tenant, id: ada }, body: {} });
    await scene.leave(editors, ada);
    expect(await scene.signIn('ada')).toMatchObject({ accessRole: { role: 'editor', source: 'lock' } });
  });
});

describe('a role lock', () => {
  it('keeps the role where the group is changed', async () => {
    await scene.join(editors, ada);
    await scene.lock(ada);
    await scene.leave(editors, ada);
    expect(await scene.signIn('ada')).toMatchObject({ accessRole: { role: 'editor', source: 'lock' }, groups: [] });
    await scene.join(admins, ada);
    expect(await scene.roleOf('ada')).toBe('editor');
  });

  it('keeps the role where a mapping is changed', async () => {
    await scene.join(editors, ada);
    await scene.lock(ada);
    await scene.setPolicy({ ...policy, mappings: [{ by: 'displayName', value: 'Editors', role: 'admin' }] });
    expect(await scene.roleOf('ada')).toBe('editor');
    await scene.setPolicy({ ...policy, defaultRole: 'admin', mappings: [] });
    expect(await scene.roleOf('ada')).toBe('editor');
  });

  it('keeps the role where the user is renamed, replaced, deactivated and activated', async () => {
    await scene.lock(ada, 'admin');
    await scene.patch(`Users/${ada}`, { op: 'Replace', path: 'userName', value: 'countess@example.com' });
    expect(await scene.roleOf('ada')).toBe('admin');
    await scene.send('PUT', `/Users/${ada}`, { userName: 'lovelace@example.com', externalId: 'ada' });
    expect(await scene.roleOf('ada')).toBe('admin');
    for (const active of [false, true]) {
      await scene.patch(`Users/${ada}`, { op: 'Replace', path: 'active', value: active });
    }
    expect(await scene.roleOf('ada')).toBe('admin');
  });

  it('is computed again once it is off', async () => {
    await scene.lock(ada, 'admin');
    await scene.join(editors, ada);
    await scene.unlock(ada);
    expect(await scene.signIn('ada')).toMatchObject({ accessRole: { role: 'editor', source: 'mapping' } });
  });

  it('is kept with a user who is deleted', async () => {
    await scene.lock(ada, 'admin');
    await scene.send('DELETE', `/Users/${ada}`);
    const tombstone = await server.table.get(tombstoneKey(tenant, 'User', ada));
    const lock = { role: 'admin', since: expect.any(String) };
    expect(tombstone).toMatchObject({ item: { roleLock: lock, by: { application: '@operator' } } });
  });

  it('counts as a change of the user, which no client sees but by the version', async () => {
    const before = await scene.send('GET', `/Users/${ada}`);
    await scene.lock(ada, 'admin');
    const after = await scene.send('GET', `/Users/${ada}`);
    expect(after['meta']).not.toEqual(before['meta']);
    expect({ ...after, meta: null }).toEqual({ ...before, meta: null });
    await scene.lock(ada, 'admin');
    expect((await scene.send('GET', `/Users/${ada}`))['meta']).toEqual(after['meta']);
  });

  it('is recorded, with who did it and what was before', async () => {
    scene.admin.time += 1;
    await scene.lock(ada, 'admin');
    scene.admin.time += 1;
    await scene.lock(ada, 'editor');
    scene.admin.time += 1;
    await scene.unlock(ada);
    const { records } = await scene.admin.ok('listAudit', { query: { tenant } });
    expect(records.slice(0, 3)).toMatchObject([
      { action: 'roles.unlock', before: { user: ada, role: 'editor' }, after: { user: ada } },
      { action: 'roles.lock', before: { user: ada, role: 'admin' }, after: { user: ada, role: 'editor' } },
      { action: 'roles.lock', before: { user: ada }, after: { user: ada, role: 'admin' } },
    ]);
    expect(records[0].after).toEqual({ user: ada });
  });

  it('is refused for a role that the tenant does not name, for nobody, and where there is no role', async () => {
    const path = { tenant, id: ada };
    const refusals = [
      await scene.admin.call('lockRole', { path, body: { role: 'owner' } }),
      await scene.admin.call('lockRole', { path: { tenant, id: editors }, body: {} }),
    ];
    await scene.setPolicy({ ...policy, defaultRole: null });
    refusals.push(await scene.admin.call('lockRole', { path, body: {} }));
    expect(refusals.map(({ status, body }) => [status, body.error.code])).toEqual([
      [400, 'invalid'],
      [404, 'not_found'],
      [409, 'conflict'],
    ]);
    expect(refusals[0]?.body.error.message).toContain('admin, editor, viewer');
  });

  it('does not count while the tenant no longer names its role, and says so', async () => {
    await scene.lock(ada, 'admin');
    await scene.setPolicy({ roles: ['editor', 'viewer'], defaultRole: 'viewer' });
    expect(await scene.admin.ok('showRole', { path: { tenant, id: ada } })).toMatchObject({
      accessRole: { role: 'viewer', source: 'default' },
      lock: { role: 'admin' },
    });
    await scene.setPolicy(policy);
    expect(await scene.roleOf('ada')).toBe('admin');
  });

  it('loses nothing to changes of an identity provider at the same time', async () => {
    const titles = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all([
      ...titles.map((value) => scene.patch(`Users/${ada}`, { op: 'Add', path: 'title', value })),
      scene.lock(ada, 'admin'),
      scene.patch(`Users/${ada}`, { op: 'Add', path: 'nickName', value: 'Ada' }),
    ]);
    expect(await scene.roleOf('ada')).toBe('admin');
    expect(await scene.send('GET', `/Users/${ada}`)).toMatchObject({ nickName: 'Ada', title: expect.any(String) });
  });
});

describe('access roles of two tenants', () => {
  it('have nothing to do with each other', async () => {
    const [other, otherName] = [names[tenants++] ?? '', 'ada'];
    const neighbour = new AccessScene(server, server.table, other);
    const theirs = await neighbour.addUser(otherName);
    await scene.join(admins, ada);
    expect(await neighbour.roleOf(otherName)).toBeNull();
    await neighbour.setPolicy({
      roles: ['guest'],
      defaultRole: 'guest',
      mappings: [{ by: 'id', value: admins, role: 'guest' }],
    });
    expect([await scene.roleOf('ada'), await neighbour.roleOf(otherName)]).toEqual(['admin', 'guest']);
    expect((await scene.admin.call('showRole', { path: { tenant, id: theirs } })).status).toBe(404);
    expect((await scene.admin.call('lockRole', { path: { tenant, id: theirs }, body: { role: 'admin' } })).status).toBe(
      404,
    );
  });
});
