import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../scim/json.ts';
import { applyPatch } from '../../../../scim/patch/apply.ts';
import { PATCH_OP_SCHEMA, parsePatchBody } from '../../../../scim/patch/parse.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../../scim/schema/enterprise-user.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';
import { USER_SCHEMA } from '../../../../scim/schema/user.ts';

const { User } = createResourceSchemas();
const ada: JsonObject = {
  userName: 'ada',
  title: 'Lead',
  active: true,
  name: { givenName: 'Ada', familyName: 'L' },
  emails: [
    { type: 'work', value: 'ada@work.example', primary: true },
    { type: 'home', value: 'ada@home.example' },
  ],
};

function patch(before: JsonObject, ...operations: JsonValue[]): JsonObject {
  const body = { schemas: [PATCH_OP_SCHEMA], Operations: operations };
  return applyPatch(User, before, parsePatchBody(User, body), 'u1').attributes;
}

const refusal = (scimType: string, detail = '') =>
  expect.objectContaining({ status: 400, scimType, message: expect.stringContaining(detail) });

describe('applyPatch', () => {
  // RFC 7644 §3.5.2.1
  describe('add', () => {
    it('assigns what is unassigned and replaces what is single-valued', () => {
      const patched = patch(
        ada,
        { op: 'add', path: 'nickName', value: 'A' },
        { op: 'add', path: 'title', value: 'Boss' },
      );
      expect(patched).toEqual({ ...ada, nickName: 'A', title: 'Boss' });
    });

    it('adds values to a multi-valued attribute, given as a list or alone', () => {
      const value = { type: 'other', value: 'ada@x.example' };
      expect(patch(ada, { op: 'add', path: 'emails', value })['emails']).toHaveLength(3);
      expect(patch(ada, { op: 'add', path: 'emails', value: [value] })['emails']).toHaveLength(3);
      expect(patch({ userName: 'a' }, { op: 'add', path: 'emails', value })['emails']).toEqual([value]);
    });

    it('adds no value twice, in another case either, and takes over what else it says', () => {
      const same = { type: 'WORK', value: 'ADA@work.example' };
      expect(patch(ada, { op: 'add', path: 'emails', value: [same] })).toBe(ada);
      expect(patch(ada, { op: 'add', path: 'emails', value: [{ ...same, display: 'Ada' }] })['emails']).toEqual([
        { type: 'work', value: 'ada@work.example', primary: true, display: 'Ada' },
        { type: 'home', value: 'ada@home.example' },
      ]);
    });

    it('takes what an added value says over into the first of those that are the same', () => {
      const before = {
        userName: 'a',
        emails: [
          { value: 'a', display: 'x' },
          { value: 'a', display: 'y' },
        ],
      };
      expect(patch(before, { op: 'add', path: 'emails', value: { value: 'A', display: 'z' } })['emails']).toEqual([
        { value: 'a', display: 'z' },
        { value: 'a', display: 'y' },
      ]);
    });

    it('takes a value without value for the same when all but primary is', () => {
      const before = { userName: 'a', addresses: [{ type: 'work', locality: 'Ulm' }] };
      const add = (value: JsonValue) => patch(before, { op: 'add', path: 'addresses', value: [value] })['addresses'];
      expect(add({ type: 'work', locality: 'ULM', primary: true })).toEqual([
        { type: 'work', locality: 'Ulm', primary: true },
      ]);
      expect(add({ type: 'work', locality: 'Bonn' })).toHaveLength(2);
    });

    it.each([null, '', [], [null]])('adds no value to a list by %j', (value) => {
      expect(patch(ada, { op: 'add', path: 'emails', value })).toBe(ada);
    });

    it('merges into a complex attribute', () => {
      expect(patch(ada, { op: 'add', path: 'name', value: { middleName: 'K', familyName: 'M' } })['name']).toEqual({
        givenName: 'Ada',
        middleName: 'K',
        familyName: 'M',
      });
    });

    it('takes a set of attributes without a path', () => {
      const value = { NICKNAME: 'A', emails: [{ value: 'x' }], [ENTERPRISE_USER_SCHEMA]: { division: 'd' } };
      expect(patch(ada, { op: 'add', value })).toMatchObject({
        nickName: 'A',
        emails: [{ type: 'work' }, { type: 'home' }, { value: 'x' }],
        [ENTERPRISE_USER_SCHEMA]: { division: 'd' },
      });
    });

    it('adds an extension with its first attribute', () => {
      expect(patch(ada, { op: 'add', path: `${ENTERPRISE_USER_SCHEMA}:division`, value: 'd' })).toEqual({
        ...ada,
        [ENTERPRISE_USER_SCHEMA]: { division: 'd' },
      });
    });

    it('merges into the values that a value path selects', () => {
      const value = { display: 'Ada' };
      expect(patch(ada, { op: 'add', path: 'emails[type eq "WORK"]', value })['emails']).toEqual([
        { type: 'work', value: 'ada@work.example', primary: true, display: 'Ada' },
        { type: 'home', value: 'ada@home.example' },
      ]);
      expect(patch(ada, { op: 'add', path: 'emails[type eq "work"]', value: {} })).toBe(ada);
    });

    it('makes the value that a value path describes', () => {
      const path = 'emails[type eq "other" and primary eq "True"]';
      expect(patch(ada, { op: 'add', path: `${path}.value`, value: 'x' })['emails']).toEqual([
        { type: 'work', value: 'ada@work.example', primary: false },
        { type: 'home', value: 'ada@home.example' },
        { type: 'other', value: 'x', primary: true },
      ]);
      expect(patch(ada, { op: 'add', path, value: [{ value: 'x' }] })['emails']).toHaveLength(3);
      expect(patch({ userName: 'a' }, { op: 'add', path: 'emails[type eq null].value', value: 'x' })['emails']).toEqual(
        [{ value: 'x' }],
      );
    });

    it.each([
      'emails[type eq "a" or type eq "b"].value',
      'emails[type ne "work" and type ne "home"].value',
      'emails[type eq "a" and type eq "b"].value',
      'emails[type eq "a" and (value sw "b")].value',
      'emails[not (type pr)].value',
    ])('makes none for %s, which describes no single one', (path) => {
      expect(() => patch(ada, { op: 'add', path, value: 'x' })).toThrow(refusal('noTarget', 'emails.value'));
    });
  });

  // RFC 7644 §3.5.2.2
  describe('remove', () => {
    it('unassigns an attribute, a sub-attribute, and a complex attribute with its last sub-attribute', () => {
      expect(patch(ada, { op: 'remove', path: 'title' }, { op: 'remove', path: 'name.givenName' })).toEqual({
        userName: 'ada',
        active: true,
        name: { familyName: 'L' },
        emails: ada['emails'],
      });
      expect(
        patch(ada, { op: 'remove', path: 'name.givenName' }, { op: 'remove', path: 'name.familyName' })['name'],
      ).toBeUndefined();
    });

    it('removes all values, or those that the filter selects, and the attribute with the last', () => {
      expect(patch(ada, { op: 'remove', path: 'emails' })['emails']).toBeUndefined();
      expect(patch(ada, { op: 'remove', path: 'emails[value ew "home.example"]' })['emails']).toEqual([
        { type: 'work', value: 'ada@work.example', primary: true },
      ]);
      expect(patch(ada, { op: 'remove', path: 'emails[value pr]' })['emails']).toBeUndefined();
    });

    it('removes a sub-attribute of the selected values, or of all of them', () => {
      expect(patch(ada, { op: 'remove', path: 'emails[primary eq true].primary' })['emails']).toEqual([
        { type: 'work', value: 'ada@work.example' },
        { type: 'home', value: 'ada@home.example' },
      ]);
      expect(patch(ada, { op: 'remove', path: 'emails.type' })['emails']).toEqual([
        { value: 'ada@work.example', primary: true },
        { value: 'ada@home.example' },
      ]);
    });

    it('removes a value of which only labels are left', () => {
      expect(patch(ada, { op: 'remove', path: 'emails[type eq "work"].value' })['emails']).toEqual([
        { type: 'home', value: 'ada@home.example' },
      ]);
    });

    it('changes nothing where there is nothing to remove', () => {
      const paths = [
        'nickName',
        'name.middleName',
        'ims',
        'emails[type eq "x"]',
        'emails[type eq "x"].value',
        'ims.type',
      ];
      expect(patch(ada, ...paths.map((path) => ({ op: 'remove', path })))).toBe(ada);
      expect(patch(ada, { op: 'remove', path: `${ENTERPRISE_USER_SCHEMA}:division` })).toBe(ada);
      expect(patch(ada, { op: 'remove', path: ENTERPRISE_USER_SCHEMA })).toBe(ada);
      expect(patch(ada, { op: 'remove', path: 'password' })).toBe(ada);
    });

    it('removes an extension as a whole', () => {
      const before = { ...ada, [ENTERPRISE_USER_SCHEMA]: { division: 'd', manager: { value: 'm' } } };
      expect(patch(before, { op: 'remove', path: ENTERPRISE_USER_SCHEMA })).toEqual(ada);
      expect(patch(before, { op: 'replace', path: ENTERPRISE_USER_SCHEMA, value: null })).toEqual(ada);
    });

    it.each([
      { op: 'remove', path: 'userName' },
      { op: 'replace', path: 'userName', value: '' },
      { op: 'replace', path: 'userName', value: null },
      { op: 'replace', value: { userName: null } },
    ])('refuses to unassign what is required: %j', (operation) => {
      expect(() => patch(ada, operation)).toThrow(refusal('mutability', 'userName is required'));
    });
  });

  // RFC 7644 §3.5.2.3
  describe('replace', () => {
    it('replaces a value, or adds it where there is none', () => {
      const patched = patch(
        ada,
        { op: 'replace', path: 'title', value: 'B' },
        { op: 'replace', path: 'locale', value: 'de' },
      );
      expect(patched).toEqual({ ...ada, title: 'B', locale: 'de' });
    });

    it('replaces all values of a multi-valued attribute', () => {
      expect(patch(ada, { op: 'replace', path: 'emails', value: [{ value: 'x' }] })['emails']).toEqual([
        { value: 'x' },
      ]);
      expect(patch(ada, { op: 'replace', path: 'emails', value: { value: 'x' } })['emails']).toEqual([{ value: 'x' }]);
      expect(patch(ada, { op: 'replace', path: 'emails', value: [] })['emails']).toBeUndefined();
    });

    it('merges into a complex attribute, and unassigns what is null in it', () => {
      const value = { familyName: 'M', givenName: null };
      expect(patch(ada, { op: 'replace', path: 'name', value })['name']).toEqual({ familyName: 'M' });
      expect(patch(ada, { op: 'replace', path: 'name', value: {} })).toBe(ada);
      expect(patch({ userName: 'a' }, { op: 'replace', path: 'name', value: { familyName: 'M' } })['name']).toEqual({
        familyName: 'M',
      });
    });

    it('replaces each selected value, of which the filter stays true', () => {
      const before = { userName: 'a', addresses: [{ type: 'work', locality: 'Ulm', region: 'BW' }, { type: 'home' }] };
      const replace = (path: string, value: JsonValue) => patch(before, { op: 'replace', path, value })['addresses'];
      expect(replace('addresses[type eq "work"]', { locality: 'Bonn' })).toEqual([
        { type: 'work', locality: 'Bonn' },
        { type: 'home' },
      ]);
      expect(replace('addresses[type eq "work"]', [{ type: 'other', country: 'DE' }])).toEqual([
        { type: 'other', country: 'DE' },
        { type: 'home' },
      ]);
      expect(replace('addresses[not (region pr)]', { country: 'DE' })).toEqual([
        { type: 'work', locality: 'Ulm', region: 'BW' },
        { country: 'DE' },
      ]);
    });

    it('makes one of values that have become equal', () => {
      const before = { userName: 'a', emails: [{ value: 'a' }, { value: 'b' }] };
      expect(patch(before, { op: 'replace', path: 'emails[value pr].value', value: 'c' })['emails']).toEqual([
        { value: 'c' },
      ]);
    });

    it('replaces a sub-attribute of the selected values', () => {
      expect(patch(ada, { op: 'replace', path: 'emails[type eq "home"].value', value: 'x' })['emails']).toEqual([
        { type: 'work', value: 'ada@work.example', primary: true },
        { type: 'home', value: 'x' },
      ]);
    });

    it('refuses a value path that selects nothing, but not when it is to be cleared', () => {
      const path = 'emails[type eq "other"]';
      expect(() => patch(ada, { op: 'replace', path: `${path}.value`, value: 'x' })).toThrow(refusal('noTarget'));
      expect(() => patch(ada, { op: 'replace', path, value: { value: 'x' } })).toThrow(refusal('noTarget'));
      expect(() => patch({ userName: 'a' }, { op: 'replace', path, value: { value: 'x' } })).toThrow(
        refusal('noTarget'),
      );
      for (const value of ['', null]) {
        expect(patch(ada, { op: 'replace', path: `${path}.value`, value })).toBe(ada);
        expect(patch(ada, { op: 'replace', path, value })).toBe(ada);
      }
    });

    it('removes the selected values by null', () => {
      expect(patch(ada, { op: 'replace', path: 'emails[type eq "work"]', value: null })['emails']).toHaveLength(1);
      expect(patch(ada, { op: 'replace', path: 'emails[type eq "work"]', value: [] })['emails']).toHaveLength(1);
    });

    it('ignores the schemas that some clients put into an extension', () => {
      const value = { schemas: [ENTERPRISE_USER_SCHEMA], department: 'Ops' };
      const expected = { ...ada, [ENTERPRISE_USER_SCHEMA]: { department: 'Ops' } };
      expect(patch(ada, { op: 'add', path: ENTERPRISE_USER_SCHEMA, value })).toEqual(expected);
      expect(patch(ada, { op: 'replace', value: { [ENTERPRISE_USER_SCHEMA]: value } })).toEqual(expected);
    });

    it('takes the attributes of an extension, or of the core schema, under the URN as the path', () => {
      expect(
        patch(
          ada,
          { op: 'replace', path: ENTERPRISE_USER_SCHEMA, value: { division: 'd', manager: 'm' } },
          { op: 'replace', path: USER_SCHEMA, value: { title: 'B' } },
          { op: 'replace', path: `${USER_SCHEMA}:name.familyName`, value: 'M' },
        ),
      ).toEqual({
        ...ada,
        title: 'B',
        name: { givenName: 'Ada', familyName: 'M' },
        [ENTERPRISE_USER_SCHEMA]: { division: 'd', manager: { value: 'm' } },
      });
    });
  });

  describe('a sub-attribute without a filter', () => {
    it('is that of the only value, which is made where there is none', () => {
      const replace = (before: JsonObject) => patch(before, { op: 'replace', path: 'ims.value', value: 'x' })['ims'];
      expect(replace({ userName: 'a' })).toEqual([{ value: 'x' }]);
      expect(replace({ userName: 'a', ims: [{ value: 'y', type: 'icq' }] })).toEqual([{ value: 'x', type: 'icq' }]);
    });

    it('is refused where there are several values, for all would become one', () => {
      expect(() => patch(ada, { op: 'replace', path: 'emails.value', value: 'x' })).toThrow(
        refusal('invalidPath', 'there are 2 values'),
      );
    });
  });

  // RFC 7644 §3.5.2, "primary"
  describe('primary', () => {
    const third = { value: 'x', primary: true };
    const settled = [
      { type: 'work', value: 'ada@work.example', primary: false },
      { type: 'home', value: 'ada@home.example' },
    ];

    it('goes from the others to a value that is added, or becomes primary', () => {
      expect(patch(ada, { op: 'add', path: 'emails', value: [third] })['emails']).toEqual([...settled, third]);
      expect(patch(ada, { op: 'replace', path: 'emails[type eq "home"].primary', value: 'True' })['emails']).toEqual([
        settled[0],
        { type: 'home', value: 'ada@home.example', primary: true },
      ]);
    });

    it('stays where it is when the value that has it is changed', () => {
      expect(patch(ada, { op: 'replace', path: 'emails[primary eq true].value', value: 'x' })['emails']).toEqual([
        { type: 'work', value: 'x', primary: true },
        { type: 'home', value: 'ada@home.example' },
      ]);
    });

    it('cannot go to two at once', () => {
      const operation = { op: 'replace', path: 'emails[value pr].primary', value: true };
      const before = { userName: 'a', emails: [{ value: 'a' }, { value: 'b' }] };
      expect(() => patch(before, operation)).toThrow(refusal('invalidValue', 'primary'));
      expect(() => patch(before, { op: 'add', path: 'emails', value: [third, { ...third, value: 'y' }] })).toThrow(
        refusal('invalidValue', 'primary'),
      );
    });
  });

  it('applies operations one after the other', () => {
    const patched = patch(
      ada,
      { op: 'remove', path: 'emails' },
      { op: 'add', path: 'emails[type eq "work"].value', value: 'x' },
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'y' },
    );
    expect(patched['emails']).toEqual([{ type: 'work', value: 'y' }]);
  });

  it('gives back the very same attributes where the operations come to nothing', () => {
    expect(patch(ada, { op: 'remove', path: 'title' }, { op: 'add', path: 'title', value: 'Lead' })).toBe(ada);
    expect(patch(ada, { op: 'replace', path: 'active', value: 'True' })).toBe(ada);
    expect(patch(ada, { op: 'replace', value: { password: 'x', name: { givenName: 'Ada' } } })).toBe(ada);
  });

  it('leaves what it was given as it was, in success and in failure', () => {
    const before = structuredClone(ada);
    patch(ada, { op: 'add', path: 'emails', value: [{ value: 'x', primary: true }] }, { op: 'remove', path: 'name' });
    expect(() => patch(ada, { op: 'remove', path: 'name' }, { op: 'replace', path: 'active', value: 5 })).toThrow();
    expect(ada).toEqual(before);
  });

  it.each([
    { op: 'replace', path: 'id', value: 'u1' },
    { op: 'replace', path: 'schemas', value: [USER_SCHEMA] },
    { op: 'remove', path: 'meta' },
    { op: 'replace', path: 'meta.created', value: 'x' },
    { op: 'add', path: 'groups', value: [{ value: 'g' }] },
    { op: 'remove', path: 'groups', value: [{ value: 'g' }] },
    { op: 'remove', path: 'groups[value eq "g"]' },
    { op: 'replace', value: { groups: [] } },
    { op: 'replace', path: 'manager.displayName', value: 'x' },
    { op: 'replace', value: { id: 'u2' } },
    { op: 'replace', value: { ID: null } },
  ])('refuses to change what is read-only: %j', (operation) => {
    expect(() => patch(ada, operation)).toThrow(refusal('mutability', 'read-only'));
  });

  it.each([
    [{ op: 'replace', path: 'active', value: 5 }, 'invalidValue', 'active: expected true or false'],
    [{ op: 'replace', path: 'title', value: ['x'] }, 'invalidValue', 'title: expected a string, got a list'],
    [{ op: 'replace', path: 'name', value: 'x' }, 'invalidValue', 'name: expected an object, got a string'],
    [{ op: 'replace', path: 'name.givenName', value: {} }, 'invalidValue', 'name.givenName: expected a string'],
    [{ op: 'add', path: 'emails', value: 'x' }, 'invalidValue', 'emails: expected an object, got a string'],
    [{ op: 'add', path: 'emails[type eq "work"]', value: 'x' }, 'invalidValue', 'emails: expected an object'],
    [{ op: 'add', path: 'emails[type eq "work"].value', value: 5 }, 'invalidValue', 'emails.value: expected a string'],
    [{ op: 'replace', path: 'userName', value: '  ' }, 'invalidValue', 'userName is required'],
    [{ op: 'remove', path: 'emails[shoeSize eq 5]' }, 'invalidFilter', 'shoeSize'],
    [{ op: 'remove', path: 'emails[primary gt true]' }, 'invalidFilter', 'gt'],
  ])('refuses %j', (operation, scimType, detail) => {
    expect(() => patch(ada, operation)).toThrow(refusal(scimType, detail));
  });

  it('names the limit on values, however they come together', () => {
    const value = (from: number) => Array.from({ length: 600 }, (_, i) => ({ value: `r${from + i}` }));
    const add = (from: number) => ({ op: 'add', path: 'roles', value: value(from) });
    expect(patch(ada, add(0), add(0))['roles']).toHaveLength(600);
    expect(() => patch(ada, add(0), add(600))).toThrow(refusal('invalidValue', 'roles would have 1200 values'));
  });
});
