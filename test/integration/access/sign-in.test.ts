import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decideSignIn } from '../../../directory/access/sign-in.ts';
import { resourceKey } from '../../../directory/store/keys.ts';
import { AccessScene, policy } from '../../helpers/access.ts';
import { type ScimServer, startScimServer } from '../../helpers/scim-server.ts';

let server: ScimServer;
let scene: AccessScene;
let tenants = 0;
let tenant = '';
let ada: string;

const names = Array.from({ length: 30 }, (_, n) => `acme-${n}`);

beforeAll(async () => {
  server = await startScimServer(names);
});

afterAll(async () => {
  await server.close();
});

beforeEach(async () => {
  tenant = names[tenants++] ?? '';
  scene = new AccessScene(server, server.table, tenant);
  ada = await scene.addUser('ada', {
    displayName: 'Ada L.',
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    emails: [
      { type: 'home', value: 'ada@home.example' },
      { type: 'work', value: 'Ada@Work.example', primary: true },
    ],
  });
});

const deny = (reason: string) => ({ decision: 'deny', reason });
const allow = { decision: 'allow' };

describe('a sign-in', () => {
  it('is allowed, and told who it is', async () => {
    expect(await scene.signIn('ada')).toEqual({
      decision: 'allow',
      user: {
        id: ada,
        userName: 'ada@example.com',
        externalId: 'ada',
        displayName: 'Ada L.',
        givenName: 'Ada',
        familyName: 'Lovelace',
        email: 'Ada@Work.example',
      },
      accessRole: { role: null, source: 'none' },
      groups: [],
    });
  });

  it.each([
    { by: 'externalId', value: 'ada', other: 'ADA' },
    { by: 'userName', value: 'ADA@example.com', other: 'ada' },
    { by: 'email', value: 'ada@HOME.example', other: 'ada@example.com' },
    { by: 'email', value: 'ada@work.example', other: 'work' },
  ])('is matched by $by, as the policy or whoever asks says: $value', async ({ by, value, other }) => {
    expect(await scene.signIn(value, { by })).toMatchObject({ ...allow, user: { id: ada } });
    await scene.setPolicy({ signIn: { matchBy: by } });
    expect(await scene.signIn(value)).toMatchObject({ ...allow, user: { id: ada } });
    expect(await scene.signIn(other)).toEqual(deny('unknown'));
  });

  it('of nobody is denied: unknown', async () => {
    for (const by of ['externalId', 'userName', 'email']) {
      expect(await scene.signIn('nobody', { by })).toEqual(deny('unknown'));
    }
  });

  it('of a subject that two users share is denied: ambiguous', async () => {
    const bob = await scene.addUser('bob', { emails: [{ type: 'work', value: 'ada@home.example' }] });
    expect(await scene.signIn('ada@home.example', { by: 'email' })).toEqual(deny('ambiguous'));
    // Not even where only one of the two may enter.
    await scene.patch(`Users/${bob}`, { op: 'Replace', path: 'active', value: false });
    expect(await scene.signIn('ada@home.example', { by: 'email' })).toEqual(deny('ambiguous'));
    await scene.send('DELETE', `/Users/${bob}`);
    expect(await scene.signIn('ada@home.example', { by: 'email' })).toMatchObject({ ...allow, user: { id: ada } });
  });

  it('of a subject that two users share by externalId is denied: ambiguous', async () => {
    await scene.addUser('bob', { externalId: 'ada' });
    expect(await scene.signIn('ada')).toEqual(deny('ambiguous'));
  });

  it('of a deactivated user is denied, and told who it was', async () => {
    await scene.patch(`Users/${ada}`, { op: 'Replace', path: 'active', value: 'False' });
    expect(await scene.signIn('ada')).toMatchObject({ ...deny('deactivated'), user: { id: ada } });
  });

  it('of a deleted user is denied: deleted, by whatever the subject is matched with', async () => {
    await scene.send('DELETE', `/Users/${ada}`);
    const subjects = { externalId: 'ada', userName: 'ada@example.com', email: 'ada@work.example' };
    for (const [by, value] of Object.entries(subjects)) {
      expect([by, await scene.signIn(value, { by })]).toEqual([by, deny('deleted')]);
    }
  });

  it('goes by the newcomer where somebody was deleted whose name was given again', async () => {
    await scene.send('DELETE', `/Users/${ada}`);
    const next = await scene.addUser('ada');
    for (const [by, value] of Object.entries({ externalId: 'ada', userName: 'ada@example.com' })) {
      expect(await scene.signIn(value, { by })).toMatchObject({ ...allow, user: { id: next } });
    }
  });

  it('of a user whose deactivation is held back is denied, or allowed by the policy', async () => {
    const key = resourceKey(tenant, 'User', ada);
    await server.table.writeOne({
      kind: 'update',
      key,
      set: { held: { entra: { id: '1', since: '2026-11-22T10:00:00.000Z' } }, heldVersion: 1 },
    });
    expect(await scene.signIn('ada')).toMatchObject({ ...deny('held'), user: { id: ada } });
    await scene.setPolicy({ signIn: { heldUsers: 'allow' } });
    expect(await scene.signIn('ada')).toMatchObject(allow);
    // Whatever else is changed of the user leaves that as it is.
    await scene.patch(`Users/${ada}`, { op: 'Add', path: 'title', value: 'Countess' });
    await scene.setPolicy({ signIn: { heldUsers: 'deny' } });
    expect(await scene.signIn('ada')).toMatchObject(deny('held'));
  });

  it('is what it was while the tenant is paused, and denied while it is suspended', async () => {
    const path = { tenant };
    const before = await scene.signIn('ada');
    await scene.admin.ok('pauseTenant', { path, body: { minutes: 60 } });
    expect(await scene.signIn('ada')).toEqual(before);
    await scene.admin.ok('suspendTenant', { path, body: { confirm: tenant } });
    expect(await scene.signIn('ada')).toEqual(deny('tenantSuspended'));
    expect(await scene.signIn('nobody')).toEqual(deny('tenantSuspended'));
    await scene.admin.ok('resumeTenant', { path });
    expect(await scene.signIn('ada')).toEqual(before);
  });

  it('of a tenant that is not there, or is being deleted, is an error', async () => {
    const body = { subject: { value: 'ada' } };
    for (const other of ['nobody', 'T#x', '']) {
      await expect(decideSignIn(server.table, other, body)).rejects.toMatchObject({ status: 404 });
    }
    expect((await scene.admin.call('checkSignIn', { path: { tenant: 'nobody' }, body })).status).toBe(404);
    await scene.admin.ok('deleteTenant', { path: { tenant }, body: { confirm: tenant } });
    expect((await scene.admin.call('checkSignIn', { path: { tenant }, body })).status).toBe(404);
  });

  it('of a subject that nobody could have is an error that says what was expected', async () => {
    for (const [value, message] of [
      ['', 'body.subject.value'],
      ['a\u0000b', 'control characters'],
      ['a\ud800', 'half of a character'],
    ] as const) {
      const { status, body } = await scene.admin.call('checkSignIn', {
        path: { tenant },
        body: { subject: { value } },
      });
      expect([status, body.error.message]).toEqual([400, expect.stringContaining(message)]);
    }
    const wrong = { subject: { by: 'id', value: ada }, more: 1 };
    const { body } = await scene.admin.call('checkSignIn', { path: { tenant }, body: wrong });
    expect(body.error.message).toContain('body.subject.by');
    expect(body.error.message).toContain('more');
  });

  it('finds nobody of another tenant', async () => {
    const other = new AccessScene(server, server.table, names[tenants++]);
    expect(await other.signIn('ada')).toEqual(deny('unknown'));
    await scene.send('DELETE', `/Users/${ada}`);
    expect(await other.signIn('ada')).toEqual(deny('unknown'));
  });
});

