import { describe, expect, it } from 'vitest';
import { toKeptBody, withSecretsOf } from '../../../../directory/guard/kept-body.ts';
import { toNetChanges } from '../../../../directory/member-changes.ts';
import type { JsonObject, JsonValue } from '../../../../scim/json.ts';
import { applyPatch } from '../../../../scim/patch/apply.ts';
import { parsePatchBody } from '../../../../scim/patch/parse.ts';
import { defineAttribute } from '../../../../scim/schema/common.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';
import type { ResourceTypeName } from '../../../../scim/schema/types.ts';
import { parseResourceBody } from '../../../../scim/validation/resource-body.ts';
import { patchOf } from '../../../helpers/scim-server.ts';

const BADGE = 'urn:example:params:scim:schemas:extension:badge:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const schemas = createResourceSchemas([
  {
    resourceType: 'User',
    schema: {
      id: BADGE,
      name: 'Badge',
      description: 'What opens doors.',
      attributes: [
        defineAttribute('number', 'Printed on it.'),
        defineAttribute('pin', 'Never shown.', { returned: 'never' }),
      ],
    },
  },
]);
const before: JsonObject = {
  userName: 'ada@example.com',
  active: true,
  emails: [{ type: 'work', value: 'ada@work.example' }],
  [BADGE]: { number: '1', pin: '1111' },
};
const [a, b, c] = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`) as [string, string, string];

function keep(type: ResourceTypeName, method: 'PUT' | 'PATCH', body: JsonObject): JsonValue {
  const resource = { User: before, Group: { displayName: 'Engines' } }[type];
  const { memberChanges } =
    method === 'PUT'
      ? { memberChanges: [] }
      : applyPatch(schemas[type], resource, parsePatchBody(schemas[type], body), '1');
  const current = [a, b, c].map((id) => ({ id, type: 'User' }) as const);
  const members = toNetChanges(memberChanges, current);
  const kept = toKeptBody(schemas[type], { method, type, id: '1', body }, { memberChanges, members });
  return kept ?? null;
}

describe('the kept body of a PATCH', () => {
  const apply = (body: JsonValue) =>
    applyPatch(schemas.User, before, parsePatchBody(schemas.User, body), '1').attributes;

  it.each([
    [{ op: 'Replace', path: 'active', value: 'False' }],
    [{ op: 'replace', value: { active: false, 'name.givenName': 'Ada', displayName: 'Ada' } }],
    [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'ada@home.example' }],
    [{ op: 'remove', path: 'emails[type eq "work" and value co "ada"]' }],
    [{ op: 'Add', path: `${ENTERPRISE}:manager`, value: a }],
    [{ op: 'add', value: { [ENTERPRISE]: { department: 'Engines' }, id: '1' } }],
    [{ op: 'replace', path: `${BADGE}:number`, value: '2' }],
  ])('asks for the same: %j', (operation) => {
    const body = patchOf(operation);
    expect(apply(keep('User', 'PATCH', body))).toEqual(apply(body));
  });

  it('has nothing of an attribute that is only written or never returned', () => {
    const active = { op: 'replace', path: 'active', value: false };
    const body = patchOf(
      active,
      { op: 'replace', value: { password: 'secret', [BADGE]: { pin: 'secret' } } },
      { op: 'add', path: `${BADGE}:pin`, value: 'secret' },
    );
    expect(keep('User', 'PATCH', body)).toEqual(patchOf(active));
  });

  it('has of members their ids alone, also of those whom a filter finds', () => {
    const display = 'Ada Lovelace';
    const body = patchOf(
      { op: 'Remove', path: 'members', value: [{ value: a, display }] },
      { op: 'remove', path: `members[value eq "${b}"]` },
      { op: 'remove', path: 'members[not (value eq "x")]' },
      { op: 'add', path: 'members', value: [{ value: c, display }] },
    );
    expect(keep('Group', 'PATCH', body)).toEqual(
      patchOf(
        { op: 'remove', path: 'members', value: [{ value: a }] },
        { op: 'remove', path: 'members', value: [{ value: b }] },
        { op: 'remove', path: 'members', value: [{ value: a }, { value: b }] },
        { op: 'add', path: 'members', value: [{ value: c }] },
      ),
    );
  });
});

describe('the kept body of a PUT', () => {
  it('asks for the same, but for what may not be kept: that stays as it is', () => {
    const body = {
      userName: 'ada@example.com',
      password: 'secret',
      active: false,
      groups: [{ value: a, display: 'Engines' }],
      [BADGE]: { number: '2', pin: 'secret' },
    };
    const kept = keep('User', 'PUT', body);
    expect(kept).toEqual({ userName: 'ada@example.com', active: false, [BADGE]: { number: '2' } });
    const { attributes } = parseResourceBody(schemas.User, kept);
    expect(withSecretsOf(schemas.User, attributes, before)).toEqual({
      ...attributes,
      [BADGE]: { number: '2', pin: '1111' },
    });
  });

  it('has of members their ids alone', () => {
    const body = { displayName: 'Engines', members: [{ value: a, display: 'Ada Lovelace' }] };
    expect(keep('Group', 'PUT', body)).toEqual({ displayName: 'Engines', members: [{ value: a }] });
  });
});
