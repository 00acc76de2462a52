import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../scim/json.ts';
import { applyPatch } from '../../../../scim/patch/apply.ts';
import { parsePatchBody } from '../../../../scim/patch/parse.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../../scim/schema/enterprise-user.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';
import { parseResourceBody } from '../../../../scim/validation/resource-body.ts';
import { readDocumentedBody, readDocumentedRequests } from '../../../helpers/documented-requests.ts';

const { User, Group } = createResourceSchemas();
const MANAGER_ID = '3f0c1a52-7d7e-4f5e-9a6b-0d1c2b3a4e5f';
const OTHER_ID = '8b1d7c90-52aa-4c1f-8e0e-6f1f2d3c4b5a';

const ada: JsonObject = {
  userName: 'ada@contoso.example',
  displayName: 'Ada L',
  active: true,
  name: { givenName: 'Ada', familyName: 'L' },
  emails: [{ type: 'work', value: 'ada@contoso.example', primary: true }],
};

function patchUser(attributes: JsonObject, fixture: string, shows: string): JsonObject {
  return applyPatch(User, attributes, parsePatchBody(User, readDocumentedBody(fixture, shows)), 'u1').attributes;
}

function memberChangesOf(shows: string) {
  const operations = parsePatchBody(Group, readDocumentedBody('entra/members', shows));
  return applyPatch(Group, { displayName: 'Sales' }, operations, 'g1').memberChanges;
}

