import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../scim/json.ts';
import { applyPatch } from '../../../../scim/patch/apply.ts';
import { PATCH_OP_SCHEMA, parsePatchBody } from '../../../../scim/patch/parse.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';

const { Group } = createResourceSchemas();
const sales: JsonObject = { displayName: 'Sales' };

function patch(...operations: JsonValue[]) {
  const body = { schemas: [PATCH_OP_SCHEMA], Operations: operations };
  return applyPatch(Group, sales, parsePatchBody(Group, body), 'g1');
}

const refusal = (scimType: string, detail = '') =>
  expect.objectContaining({ status: 400, scimType, message: expect.stringContaining(detail) });

describe('a PATCH of members', () => {
  it.each<[JsonValue, JsonValue]>([
    [
      { op: 'add', path: 'members', value: [{ value: 'a' }, { value: 'b' }, { value: 'a' }] },
      [{ kind: 'add', ids: ['a', 'b'] }],
    ],
    [{ op: 'add', path: 'members', value: { value: 'a' } }, [{ kind: 'add', ids: ['a'] }]],
    [{ op: 'add', path: 'members', value: [] }, []],
    [{ op: 'add', path: 'members', value: null }, []],
    [{ op: 'add', path: 'members', value: '' }, []],
    [{ op: 'replace', path: 'members', value: [{ value: 'a' }] }, [{ kind: 'clear' }, { kind: 'add', ids: ['a'] }]],
    [{ op: 'replace', path: 'members', value: [] }, [{ kind: 'clear' }]],
    [{ op: 'replace', value: { members: null } }, [{ kind: 'clear' }]],
    [{ op: 'remove', path: 'members' }, [{ kind: 'clear' }]],
    [{ op: 'remove', path: 'members', value: null }, [{ kind: 'clear' }]],
    [{ op: 'remove', path: 'members', value: [] }, []],
    [{ op: 'remove', path: 'members', value: { value: 'a' } }, [{ kind: 'remove', ids: ['a'] }]],
    [{ op: 'Remove', path: 'members', value: [{ value: 'a' }, { value: 'b' }] }, [{ kind: 'remove', ids: ['a', 'b'] }]],
    [{ op: 'remove', path: 'members[value eq "a"]' }, [{ kind: 'remove', ids: ['a'] }]],
    [{ op: 'replace', path: 'members[value eq "a"]', value: null }, [{ kind: 'remove', ids: ['a'] }]],
    [
      { op: 'remove', path: 'members[VALUE eq "a" or (value eq "b" or value eq "a")]' },
      [{ kind: 'remove', ids: ['a', 'b'] }],
    ],
    [{ op: 'remove', path: 'members[value eq ""]' }, [{ kind: 'remove', ids: [] }]],
  ])('%j asks for %j', (operation, expected) => {
    expect(patch(operation)).toEqual({ attributes: sales, memberChanges: expected });
  });

  it('leaves to the directory what cannot be told from the filter', () => {
    for (const filter of ['type eq "Group"', 'value sw "a"', 'value eq "a" or type eq "User"', 'not (value eq "a")']) {
      expect(patch({ op: 'remove', path: `members[${filter}]` }).memberChanges).toMatchObject([
        { kind: 'removeMatching' },
      ]);
    }
  });

  it('keeps the order of the operations, and the attributes that it does not change', () => {
    const { attributes, memberChanges } = patch(
      { op: 'remove', path: 'members' },
      { op: 'add', path: 'members', value: [{ value: 'a' }] },
      { op: 'replace', path: 'displayName', value: 'Sales EU' },
      { op: 'remove', path: 'members[value eq "a"]' },
    );
    expect(memberChanges).toEqual([{ kind: 'clear' }, { kind: 'add', ids: ['a'] }, { kind: 'remove', ids: ['a'] }]);
    expect(attributes).toEqual({ displayName: 'Sales EU' });
    expect(patch({ op: 'remove', path: 'members' }).attributes).toBe(sales);
  });

  it.each([
    [{ op: 'add', path: 'members', value: ['a'] }, 'invalidValue', 'members: expected an object'],
    [{ op: 'add', path: 'members', value: [{}] }, 'invalidValue', 'expected the id of a member'],
    [{ op: 'remove', path: 'members', value: '' }, 'invalidValue', 'members: expected an object'],
    [{ op: 'remove', path: 'members', value: [{ value: '' }] }, 'invalidValue', 'expected the id of a member'],
    [{ op: 'remove', path: 'members[shoeSize eq 5]' }, 'invalidFilter', 'shoeSize'],
    [{ op: 'remove', path: 'members[value eq 5]' }, 'invalidFilter', 'value'],
    [{ op: 'remove', path: 'members[value eq "a"].type' }, 'mutability', 'members.type is immutable'],
    [{ op: 'replace', path: 'members.value', value: 'a' }, 'mutability', 'members.value is immutable'],
    [{ op: 'replace', path: 'members[value eq "a"]', value: { value: 'b' } }, 'mutability', 'a member is immutable'],
    [{ op: 'add', path: 'members[value eq "a"]', value: { value: 'a' } }, 'mutability', 'a member is immutable'],
  ])('refuses %j', (operation, scimType, detail) => {
    expect(() => patch(operation)).toThrow(refusal(scimType, detail));
  });

  it('tells the ids of a thousand operands', () => {
    const value = Array.from({ length: 5000 }, (_, i) => ({ value: `m${i}` }));
    expect(patch({ op: 'Remove', path: 'members', value }).memberChanges).toEqual([
      { kind: 'remove', ids: value.map((entry) => entry.value) },
    ]);
  });
});
