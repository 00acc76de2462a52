import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../scim/json.ts';
import { applyPatch } from '../../../../scim/patch/apply.ts';
import { parsePatchBody } from '../../../../scim/patch/parse.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../../scim/schema/enterprise-user.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';
import { readDocumentedBody } from '../../../helpers/documented-requests.ts';

const { User } = createResourceSchemas();
const ada: JsonObject = {
  userName: 'ada@contoso.example',
  name: { givenName: 'Ada', familyName: 'L' },
  emails: [{ type: 'work', value: 'ada@contoso.example' }],
};

function patch(body: JsonValue): JsonObject {
  return applyPatch(User, ada, parsePatchBody(User, body), 'u1').attributes;
}

function replace(value: JsonValue): JsonObject {
  return patch({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', value }],
  });
}

describe('Entra with flag', () => {
  it('reads dotted and URN keys as paths, and never stores such a key', () => {
    expect(patch(readDocumentedBody('entra/flagged-user-update', 'attributes folded into one value'))).toEqual({
      userName: 'ada@contoso.example',
      displayName: 'Ada M',
      name: { givenName: 'Ada', familyName: 'M' },
      emails: [{ type: 'work', value: 'am@contoso.example' }],
      active: false,
      [ENTERPRISE_USER_SCHEMA]: { department: 'Ops' },
    });
  });

  it('takes an extension as a whole', () => {
    expect(patch(readDocumentedBody('entra/flagged-user-update', 'an extension as a whole'))).toEqual({
      ...ada,
      title: 'Lead',
      [ENTERPRISE_USER_SCHEMA]: { department: 'Ops', costCenter: '4711' },
    });
  });

  it('applies keys in their order', () => {
    expect(replace({ 'name.familyName': 'M', name: { familyName: 'N' }, 'name.givenName': 'B' })['name']).toEqual({
      givenName: 'B',
      familyName: 'N',
    });
  });

  it('takes a value path and a bare manager as keys', () => {
    const patched = replace({
      'emails[type eq "work"].value': 'x@y.example',
      [ENTERPRISE_USER_SCHEMA]: { manager: 'm' },
    });
    expect(patched).toMatchObject({
      emails: [{ type: 'work', value: 'x@y.example' }],
      [ENTERPRISE_USER_SCHEMA]: { manager: { value: 'm' } },
    });
  });

  it('takes the core attributes under the URN of their schema', () => {
    expect(replace({ [User.type.schema.id]: { title: 'Lead' }, [`${User.type.schema.id}:nickName`]: 'A' })).toEqual({
      ...ada,
      title: 'Lead',
      nickName: 'A',
    });
  });

  it.each(['name.shoeSize', 'urn:ietf:params:scim:schemas:extension:none:2.0:User', 'emails[', 'a..b'])(
    'refuses the key %s, which is no path of a user',
    (key) => {
      expect(() => replace({ title: 'x', [key]: 'y' })).toThrow(expect.objectContaining({ status: 400 }));
    },
  );
});