describe('Entra without flag', () => {
  it('updates a user with one capitalised operation an attribute and booleans as strings', () => {
    expect(patchUser(ada, 'entra/unflagged-user-update', 'one operation an attribute')).toEqual({
      userName: 'ada@contoso.example',
      displayName: 'Ada M',
      active: false,
      name: { givenName: 'Ada', familyName: 'M' },
      emails: [{ type: 'work', value: 'am@contoso.example', primary: true }],
      phoneNumbers: [{ type: 'mobile', value: '55555550100' }],
      [ENTERPRISE_USER_SCHEMA]: { department: 'Ops' },
    });
  });

  it('creates a user from nulls, empty lists and a read-only meta', () => {
    const body = readDocumentedBody('entra/create-user', 'with nulls, empty lists and a read-only meta');
    expect(parseResourceBody(User, body).attributes).toEqual({
      externalId: '9f4e21aa',
      userName: 'ada@contoso.example',
      active: true,
      displayName: 'Ada L',
      emails: [{ primary: true, type: 'work', value: 'ada@contoso.example' }],
      name: { givenName: 'Ada', familyName: 'L', formatted: 'Ada L' },
      [ENTERPRISE_USER_SCHEMA]: { employeeNumber: '77', department: 'R&D' },
    });
  });

  it('creates a user from booleans as strings', () => {
    const body = readDocumentedBody('entra/create-user', 'with booleans as strings');
    expect(parseResourceBody(User, body).attributes).toEqual({
      userName: 'bob@contoso.example',
      active: false,
      roles: [{ primary: true, type: 'WindowsAzureActiveDirectoryRole', value: 'Admin' }],
    });
  });

  it('creates a user with a bare manager in an extension that schemas does not list', () => {
    const body = readDocumentedBody('entra/create-user', 'with a bare manager in an unlisted extension');
    expect(parseResourceBody(User, body).attributes).toEqual({
      userName: 'cy@contoso.example',
      [ENTERPRISE_USER_SCHEMA]: { manager: { value: MANAGER_ID } },
    });
  });

  it("creates a group with Microsoft's own schema URI and no members", () => {
    const body = readDocumentedBody('entra/create-group', "with the group schema of Microsoft's own");
    expect(parseResourceBody(Group, body)).toEqual({
      attributes: { externalId: '0c7a', displayName: 'Sales' },
      members: [],
    });
  });

  it.each([
    ['an e-mail address that is new', 'emails', [{ type: 'home', value: 'ada@home.example', display: 'at home' }]],
    ['an address in parts', 'addresses', [{ type: 'work', streetAddress: '1 Main Street', locality: 'Springfield' }]],
    [
      'a primary role in parts',
      'roles',
      [{ primary: true, value: 'Admin', display: 'Administrator', type: 'WindowsAzureActiveDirectoryRole' }],
    ],
  ])('builds one value of %s from the filter of the path', (shows, attribute, expected) => {
    expect(patchUser({ userName: 'a' }, 'entra/typed-values', shows)[attribute]).toEqual(expected);
  });

  it('clears every mapped attribute by an empty string, and does so again', () => {
    const full: JsonObject = {
      ...ada,
      title: 'Lead',
      preferredLanguage: 'en',
      phoneNumbers: [{ type: 'mobile', value: '1' }],
      addresses: [{ type: 'work', streetAddress: '1 Main Street', locality: 'Springfield' }],
      roles: [{ primary: true, type: 'x', value: 'Admin' }],
      [ENTERPRISE_USER_SCHEMA]: { department: 'Ops', manager: { value: MANAGER_ID } },
    };
    const cleared = patchUser(full, 'entra/null-update', 'every mapped attribute');
    expect(cleared).toEqual({ userName: 'ada@contoso.example', displayName: 'Ada L' });
    expect(patchUser(cleared, 'entra/null-update', 'every mapped attribute')).toBe(cleared);
  });

  it('clears by null as by an empty string', () => {
    expect(patchUser({ ...ada, title: 'Lead' }, 'entra/null-update', 'by null')).toEqual({
      userName: 'ada@contoso.example',
      displayName: 'Ada L',
      active: true,
      name: { givenName: 'Ada', familyName: 'L' },
    });
  });

  it.each(['a bare id', 'an object', 'a list with a reference, without URN'])(
    'sets the manager given as %s',
    (shows) => {
      const { [ENTERPRISE_USER_SCHEMA]: extension } = patchUser(ada, 'entra/manager', shows);
      expect(extension).toMatchObject({ manager: { value: MANAGER_ID } });
    },
  );

  it('forgets the URL of the manager before when another is set', () => {
    const before = { ...ada, [ENTERPRISE_USER_SCHEMA]: { manager: { value: 'm0', $ref: 'https://scim.example/m0' } } };
    expect(patchUser(before, 'entra/manager', 'a bare id')[ENTERPRISE_USER_SCHEMA]).toEqual({
      manager: { value: MANAGER_ID },
    });
  });

  it.each(['removed by an empty string', 'removed by an empty value', 'removed'])(
    'takes the manager away when %s, with the extension that held nothing else',
    (shows) => {
      const managed = {
        ...ada,
        [ENTERPRISE_USER_SCHEMA]: { manager: { value: 'm0', $ref: 'https://scim.example/m0' } },
      };
      expect(patchUser(managed, 'entra/manager', shows)).toEqual(ada);
      expect(patchUser(ada, 'entra/manager', shows)).toBe(ada);
    },
  );

  it('keeps a role that is a JSON text as it is', () => {
    expect(patchUser({ userName: 'a' }, 'entra/roles', 'a JSON text as the value')['roles']).toEqual([
      { value: '{"id":"18d14569","value":"25","displayName":"Reader"}' },
    ]);
  });

  it('adds roles to those that are there, and replaces all by a list that is the truth', () => {
    const before = { userName: 'a', roles: [{ value: '24' }] };
    expect(patchUser(before, 'entra/roles', 'a complex list')['roles']).toHaveLength(2);
    expect(patchUser(before, 'entra/roles', 'the list as the truth')['roles']).toEqual([
      { primary: false, type: 'WindowsAzureActiveDirectoryRole', display: 'Writer', value: '26' },
    ]);
  });

  it.each([
    ['added, without the flag', [{ kind: 'add', ids: [MANAGER_ID] }]],
    ['removed, without the flag', [{ kind: 'remove', ids: [MANAGER_ID] }]],
    ['removed, with the flag', [{ kind: 'remove', ids: [MANAGER_ID] }]],
    ['replaced', [{ kind: 'clear' }, { kind: 'add', ids: [MANAGER_ID, OTHER_ID] }]],
    ['without path', [{ kind: 'add', ids: [MANAGER_ID] }]],
    [
      'added and removed at once',
      [
        { kind: 'add', ids: [MANAGER_ID] },
        { kind: 'remove', ids: [OTHER_ID] },
      ],
    ],
  ])('understands members %s', (shows, expected) => {
    expect(memberChangesOf(shows)).toEqual(expected);
  });

  it('renames a group and changes its externalId', () => {
    const bodies = readDocumentedRequests('entra/group-update');
    const renamed = [...bodies.values()].map(
      (body) =>
        applyPatch(Group, { displayName: 'Sales', externalId: '0c7a' }, parsePatchBody(Group, body), 'g').attributes,
    );
    expect(renamed).toEqual([
      { displayName: 'Sales EU', externalId: '0c7a' },
      { displayName: 'Sales', externalId: '0c7b' },
    ]);
  });

  describe('Remove with values', () => {
    const remove = (attributes: JsonObject, path: string, value: JsonObject | readonly JsonObject[] | null | string) =>
      applyPatch(
        User,
        attributes,
        parsePatchBody(User, {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
          Operations: [{ op: 'Remove', path, value }],
        }),
        'u1',
      ).attributes;
    const mails = {
      userName: 'a',
      emails: [
        { type: 'work', value: 'a@x.example', primary: true },
        { type: 'home', value: 'a@x.example' },
        { type: 'home', value: 'b@x.example' },
      ],
    };

    it('removes the values of that value and type, whatever else they say', () => {
      expect(remove(mails, 'emails', [{ type: 'work', value: 'A@x.example' }])['emails']).toEqual(
        mails.emails.slice(1),
      );
    });

    it('removes the values of that value when no type is given', () => {
      expect(remove(mails, 'emails', { value: 'a@x.example' })['emails']).toEqual(mails.emails.slice(2));
    });

    it('removes what agrees with all that is said where no value is', () => {
      expect(remove(mails, 'emails', [{ type: 'home' }])['emails']).toEqual(mails.emails.slice(0, 1));
    });

    it('removes nothing for an empty list, and nothing that is not there', () => {
      expect(remove(mails, 'emails', [])).toBe(mails);
      expect(remove(mails, 'emails', [{ value: 'c@x.example' }])).toBe(mails);
    });

    it('removes all values where the value is null, and by a path that selects, what that selects', () => {
      expect(remove(mails, 'emails', null)).toEqual({ userName: 'a' });
      expect(remove(mails, 'emails[type eq "work"]', [{ value: 'b@x.example' }])['emails']).toEqual(
        mails.emails.slice(1),
      );
    });

    it('pays no heed to the value of a single-valued attribute', () => {
      expect(remove({ userName: 'a', title: 'Lead' }, 'title', 'Boss')).toEqual({ userName: 'a' });
    });
  });
});
