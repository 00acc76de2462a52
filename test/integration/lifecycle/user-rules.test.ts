import { beforeEach, describe, expect, it } from 'vitest';
import type { DirectoryContext, ProvisioningFeatures } from '../../../directory/context.ts';
import { queryResources } from '../../../directory/list-resources.ts';
import type { ItemTable } from '../../../directory/store/item-table.ts';
import type { JsonObject, JsonValue } from '../../../scim/json.ts';
import { parseListRequest } from '../../../scim/list-request.ts';
import { addGroup, addUser, createContext, everything, idOf } from '../../helpers/directory.ts';
import { post, readUser, removeUser, withApplication, withSettings, write } from '../../helpers/lifecycle.ts';
import { createTestTable } from '../../helpers/tables.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const STANDARD = [
  'userName',
  'name.givenName',
  'name.familyName',
  'emails[type eq "work"].value',
  'displayName',
  'active',
];
const WHOLE: JsonObject = {
  userName: 'ada@example.com',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  emails: [{ type: 'work', value: 'ada@example.com' }],
  displayName: 'Ada',
  active: true,
};

let table: ItemTable;
let plain: DirectoryContext;

beforeEach(async () => {
  table = await createTestTable();
  plain = await createContext(table);
});

async function patchUser(context: DirectoryContext, id: string, ...Operations: readonly JsonValue[]) {
  const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations };
  return await write(context, { method: 'PATCH', type: 'User', id, body, ifMatch: undefined });
}

async function putUser(context: DirectoryContext, id: string, body: JsonObject) {
  return await write(context, { method: 'PUT', type: 'User', id, body, ifMatch: undefined });
}

async function postId(context: DirectoryContext, body: JsonObject): Promise<string> {
  return idOf((await post(context, body)).representation ?? {});
}

describe('required attributes', () => {
  const context = () => withSettings(plain, { requiredAttributes: STANDARD });

  it('refuse a POST, naming every one that is missing', async () => {
    const body = { userName: 'ada', name: { givenName: ' ' }, emails: [{ type: 'home', value: 'ada@example.com' }] };
    await expect(post(context(), body)).rejects.toMatchObject({
      status: 400,
      scimType: 'invalidValue',
      message: expect.stringContaining(
        'name.givenName, name.familyName, emails[type eq "work"].value, displayName, active: ',
      ),
    });
    expect((await post(context(), WHOLE)).status).toBe(201);
  });

  it('take false for a value', async () => {
    expect((await post(context(), { ...WHOLE, active: false })).status).toBe(201);
  });

  it('refuse a PUT that lacks some, and a PATCH that would empty some', async () => {
    const id = await postId(context(), WHOLE);
    const { displayName: _displayName, active: _active, ...lacking } = WHOLE;
    const missing = (names: string) => ({
      status: 400,
      scimType: 'invalidValue',
      message: expect.stringContaining(`${names}: `),
    });
    await expect(putUser(context(), id, lacking)).rejects.toMatchObject(missing('displayName, active'));
    await expect(
      patchUser(context(), id, { op: 'remove', path: 'emails[type eq "work"]' }, { op: 'remove', path: 'name' }),
    ).rejects.toMatchObject(missing('name.givenName, name.familyName, emails[type eq "work"].value'));
    expect(await readUser(context(), id)).toMatchObject(WHOLE);
    await patchUser(context(), id, { op: 'replace', path: 'emails[type eq "work"].value', value: 'a@example.com' });
  });

  it('let a user who lacked one all along be changed by a PATCH', async () => {
    const id = await addUser(plain, 'bob@example.com');
    await patchUser(context(), id, { op: 'replace', path: 'active', value: false });
    expect(await readUser(plain, id)).toMatchObject({ active: false });
  });

  it('ask nothing of groups', async () => {
    await addGroup(context(), 'Sales');
  });
});

describe('a new user who is not active', () => {
  it.each([false, 'False'])('is refused where the tenant says so: active %j', async (active) => {
    const context = withSettings(plain, { inactiveOnCreate: 'refuse' });
    await expect(post(context, { userName: 'ada', active })).rejects.toMatchObject({
      status: 400,
      scimType: 'invalidValue',
      message: expect.stringContaining('active'),
    });
    expect((await post(context, { userName: 'ada', active: true })).status).toBe(201);
    expect((await post(plain, { userName: 'bob', active })).status).toBe(201);
  });
});

