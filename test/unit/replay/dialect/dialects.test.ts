import { describe, expect, it } from 'vitest';
import { toAddMembers, toMemberCheck, toRemoveMembers } from '../../../../replay/dialect/member-patch.ts';
import { toManagerCheck, toSetManager, toUnsetManager } from '../../../../replay/dialect/reference-patch.ts';
import { type AttributeChange, toUserPatch } from '../../../../replay/dialect/user-patch.ts';
import { ENTERPRISE_USER, MANAGER, parseTarget } from '../../../../replay/mapping/target.ts';

const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];

function change(path: string, value: string | boolean, replaces = true): AttributeChange {
  return { target: parseTarget(path), value, replaces };
}

const changes = [
  change('displayName', 'Ada M'),
  change('emails[type eq "work"].value', 'am@contoso.example'),
  change('phoneNumbers[type eq "mobile"].value', '55555550100', false),
  change('name.familyName', 'M'),
  change(`${ENTERPRISE_USER}:department`, 'Ops', false),
  change('active', false),
];

describe('toUserPatch', () => {
  it('writes an operation for each attribute, capitals and text booleans without the flag', () => {
    expect(toUserPatch(changes, 'unflagged', false)).toEqual({
      schemas,
      Operations: [
        { op: 'Replace', path: 'displayName', value: 'Ada M' },
        { op: 'Replace', path: 'emails[type eq "work"].value', value: 'am@contoso.example' },
        { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '55555550100' },
        { op: 'Replace', path: 'name.familyName', value: 'M' },
        { op: 'Add', path: `${ENTERPRISE_USER}:department`, value: 'Ops' },
        { op: 'Replace', path: 'active', value: 'False' },
      ],
    });
  });

  it('folds single-valued attributes under dotted and URN keys with the flag', () => {
    expect(toUserPatch(changes, 'flagged', false)).toEqual({
      schemas,
      Operations: [
        { op: 'replace', path: 'emails[type eq "work"].value', value: 'am@contoso.example' },
        { op: 'add', path: 'phoneNumbers[type eq "mobile"].value', value: '55555550100' },
        { op: 'add', value: { [`${ENTERPRISE_USER}:department`]: 'Ops' } },
        { op: 'replace', value: { displayName: 'Ada M', 'name.familyName': 'M', active: false } },
      ],
    });
  });

  it('writes booleans as text in either dialect where the mapping makes text of them', () => {
    expect(toUserPatch([change('active', true)], 'flagged', true)).toEqual({
      schemas,
      Operations: [{ op: 'replace', value: { active: 'True' } }],
    });
  });
});

describe('toSetManager and toUnsetManager', () => {
  it('take turns with the shapes that occur', () => {
    const shapes = (['unflagged', 'flagged'] as const).flatMap((dialect) =>
      [0, 1].map((turn) => toSetManager('m1', dialect, turn, 'https://x.example/scim/v2')['Operations']),
    );
    expect(shapes).toEqual([
      [{ op: 'Add', path: MANAGER, value: 'm1' }],
      [{ op: 'Add', path: 'manager', value: [{ $ref: 'https://x.example/scim/v2/Users/m1', value: 'm1' }] }],
      [{ op: 'replace', path: MANAGER, value: { value: 'm1' } }],
      [{ op: 'add', path: MANAGER, value: 'm1' }],
    ]);
    expect([0, 1].map((turn) => toUnsetManager('flagged', turn)['Operations'])).toEqual([
      [{ op: 'replace', path: MANAGER, value: '' }],
      [{ op: 'replace', path: MANAGER, value: { value: '' } }],
    ]);
  });

  it('ask for the manager by its short path, its URN and its value', () => {
    expect([0, 1, 2].map((turn) => toManagerCheck('u', 'm', turn))).toEqual([
      'id eq "u" and manager eq "m"',
      `id eq "u" and ${MANAGER} eq "m"`,
      `id eq "u" and ${MANAGER}.value eq "m"`,
    ]);
  });
});

describe('toAddMembers and toRemoveMembers', () => {
  it('write a list with null references without the flag', () => {
    const value = [{ $ref: null, value: 'u1' }];
    expect(toAddMembers(['u1'], 'unflagged')['Operations']).toEqual([{ op: 'Add', path: 'members', value }]);
    expect(toRemoveMembers(['u1'], 'unflagged')['Operations']).toEqual([{ op: 'Remove', path: 'members', value }]);
  });

  it('write a value path for each removal with the flag', () => {
    expect(toRemoveMembers(['u1', 'u2'], 'flagged')['Operations']).toEqual([
      { op: 'remove', path: 'members[value eq "u1"]' },
      { op: 'remove', path: 'members[value eq "u2"]' },
    ]);
  });

  it('write one operation with all or an operation for each', () => {
    expect(toAddMembers(['u1', 'u2'], 'flagged', 'oneOperation')['Operations']).toEqual([
      { op: 'add', path: 'members', value: [{ value: 'u1' }, { value: 'u2' }] },
    ]);
    expect(toAddMembers(['u1', 'u2'], 'flagged', 'manyOperations')['Operations']).toHaveLength(2);
  });

  it('ask for a membership in either order', () => {
    expect([0, 1].map((turn) => toMemberCheck('g', 'u', turn))).toEqual([
      'id eq "g" and members eq "u"',
      'members eq "u" and id eq "g"',
    ]);
  });
});
