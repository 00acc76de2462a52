import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../scim/json.ts';
import { defineAttribute } from '../../../../scim/schema/common.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../../scim/schema/enterprise-user.ts';
import { GROUP_SCHEMA } from '../../../../scim/schema/group.ts';
import { ResourceSchema } from '../../../../scim/schema/resource-schema.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';
import { USER_SCHEMA } from '../../../../scim/schema/user.ts';
import { MAX_MEMBER_ID_LENGTH, MAX_VALUES } from '../../../../scim/validation/limits.ts';
import { parseResourceBody } from '../../../../scim/validation/resource-body.ts';
import { ACME_SCHEMA, acmeExtension, acmeUserSchema } from '../../../helpers/acme-extension.ts';

const { User, Group } = createResourceSchemas();
const attributesOf = (body: JsonValue) => parseResourceBody(User, body).attributes;
const membersOf = (members: JsonValue) => parseResourceBody(Group, { displayName: 'G', members }).members;
const refusal = (scimType: string, detail: string) =>
  expect.objectContaining({ status: 400, scimType, message: expect.stringContaining(detail) });

describe('parseResourceBody', () => {
  it.each([null, [], 'x', 5, true])('refuses the body %j, which is no object', (body) => {
    expect(() => attributesOf(body)).toThrow(refusal('invalidSyntax', 'expected a resource as an object'));
  });

  describe('schemas', () => {
    it.each([
      { schemas: [USER_SCHEMA] },
      { schemas: [USER_SCHEMA.toUpperCase(), 'urn:x:y'] },
      { Schemas: [USER_SCHEMA] },
      { schemas: null },
      { schemas: [] },
      {},
    ])('may be %j', (body) => {
      expect(attributesOf({ ...body, userName: 'a' })).toEqual({ userName: 'a' });
    });

    it.each([
      [USER_SCHEMA, 'expected a list of URNs'],
      [[USER_SCHEMA, 5], 'expected a list of URNs'],
      [{}, 'expected a list of URNs'],
      [[GROUP_SCHEMA], `expected ${USER_SCHEMA} among the URNs`],
      [[ENTERPRISE_USER_SCHEMA], `expected ${USER_SCHEMA} among the URNs`],
    ])('may not be %j', (schemas, detail) => {
      expect(() => attributesOf({ schemas, userName: 'a' })).toThrow(refusal('invalidSyntax', detail));
    });
  });

  it('ignores what is unknown, read-only or only written', () => {
    const body = {
      schemas: [USER_SCHEMA, 'http://schemas.example/unknown'],
      id: 5,
      meta: 'x',
      groups: 'x',
      password: 'secret',
      userName: 'a',
      shoeSize: 42,
      'name.givenName': 'Ada',
      [`${ENTERPRISE_USER_SCHEMA}:department`]: 'Ops',
      'urn:none': { a: 1 },
      [ENTERPRISE_USER_SCHEMA]: { shoeSize: 42, manager: { displayName: 'x' } },
    };
    expect(parseResourceBody(User, body)).toEqual({ attributes: { userName: 'a' }, members: undefined });
  });

  it('checks the type of a password without showing it', () => {
    expect(() => attributesOf({ userName: 'a', password: { secret: 'Tr0ub4dor' } })).toThrow(
      refusal('invalidValue', 'password: expected a string, got an object'),
    );
  });

  it('spells attributes and URNs as the schemas do', () => {
    const body = {
      USERNAME: 'a',
      Name: { GIVENNAME: 'b' },
      [ENTERPRISE_USER_SCHEMA.toUpperCase()]: { Department: 'c' },
    };
    expect(attributesOf(body)).toEqual({
      userName: 'a',
      name: { givenName: 'b' },
      [ENTERPRISE_USER_SCHEMA]: { department: 'c' },
    });
  });

  it.each([
    [{ userName: 'a', USERNAME: 'a' }, 'userName is there twice'],
    [{ userName: 'a', id: '1', ID: '2' }, 'id is there twice'],
    [
      { userName: 'a', [ENTERPRISE_USER_SCHEMA]: {}, [ENTERPRISE_USER_SCHEMA.toLowerCase()]: {} },
      `${ENTERPRISE_USER_SCHEMA} is there twice`,
    ],
    [{ userName: 'a', [ENTERPRISE_USER_SCHEMA]: { division: 'a', DIVISION: 'b' } }, ':division is there twice'],
  ])('refuses %j', (body, detail) => {
    expect(() => attributesOf(body)).toThrow(refusal('invalidSyntax', detail));
  });

  it.each([null, '', {}, { department: null }])('takes an extension of %j for unassigned', (data) => {
    expect(attributesOf({ userName: 'a', [ENTERPRISE_USER_SCHEMA]: data })).toEqual({ userName: 'a' });
  });

  it('refuses an extension that is no object, and names the path inside one', () => {
    expect(() => attributesOf({ userName: 'a', [ENTERPRISE_USER_SCHEMA]: [] })).toThrow(
      refusal('invalidValue', `${ENTERPRISE_USER_SCHEMA}: expected an object, got a list`),
    );
    expect(() => attributesOf({ userName: 'a', [ENTERPRISE_USER_SCHEMA]: { department: 5 } })).toThrow(
      refusal('invalidValue', `${ENTERPRISE_USER_SCHEMA}:department: expected a string, got a number`),
    );
  });

  it.each([
    ['m1', { value: 'm1' }],
    [{ Value: 'm1' }, { value: 'm1' }],
    [[{ value: 'm1', $ref: 'u/m1' }], { value: 'm1', $ref: 'u/m1' }],
    ['', undefined],
    [[], undefined],
    [[null], undefined],
    [{ value: '', $ref: 'u/m1' }, undefined],
    [{ VALUE: null }, undefined],
  ])('reads the manager %j', (manager, expected) => {
    const extension = attributesOf({ userName: 'a', [ENTERPRISE_USER_SCHEMA]: { manager } })[ENTERPRISE_USER_SCHEMA];
    expect(extension).toEqual(expected === undefined ? undefined : { manager: expected });
  });

  it('refuses several managers', () => {
    const manager = [{ value: 'm1' }, { value: 'm2' }];
    expect(() => attributesOf({ userName: 'a', [ENTERPRISE_USER_SCHEMA]: { manager } })).toThrow(
      refusal('invalidValue', ':manager: expected an object, got a list'),
    );
  });

  it.each([{}, { userName: null }, { userName: '' }, { userName: '  ' }])('refuses a user of %j', (body) => {
    expect(() => attributesOf(body)).toThrow(refusal('invalidValue', 'userName is required'));
  });

  it('refuses a group without name', () => {
    expect(() => parseResourceBody(Group, { members: [] })).toThrow(refusal('invalidValue', 'displayName is required'));
  });

  it('refuses a value without a sub-attribute that its schema requires', () => {
    const body = (data: JsonValue) => ({ userName: 'a', [ACME_SCHEMA]: data });
    expect(() => parseResourceBody(acmeUserSchema, body({ devices: [{ model: 'm' }, { serial: 's' }] }))).toThrow(
      refusal('invalidValue', `${ACME_SCHEMA}:devices.model is required`),
    );
    expect(() => parseResourceBody(acmeUserSchema, body({ desk: { room: '1' } }))).toThrow(
      refusal('invalidValue', `${ACME_SCHEMA}:desk.floor is required`),
    );
  });

  it('refuses a resource without an extension that its type requires', () => {
    const type = { ...User.type, extensions: [{ schema: acmeExtension, required: true }] };
    const schema = new ResourceSchema(type);
    expect(() => parseResourceBody(schema, { userName: 'a' })).toThrow(
      refusal('invalidValue', 'must have this extension'),
    );
    expect(parseResourceBody(schema, { userName: 'a', [ACME_SCHEMA]: { level: 1 } }).attributes).toEqual({
      userName: 'a',
      [ACME_SCHEMA]: { level: 1 },
    });
  });

  it('does not ask a client for what the service provides, drops or keeps apart', () => {
    const core = User.type.schema;
    const attributes = [
      ...core.attributes,
      defineAttribute('serial', 'Said by the service.', { required: true, mutability: 'readOnly' }),
      defineAttribute('code', 'Never seen again.', { required: true, mutability: 'writeOnly' }),
      defineAttribute('links', 'Kept apart.', { required: true, keptApart: true, multiValued: true }),
    ];
    const schema = new ResourceSchema({ ...User.type, schema: { ...core, attributes } });
    expect(parseResourceBody(schema, { userName: 'a' }).attributes).toEqual({ userName: 'a' });
  });

  describe('members', () => {
    it('are ids, each once, in their order', () => {
      const given = [{ value: 'b', $ref: null, type: 'User', display: 5 }, { value: 'a' }, { VALUE: 'b' }];
      expect(membersOf(given)).toEqual(['b', 'a']);
    });

    it('are none for null and [], and not said where they are missing', () => {
      expect(membersOf([])).toEqual([]);
      expect(membersOf(null)).toEqual([]);
      expect(parseResourceBody(Group, { displayName: 'G' }).members).toBeUndefined();
    });

    it.each([
      ['x', 'members: expected a list, got a string'],
      [{ value: 'a' }, 'members: expected a list, got an object'],
      [['a'], 'members: expected an object, got a string'],
      [[null], 'members: expected an object, got null'],
      [[{}], 'members.value: expected the id of a member, got none'],
      [[{ value: '' }], 'members.value: expected the id of a member, got none'],
      [[{ value: null }], 'members.value: expected the id of a member, got none'],
      [[{ value: 5 }], 'members.value: expected the id of a member as a string, got a number'],
      [[{ value: 'a\u0000' }], 'members.value holds'],
      [[{ value: 'a'.repeat(MAX_MEMBER_ID_LENGTH + 1) }], `at most ${MAX_MEMBER_ID_LENGTH}`],
    ])('may not be %j', (members, detail) => {
      expect(() => membersOf(members)).toThrow(refusal('invalidValue', detail));
    });

    it('may be more than the values of another attribute', () => {
      expect(membersOf(Array.from({ length: MAX_VALUES + 1 }, (_, i) => ({ value: `m${i}` })))).toHaveLength(
        MAX_VALUES + 1,
      );
    });
  });

  it('is not misled by names of the prototype', () => {
    const body: JsonValue = JSON.parse('{"userName":"a","__proto__":{"title":"x"},"constructor":"y","toString":1}');
    const { attributes } = parseResourceBody(User, body);
    expect(Object.keys(attributes)).toEqual(['userName']);
    expect(attributes['title']).toBeUndefined();
  });
});