describe('defaults on create', () => {
  it('give a timezone unless told otherwise', async () => {
    expect((await post(plain, { userName: 'ada' })).representation).toMatchObject({ timezone: 'Etc/UTC' });
    const told = await post(plain, { userName: 'bob', timezone: 'Europe/London' });
    expect(told.representation).toMatchObject({ timezone: 'Europe/London' });
  });

  it('are whatever the tenant sets, extensions attribute by attribute', async () => {
    const context = withSettings(plain, {
      createDefaults: {
        locale: 'en-GB',
        name: { honorificPrefix: 'Dr' },
        [ENTERPRISE]: { organization: 'Acme', division: 'Home' },
      },
    });
    const body = { userName: 'ada', locale: null, name: { givenName: 'Ada' }, [ENTERPRISE]: { division: 'Abroad' } };
    const { representation } = await post(context, body);
    expect(representation).toMatchObject({
      locale: 'en-GB',
      name: { givenName: 'Ada' },
      [ENTERPRISE]: { organization: 'Acme', division: 'Abroad' },
    });
    expect(representation?.['name']).not.toHaveProperty('honorificPrefix');
    expect(representation).not.toHaveProperty('timezone');
  });

  it('stay through a PUT that does not mention them, and count for required attributes', async () => {
    const context = withSettings(plain, {
      requiredAttributes: ['timezone'],
      createDefaults: { timezone: 'Etc/UTC', locale: 'en', [ENTERPRISE]: { organization: 'Acme', division: 'Home' } },
    });
    const body = { userName: 'ada', locale: 'fr', [ENTERPRISE]: { division: 'Abroad' } };
    const id = await postId(context, body);
    expect((await putUser(context, id, body)).done.kind).toBe('unchanged');
    await putUser(context, id, { userName: 'ada' });
    const user = await readUser(context, id);
    // What was not the default any more is gone, as a PUT has it.
    expect(user).toMatchObject({ timezone: 'Etc/UTC', [ENTERPRISE]: { organization: 'Acme' } });
    expect(user).not.toHaveProperty('locale');
    expect(user[ENTERPRISE]).not.toHaveProperty('division');
    await putUser(context, id, { userName: 'ada', timezone: 'Europe/London' });
    await expect(putUser(context, id, { userName: 'ada' })).rejects.toMatchObject({ status: 400 });
  });

  it('can be taken away by a PATCH, and do not come back', async () => {
    const id = await postId(plain, { userName: 'ada' });
    await patchUser(plain, id, { op: 'remove', path: 'timezone' });
    await putUser(plain, id, { userName: 'ada' });
    expect(await readUser(plain, id)).not.toHaveProperty('timezone');
  });
});

describe('locally owned attributes', () => {
  const owned = ['title', 'name.middleName', `${ENTERPRISE}:costCenter`, 'entitlements'];
  const context = () => withSettings(plain, { locallyOwned: owned });
  const application = () => ({ ...context(), application: '@application' });
  const OWN: JsonObject = {
    title: 'Countess',
    name: { middleName: 'King' },
    [ENTERPRISE]: { costCenter: '42' },
    entitlements: [{ value: 'analyst' }],
  };

  async function ownedUser(): Promise<string> {
    const id = await postId(context(), { ...WHOLE, [ENTERPRISE]: { department: 'Engines' } });
    await patchUser(application(), id, { op: 'add', value: OWN });
    return id;
  }

  it('are written by the application, and survive every PUT and PATCH', async () => {
    const id = await ownedUser();
    await putUser(context(), id, { ...WHOLE, title: 'Pupil', name: { givenName: 'Augusta', middleName: 'X' } });
    await patchUser(
      context(),
      id,
      { op: 'replace', path: 'title', value: 'Pupil' },
      { op: 'remove', path: 'entitlements' },
      { op: 'remove', path: `${ENTERPRISE}:costCenter` },
      { op: 'replace', path: 'name.middleName', value: 'X' },
      { op: 'replace', path: 'nickName', value: 'Ada' },
    );
    const user = await readUser(context(), id);
    expect(user).toMatchObject({ ...OWN, nickName: 'Ada', name: { givenName: 'Augusta', middleName: 'King' } });
    expect(user[ENTERPRISE]).toEqual({ costCenter: '42' });
  });

  it('are not taken from a POST, and a write of nothing else changes nothing', async () => {
    const id = await postId(context(), { ...WHOLE, title: 'Pupil' });
    expect(await readUser(context(), id)).not.toHaveProperty('title');
    const { done } = await patchUser(context(), id, { op: 'add', path: 'title', value: 'Pupil' });
    expect(done.kind).toBe('unchanged');
  });

  it('are all that the application may change', async () => {
    const id = await ownedUser();
    const refused = (path: string) => ({ status: 400, scimType: 'mutability', message: expect.stringContaining(path) });
    await expect(
      patchUser(application(), id, { op: 'replace', value: { title: 'x', nickName: 'y', active: false } }),
    ).rejects.toMatchObject(refused('nickName'));
    await expect(
      patchUser(application(), id, { op: 'add', path: `${ENTERPRISE}:department`, value: 'x' }),
    ).rejects.toMatchObject(refused(`${ENTERPRISE}:department`));
    await expect(
      patchUser(application(), id, { op: 'replace', path: 'name.givenName', value: 'x' }),
    ).rejects.toMatchObject(refused('name'));
    await expect(
      patchUser({ ...plain, application: '@application' }, id, { op: 'add', path: 'title', value: 'x' }),
    ).rejects.toMatchObject(refused('title'));
    expect(await readUser(context(), id)).toMatchObject({ ...OWN, active: true });
    // Nothing but what is so already.
    await patchUser(application(), id, { op: 'replace', value: { title: 'Duchess', active: true } });
    expect(await readUser(context(), id)).toMatchObject({ title: 'Duchess' });
  });

  it('leave every other write of the application refused', async () => {
    const id = await ownedUser();
    const group = await addGroup(plain, 'Sales');
    const members = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [] };
    for (const attempt of [
      () => post(application(), { userName: 'eve' }),
      () => putUser(application(), id, WHOLE),
      () => write(application(), { method: 'DELETE', type: 'User', id, ifMatch: undefined }),
      () => write(application(), { method: 'PATCH', type: 'Group', id: group, body: members, ifMatch: undefined }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ status: 400, scimType: 'mutability' });
    }
  });
});

