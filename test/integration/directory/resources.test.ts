import { beforeEach, describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import type { DirectoryContext } from '../../../directory/context.ts';
import { createResource } from '../../../directory/create-resource.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { getResource } from '../../../directory/get-resource.ts';
import { listResources } from '../../../directory/list-resources.ts';
import { patchResource } from '../../../directory/patch-resource.ts';
import { replaceResource } from '../../../directory/replace-resource.ts';
import type { ScannableTable } from '../../../directory/store/item-table.ts';
import { parseFilter } from '../../../scim/filter/parser.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { parsePatchBody } from '../../../scim/patch/parse.ts';
import { USER_SCHEMA } from '../../../scim/schema/user.ts';
import { parseResourceBody } from '../../../scim/validation/resource-body.ts';
import {
  addGroup,
  addMembers,
  addUser,
  createContext,
  everything,
  idOf,
  patch,
  removeMembers,
  schemas,
} from '../../helpers/directory.ts';
import { createTestTable } from '../../helpers/tables.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

let table: ScannableTable;
let context: DirectoryContext;

beforeEach(async () => {
  table = await createTestTable();
  context = await createContext(table);
});

async function read(type: 'User' | 'Group', id: string): Promise<JsonObject> {
  return (await getResource(context, type, id, everything[type])).representation;
}

async function find(type: 'User' | 'Group', filter: string): Promise<readonly string[]> {
  const list = await listResources(context, type, {
    filter: parseFilter(filter),
    startIndex: 1,
    count: 100,
    selection: everything[type],
  });
  expect(list.totalResults).toBe(list.resources.length);
  return list.resources.map(({ representation }) => idOf(representation));
}

async function expectSound(): Promise<void> {
  expect(await checkInvariants(table)).toEqual([]);
}

describe('users', () => {
  it('refuses a userName that differs only in case, and writes nothing', async () => {
    await addUser(context, 'Jo@example.com');
    await expect(addUser(context, 'jo@EXAMPLE.com', { externalId: 'second' })).rejects.toMatchObject({
      status: 409,
      scimType: 'uniqueness',
    });
    expect(await find('User', 'externalId eq "second"')).toEqual([]);
    await expectSound();
  });

  it('finds a user under the new name and no longer under the old one after a rename', async () => {
    const id = await addUser(context, 'jo@example.com', { externalId: 'one' });
    await patch(context, 'User', id, [{ op: 'replace', value: { userName: 'joanna@example.com', externalId: 'two' } }]);
    expect(await find('User', 'userName eq "jo@example.com"')).toEqual([]);
    expect(await find('User', 'userName eq "joanna@example.com"')).toEqual([id]);
    expect(await find('User', 'externalId eq "one"')).toEqual([]);
    expect(await find('User', 'externalId eq "two"')).toEqual([id]);
    await expectSound();
  });

  it('lets a user change the case of the own userName', async () => {
    const id = await addUser(context, 'jo@example.com');
    await patch(context, 'User', id, [{ op: 'replace', path: 'userName', value: 'Jo@Example.com' }]);
    expect((await read('User', id))['userName']).toBe('Jo@Example.com');
    await expectSound();
  });

  it('gives each of two users with the same e-mail address, but only where the type is right', async () => {
    const email = (type: string) => ({ emails: [{ type, value: 'team@example.com' }] });
    const first = await addUser(context, 'one@example.com', email('work'));
    const second = await addUser(context, 'two@example.com', email('work'));
    await addUser(context, 'three@example.com', email('home'));
    expect(await find('User', 'emails[type eq "work"].value eq "TEAM@example.com"')).toEqual([first, second].sort());
  });

  it('finds by employeeNumber, with its URN and without', async () => {
    const id = await addUser(context, 'jo@example.com', { [ENTERPRISE]: { employeeNumber: '77' } });
    expect(await find('User', `${ENTERPRISE}:employeeNumber eq "77"`)).toEqual([id]);
    expect(await find('User', 'employeeNumber eq "77"')).toEqual([id]);
  });

  it('keeps version and lastModified where a PATCH changes nothing', async () => {
    const id = await addUser(context, 'jo@example.com', { title: 'Boss' });
    const before = await read('User', id);
    await patch(context, 'User', id, [{ op: 'Add', path: 'title', value: 'Boss' }]);
    expect(await read('User', id)).toEqual(before);
  });

  it('refuses a change under an old version with 412, of members too', async () => {
    const id = await addUser(context, 'jo@example.com');
    const group = await addGroup(context, 'Sales');
    const operations = parsePatchBody(schemas.User, patchBody([{ op: 'replace', path: 'title', value: 'Boss' }]));
    const members = parsePatchBody(schemas.Group, patchBody([addMembers([id])]));
    const stale = { ifMatch: { versions: [7] }, selection: undefined };
    await expect(patchResource(context, 'User', id, operations, stale)).rejects.toMatchObject({ status: 412 });
    await expect(patchResource(context, 'Group', group, members, stale)).rejects.toMatchObject({ status: 412 });
    await expect(deleteResource(context, 'User', id, stale)).rejects.toMatchObject({ status: 412 });
    const current = { ifMatch: { versions: [1] }, selection: undefined };
    await patchResource(context, 'Group', group, members, current);
    await expect(patchResource(context, 'Group', group, members, current)).rejects.toMatchObject({ status: 412 });
  });

  it('resolves the name of a manager on read, and knows a manager who is not there yet', async () => {
    const manager = await addUser(context, 'boss@example.com', { displayName: 'Boss' });
    const id = await addUser(context, 'jo@example.com');
    await patch(context, 'User', id, [{ op: 'Add', path: `${ENTERPRISE}:manager`, value: manager }]);
    expect((await read('User', id))[ENTERPRISE]).toEqual({
      manager: { value: manager, $ref: `https://scim.example.com/acme/scim/v2/Users/${manager}`, displayName: 'Boss' },
    });
    expect(await find('User', `id eq "${id}" and manager eq "${manager}"`)).toEqual([id]);
    await patch(context, 'User', id, [{ op: 'replace', path: `${ENTERPRISE}:manager`, value: 'coming-later' }]);
    expect((await read('User', id))[ENTERPRISE]).toMatchObject({ manager: { value: 'coming-later' } });
    await patch(context, 'User', id, [{ op: 'replace', path: `${ENTERPRISE}:manager`, value: '' }]);
    expect((await read('User', id))[ENTERPRISE]).toBeUndefined();
  });

  it('refuses a resource too large to be stored with 413', async () => {
    const photos = Array.from({ length: 8 }, (_, n) => ({ value: `https://x.test/${n}/${'x'.repeat(60_000)}` }));
    await expect(addUser(context, 'jo@example.com', { photos })).rejects.toMatchObject({ status: 413 });
    const emails = Array.from({ length: 41 }, (_, n) => ({ value: `jo-${n}@example.com` }));
    await expect(addUser(context, 'jo@example.com', { emails })).rejects.toMatchObject({ status: 400 });
  });

  it('can delete a user with as many indexed values as are possible', async () => {
    const emails = Array.from({ length: 40 }, (_, n) => ({ value: `jo-${n}@example.com` }));
    const id = await addUser(context, 'jo@example.com', { emails });
    const others = emails.map((_, n) => ({ value: `other-${n}@example.com` }));
    await patch(context, 'User', id, [{ op: 'replace', path: 'emails', value: others }]);
    await deleteResource(context, 'User', id, { ifMatch: undefined });
    await expectSound();
  });
});

describe('groups', () => {
  it('answers a member with the groups, and a group with the members', async () => {
    const jo = await addUser(context, 'jo@example.com');
    const sales = await addGroup(context, 'Sales', [jo]);
    const all = await addGroup(context, 'All', [jo, sales]);
    expect((await read('User', jo))['groups']).toEqual(
      [
        {
          value: sales,
          $ref: `https://scim.example.com/acme/scim/v2/Groups/${sales}`,
          display: 'Sales',
          type: 'direct',
        },
        { value: all, $ref: `https://scim.example.com/acme/scim/v2/Groups/${all}`, display: 'All', type: 'direct' },
      ].sort((left, right) => (left.value < right.value ? -1 : 1)),
    );
    expect((await read('Group', all))['members']).toEqual(
      expect.arrayContaining([
        { value: jo, $ref: `https://scim.example.com/acme/scim/v2/Users/${jo}`, type: 'User' },
        { value: sales, $ref: `https://scim.example.com/acme/scim/v2/Groups/${sales}`, type: 'Group' },
      ]),
    );
    await expectSound();
  });

  it('refuses a member that does not exist, and changes nothing', async () => {
    const jo = await addUser(context, 'jo@example.com');
    const sales = await addGroup(context, 'Sales');
    const unknown = '00000000-0000-4000-8000-000000000000';
    await expect(patch(context, 'Group', sales, [addMembers([jo, unknown])])).rejects.toMatchObject({
      status: 400,
      scimType: 'invalidValue',
    });
    await expect(addGroup(context, 'Others', [unknown])).rejects.toMatchObject({ status: 400 });
    expect((await read('Group', sales))['members']).toBeUndefined();
    expect(await find('Group', 'displayName eq "Others"')).toEqual([]);
  });

  it('refuses itself as a member', async () => {
    const sales = await addGroup(context, 'Sales');
    await expect(patch(context, 'Group', sales, [addMembers([sales])])).rejects.toMatchObject({
      status: 400,
      scimType: 'invalidValue',
    });
    const everybody = await addGroup(context, 'Everybody', [sales]);
    await patch(context, 'Group', sales, [addMembers([everybody])]);
    await expectSound();
  });

  it('removes only the members that a Remove names, and all where it names none', async () => {
    const [jo, al, bo] = [
      await addUser(context, 'jo@example.com'),
      await addUser(context, 'al@example.com'),
      await addUser(context, 'bo@example.com'),
    ];
    const sales = await addGroup(context, 'Sales', [jo, al, bo]);
    await patch(context, 'Group', sales, [removeMembers([jo])]);
    expect((await read('Group', sales))['members']).toHaveLength(2);
    await patch(context, 'Group', sales, [{ op: 'remove', path: `members[value eq "${al}"]` }]);
    expect((await read('Group', sales))['members']).toHaveLength(1);
    await patch(context, 'Group', sales, [{ op: 'remove', path: 'members' }]);
    expect((await read('Group', sales))['members']).toBeUndefined();
    await expectSound();
  });

  it('counts a version for a change of members, and none where nobody comes or goes', async () => {
    const jo = await addUser(context, 'jo@example.com');
    const sales = await addGroup(context, 'Sales');
    const version = async () => (await getResource(context, 'Group', sales, everything.Group)).version;
    await patch(context, 'Group', sales, [addMembers([jo])]);
    expect(await version()).toBe(2);
    await patch(context, 'Group', sales, [addMembers([jo])]);
    await patch(context, 'Group', sales, [{ op: 'replace', path: 'members', value: [{ value: jo }] }]);
    expect(await version()).toBe(2);
  });

  it('replaces members by the difference; a PUT without members leaves them, [] empties the group', async () => {
    const [jo, al] = [await addUser(context, 'jo@example.com'), await addUser(context, 'al@example.com')];
    const sales = await addGroup(context, 'Sales', [jo]);
    const put = (members: readonly string[] | undefined, displayName: string) =>
      replaceResource(
        context,
        'Group',
        sales,
        { attributes: { displayName }, members },
        {
          ifMatch: undefined,
          selection: everything.Group,
        },
      );
    await put([al], 'Sales');
    expect((await read('Group', sales))['members']).toMatchObject([{ value: al }]);
    await put(undefined, 'Sales EU');
    expect((await read('Group', sales))['members']).toMatchObject([{ value: al }]);
    await put([], 'Sales EU');
    expect((await read('Group', sales))['members']).toBeUndefined();
    expect(await find('Group', 'displayName eq "sales eu"')).toEqual([sales]);
    await expectSound();
  });

  it('finds groups by member in any filter', async () => {
    const [jo, al] = [await addUser(context, 'jo@example.com'), await addUser(context, 'al@example.com')];
    const sales = await addGroup(context, 'Sales', [jo]);
    const legal = await addGroup(context, 'Legal', [jo, al]);
    const board = await addGroup(context, 'Board');
    expect(await find('Group', `members eq "${jo}"`)).toEqual([sales, legal].sort());
    expect(await find('Group', `members.value eq "${al}" and displayName eq "legal"`)).toEqual([legal]);
    expect(await find('Group', `members[value eq "${al}"] or displayName eq "board"`)).toEqual([legal, board].sort());
    expect(await find('Group', `not (members eq "${al}")`)).toEqual([sales, board].sort());
    expect(await find('User', `groups eq "${legal}"`)).toEqual([jo, al].sort());
    expect(await find('User', `groups.value eq "${legal}" and not (groups eq "${sales}")`)).toEqual([al]);
    await expect(find('Group', 'members pr')).rejects.toMatchObject({ status: 400, scimType: 'invalidFilter' });
  });
});

describe('deletion', () => {
  it('makes a user unknown, frees the userName, and ends every membership', async () => {
    const id = await addUser(context, 'jo@example.com', { externalId: 'one' });
    const sales = await addGroup(context, 'Sales', [id]);
    await deleteResource(context, 'User', id, { ifMatch: undefined });
    await expect(read('User', id)).rejects.toMatchObject({ status: 404 });
    await expect(deleteResource(context, 'User', id, { ifMatch: undefined })).rejects.toMatchObject({ status: 404 });
    expect(await find('User', 'externalId eq "one"')).toEqual([]);
    expect((await read('Group', sales))['members']).toBeUndefined();
    expect((await getResource(context, 'Group', sales, everything.Group)).version).toBe(2);
    const again = await addUser(context, 'jo@example.com');
    expect(again).not.toBe(id);
    expect(await find('User', 'userName eq "jo@example.com"')).toEqual([again]);
    await expectSound();
  });

  it('lets a user take over the name of a deleted one by a rename', async () => {
    const former = await addUser(context, 'jo@example.com');
    const id = await addUser(context, 'al@example.com');
    await deleteResource(context, 'User', former, { ifMatch: undefined });
    await patch(context, 'User', id, [{ op: 'replace', path: 'userName', value: 'jo@example.com' }]);
    expect(await find('User', 'userName eq "jo@example.com"')).toEqual([id]);
    await expectSound();
  });

  it('ends the memberships of a deleted group, its own in others included', async () => {
    const jo = await addUser(context, 'jo@example.com');
    const sales = await addGroup(context, 'Sales', [jo]);
    const everybody = await addGroup(context, 'Everybody', [sales]);
    await deleteResource(context, 'Group', sales, { ifMatch: undefined });
    expect((await read('User', jo))['groups']).toBeUndefined();
    expect((await read('Group', everybody))['members']).toBeUndefined();
    await expectSound();
  });

  it('keeps what was known of the resource in its tombstone', async () => {
    const id = await addUser(context, 'jo@example.com', { externalId: 'one' });
    const sales = await addGroup(context, 'Sales', [id]);
    await deleteResource(context, 'User', id, { ifMatch: undefined });
    expect(await table.get({ pk: 'T#acme#TOMBSTONE#User', sk: id })).toMatchObject({
      version: 2,
      by: { application: 'entra' },
      item: { attributes: { userName: 'jo@example.com', externalId: 'one' }, version: 1 },
    });
    expect(await table.get({ pk: `T#acme#TOMBSTONE-OF#${id}`, sk: sales })).toBeDefined();
  });
});

describe('tenants', () => {
  it('keep their people apart', async () => {
    const other = await createContext(table, { tenant: 'globex' });
    const id = await addUser(context, 'jo@example.com', { externalId: 'one' });
    const theirs = await addUser(other, 'jo@example.com');
    await expect(getResource(other, 'User', id, everything.User)).rejects.toMatchObject({ status: 404 });
    const group = await addGroup(other, 'Sales');
    await expect(patch(other, 'Group', group, [addMembers([id])])).rejects.toMatchObject({ status: 400 });
    const list = await listResources(other, 'User', {
      filter: undefined,
      startIndex: 1,
      count: 100,
      selection: everything.User,
    });
    expect(list.resources.map(({ representation }) => idOf(representation))).toEqual([theirs]);
    await expectSound();
  });
});

it('accepts and drops a password', async () => {
  const body = parseResourceBody(schemas.User, {
    schemas: [USER_SCHEMA],
    userName: 'jo@example.com',
    password: 'correct horse battery staple',
  });
  await createResource(context, 'User', body, everything.User);
  for await (const item of table.scan()) expect(JSON.stringify(item)).not.toContain('battery');
});

function patchBody(operations: readonly JsonObject[]): JsonObject {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations };
}