describe('a sign-in immediately after a SCIM request', () => {
  beforeEach(async () => {
    await scene.setPolicy(policy);
  });

  const roleNow = async (subject = 'ada') => {
    const answer = await scene.signIn(subject);
    return answer.decision === 'allow' ? answer.accessRole.role : answer.reason;
  };

  it('is right after each that changes the user', async () => {
    const now: unknown[] = [];
    const step = async (method: string, path: string, body?: Parameters<AccessScene['send']>[2], subject?: string) => {
      await scene.send(method, path, body);
      now.push(await roleNow(subject));
    };
    const active = (value: boolean) => ({
      Operations: [{ op: 'Replace', path: 'active', value }],
      schemas: [PATCH_OP],
    });
    const renamed = { Operations: [{ op: 'Replace', path: 'externalId', value: 'countess' }], schemas: [PATCH_OP] };
    const user = (more: object) => ({ userName: 'eve@example.com', externalId: 'eve', ...more });
    await step('POST', '/Users', user({ active: true }), 'eve');
    await step('PATCH', `/Users/${ada}`, active(false));
    await step('PATCH', `/Users/${ada}`, active(true));
    await step('PATCH', `/Users/${ada}`, renamed);
    now.push(await roleNow('countess'));
    await step('PUT', `/Users/${ada}`, { userName: 'ada@example.com', externalId: 'ada', active: false });
    await step('PUT', `/Users/${ada}`, { userName: 'ada@example.com', externalId: 'ada', active: true });
    await step('POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [{ method: 'DELETE', path: `/Users/${ada}` }],
    });
    await step('POST', '/Users', { userName: 'ada@example.com', externalId: 'ada', active: true });
    const asPlanned = ['viewer', 'deactivated', 'viewer', 'unknown', 'viewer', 'deactivated', 'viewer'];
    expect(now).toEqual([...asPlanned, 'deleted', 'viewer']);
  });

  it('is right after each that changes a group', async () => {
    const now: unknown[] = [];
    const group = await scene.addGroup('Admins', [ada]);
    now.push(await roleNow());
    await scene.leave(group, ada);
    now.push(await roleNow());
    await scene.join(group, ada);
    now.push(await roleNow());
    await scene.send('PUT', `/Groups/${group}`, { displayName: 'Admins', members: [] });
    now.push(await roleNow());
    await scene.send('PUT', `/Groups/${group}`, { displayName: 'Editors', members: [{ value: ada }] });
    now.push(await roleNow());
    const outer = await scene.addGroup('Admins', [group]);
    now.push(await roleNow());
    await scene.send('DELETE', `/Groups/${outer}`);
    now.push(await roleNow());
    await scene.send('DELETE', `/Groups/${group}`);
    now.push(await roleNow());
    expect(now).toEqual(['admin', 'viewer', 'admin', 'viewer', 'editor', 'admin', 'editor', 'viewer']);
  });
});

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
