import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../scim/json.ts';
import { PATCH_OP_SCHEMA, parsePatchBody } from '../../../../scim/patch/parse.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../../scim/schema/enterprise-user.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';
import { MAX_PATCH_OPERATIONS } from '../../../../scim/validation/limits.ts';

const { User, Group } = createResourceSchemas();
const message = (...Operations: JsonValue[]): JsonValue => ({ schemas: [PATCH_OP_SCHEMA], Operations });
const parse = (...operations: JsonValue[]) => parsePatchBody(User, message(...operations));
const refusal = (scimType: string, detail: string) =>
  expect.objectContaining({ status: 400, scimType, message: expect.stringContaining(detail) });

describe('parsePatchBody', () => {
  it('reads the operations of a message', () => {
    expect(
      parse({ op: 'add', path: 'title', value: 'Lead' }, { op: 'remove', path: 'emails[type eq "work"]' }),
    ).toEqual([
      { op: 'add', path: { attribute: { name: 'title' } }, value: 'Lead' },
      {
        op: 'remove',
        path: {
          attribute: { name: 'emails' },
          valueFilter: { kind: 'compare', path: { name: 'type' }, operator: 'eq', value: 'work' },
        },
      },
    ]);
  });

  it('reads the names of members, the URN and the operation in any case', () => {
    const body = {
      Schemas: [PATCH_OP_SCHEMA.toUpperCase()],
      operations: [{ OP: 'REPLACE', Path: 'title', Value: 'x' }],
    };
    expect(parsePatchBody(User, body)).toEqual([{ op: 'replace', path: { attribute: { name: 'title' } }, value: 'x' }]);
  });

  it.each([
    [null, 'expected a PatchOp message as an object, got null'],
    [[], 'got a list'],
    [{ Operations: [{ op: 'remove', path: 'title' }] }, 'schemas: expected a list with'],
    [{ schemas: PATCH_OP_SCHEMA, Operations: [] }, 'schemas: expected a list with'],
    [{ schemas: [5, 'x'], Operations: [] }, 'schemas: expected a list with'],
    [{ schemas: [PATCH_OP_SCHEMA] }, 'Operations: expected a list of at least one operation, got nothing'],
    [{ schemas: [PATCH_OP_SCHEMA], Operations: [] }, 'Operations: expected a list of at least one'],
    [{ schemas: [PATCH_OP_SCHEMA], Operations: {} }, 'got an object'],
    [{ schemas: [PATCH_OP_SCHEMA], Operations: [], operations: [] }, 'Operations is there twice'],
    [message('add'), 'expected each operation as an object, got a string'],
    [message({ path: 'title', value: 'x' }), 'op: expected "add", "replace" or "remove", got nothing'],
    [message({ op: 5, path: 'title' }), 'got a number'],
    [message({ op: 'move', path: 'title' }), 'got "move"'],
    [message({ op: 'add', Op: 'add', path: 'title' }), 'op is there twice'],
  ])('refuses the message %j', (body, detail) => {
    expect(() => parsePatchBody(User, body)).toThrow(refusal('invalidSyntax', detail));
  });

  it('names the limit on operations', () => {
    const operation = { op: 'add', path: 'title', value: 'x' };
    const most = Array.from({ length: MAX_PATCH_OPERATIONS }, () => operation);
    expect(parse(...most)).toHaveLength(MAX_PATCH_OPERATIONS);
    expect(() => parse(...most, operation)).toThrow(refusal('invalidSyntax', `at most ${MAX_PATCH_OPERATIONS}`));
  });

  it.each([
    [{ op: 'replace', path: 'shoeSize', value: 1 }, 'invalidPath', 'path "shoeSize" names no attribute of a User'],
    [{ op: 'replace', path: 'name.shoeSize', value: 1 }, 'invalidPath', '"name.shoeSize"'],
    [{ op: 'replace', path: 'urn:x:y:title', value: 1 }, 'invalidPath', '"urn:x:y:title"'],
    [{ op: 'replace', path: `${ENTERPRISE_USER_SCHEMA}:shoeSize`, value: 1 }, 'invalidPath', 'User:shoeSize'],
    [{ op: 'remove', path: 'members', value: [] }, 'invalidPath', '"members"'],
    [{ op: 'replace', path: 'name[givenName eq "x"].familyName', value: 1 }, 'invalidPath', 'has a single value'],
    [{ op: 'replace', path: '', value: 1 }, 'invalidPath', ''],
    [{ op: 'replace', path: 'a b', value: 1 }, 'invalidPath', ''],
    [{ op: 'replace', path: 5, value: 1 }, 'invalidPath', 'path: expected a string, got a number'],
    [{ op: 'replace', path: 'emails[type eq]', value: 1 }, 'invalidFilter', ''],
    [{ op: 'remove' }, 'noTarget', 'remove needs a path'],
    [{ op: 'remove', path: null, value: { title: 'x' } }, 'noTarget', 'remove needs a path'],
    [{ op: 'remove', path: User.type.schema.id }, 'noTarget', 'remove needs a path'],
    [{ op: 'add', path: 'title' }, 'invalidValue', 'add needs a value'],
    [{ op: 'replace' }, 'invalidValue', 'replace needs a value'],
    [{ op: 'replace', value: 'x' }, 'invalidValue', 'expected an object of attributes'],
    [{ op: 'replace', value: null }, 'invalidValue', 'expected an object of attributes'],
    [{ op: 'replace', value: [{ title: 'x' }] }, 'invalidValue', 'got a list'],
    [{ op: 'replace', value: {} }, 'invalidValue', 'at least one attribute'],
    [{ op: 'replace', value: { shoeSize: 1 } }, 'invalidPath', '"shoeSize"'],
    [{ op: 'replace', value: { [ENTERPRISE_USER_SCHEMA]: { shoeSize: 1 } } }, 'invalidPath', 'User:shoeSize'],
    [{ op: 'replace', value: { [ENTERPRISE_USER_SCHEMA]: 'x' } }, 'invalidValue', 'expected an object, got a string'],
    [{ op: 'replace', path: ENTERPRISE_USER_SCHEMA, value: [] }, 'invalidValue', 'expected an object, got a list'],
  ])('refuses the operation %j', (operation, scimType, detail) => {
    expect(() => parse(operation)).toThrow(refusal(scimType, detail));
  });

  it('leaves an id without path for the engine to compare', () => {
    expect(parsePatchBody(Group, message({ op: 'replace', value: { id: 'g1', displayName: 'G' } }))).toEqual([
      { op: 'replace', value: { id: 'g1' } },
      { op: 'replace', path: { attribute: { name: 'displayName' } }, value: 'G' },
    ]);
  });

  it('is not misled by names of the prototype', () => {
    for (const text of ['{"__proto__":{"title":"x"}}', '{"constructor":1}', '{"__proto__.title":"x"}']) {
      expect(() => parse({ op: 'add', value: JSON.parse(text) })).toThrow(expect.objectContaining({ status: 400 }));
    }
  });
});