describe('provisioning features', () => {
  const without = (...names: readonly (keyof ProvisioningFeatures)[]) =>
    withApplication(plain, { features: Object.fromEntries(names.map((name) => [name, false])) });
  const naming = (feature: string) => ({
    status: 400,
    message: expect.stringContaining(`The provisioning feature "${feature}" is switched off for the application entra`),
  });
  const deactivate = { op: 'replace', path: 'active', value: 'False' };

  it('create: off refuses a POST of a user, and nothing else', async () => {
    await expect(post(without('create'), WHOLE)).rejects.toMatchObject(naming('create'));
    await addGroup(without('create'), 'Sales');
    const id = await postId(plain, WHOLE);
    await patchUser(without('create'), id, deactivate);
    await expect(
      post(withSettings(without('create'), { returningUsers: 'relink' }), { ...WHOLE, userName: 'eve' }),
    ).rejects.toMatchObject(naming('create'));
  });

  it('update: off refuses a change of attributes, re-activation included, but no deactivation', async () => {
    const id = await postId(plain, WHOLE);
    const context = without('update');
    const title = { op: 'add', path: 'title', value: 'x' };
    await expect(patchUser(context, id, title)).rejects.toMatchObject(naming('update'));
    await expect(patchUser(context, id, title, deactivate)).rejects.toMatchObject(naming('update'));
    await expect(putUser(context, id, { ...WHOLE, title: 'x' })).rejects.toMatchObject(naming('update'));
    await patchUser(context, id, deactivate);
    const activate = { op: 'replace', path: 'active', value: true };
    await expect(patchUser(context, id, activate)).rejects.toMatchObject(naming('update'));
    expect((await patchUser(context, id, deactivate)).done.kind).toBe('unchanged');
  });

  it('deactivate: off refuses that alone, by PATCH and by PUT', async () => {
    const id = await postId(plain, WHOLE);
    const context = without('deactivate');
    await expect(patchUser(context, id, deactivate)).rejects.toMatchObject(naming('deactivate'));
    await expect(putUser(context, id, { ...WHOLE, active: false })).rejects.toMatchObject(naming('deactivate'));
    await patchUser(context, id, { op: 'add', path: 'title', value: 'x' });
    expect(await readUser(plain, id)).toMatchObject({ active: true, title: 'x' });
  });

  it('delete: off refuses to delete users, not groups', async () => {
    const id = await postId(plain, WHOLE);
    const group = await addGroup(plain, 'Sales');
    const remove = (type: 'User' | 'Group', of: string) =>
      write(without('delete'), { method: 'DELETE', type, id: of, ifMatch: undefined });
    await expect(remove('User', id)).rejects.toMatchObject(naming('delete'));
    await expect(remove('User', 'nobody')).rejects.toMatchObject({ status: 404 });
    expect((await remove('Group', group)).status).toBe(204);
    await removeUser(plain, id);
  });

  it('groups: off answers queries with nothing, refuses all else about groups, and lets users go on', async () => {
    const group = await addGroup(plain, 'Sales');
    const context = without('groups');
    const body = { displayName: 'x' };
    const patchBody = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [] };
    for (const attempt of [
      () => write(context, { method: 'POST', type: 'Group', body }),
      () => write(context, { method: 'PUT', type: 'Group', id: group, body, ifMatch: undefined }),
      () => write(context, { method: 'PATCH', type: 'Group', id: group, body: patchBody, ifMatch: undefined }),
      () => write(context, { method: 'DELETE', type: 'Group', id: 'nobody', ifMatch: undefined }),
    ]) {
      await expect(attempt()).rejects.toMatchObject(naming('groups'));
    }
    const id = await postId(context, WHOLE);
    const list = async (types: readonly ('User' | 'Group')[], parameters: object) =>
      await queryResources(context, {
        ...parseListRequest(parameters, 100),
        types,
        selectionOf: ({ type }) => everything[type.name],
      });
    expect(await list(['Group'], {})).toMatchObject({ totalResults: 0, startIndex: 1, resources: [] });
    expect(await list(['Group'], { cursor: '' })).toMatchObject({ totalResults: 0, resources: [] });
    const both = await list(['User', 'Group'], {});
    expect(both.resources.map(({ view }) => view.representation['id'])).toEqual([id]);
  });

  it("are the application's own: another one is not bound by them", async () => {
    const other = { ...without('create', 'update', 'deactivate', 'delete', 'groups'), application: 'okta' };
    const id = await postId(other, WHOLE);
    await patchUser(other, id, deactivate);
    await addGroup(other, 'Sales', [id]);
  });
});
