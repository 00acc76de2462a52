import { describe, expect, it } from 'vitest';
import { findReferences, findTexts, replaceReferences } from '../../../../scim/bulk/references.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const toId = (bulkId: string) => `id of ${bulkId}`;

describe('replaceReferences', () => {
  it('replaces them wherever a value may stand', () => {
    const data = {
      members: [{ value: 'bulkId:a', type: 'User' }, { value: 'known' }],
      manager: 'bulkId:b',
      [ENTERPRISE]: { manager: { value: 'bulkId:c', $ref: null } },
      'urn:example:Robot': { owners: ['bulkId:d'], count: 3, active: true },
    };
    expect(replaceReferences(data, toId)).toEqual({
      members: [{ value: 'id of a', type: 'User' }, { value: 'known' }],
      manager: 'id of b',
      [ENTERPRISE]: { manager: { value: 'id of c', $ref: null } },
      'urn:example:Robot': { owners: ['id of d'], count: 3, active: true },
    });
  });

  it('replaces them in the filter of a PATCH path, and nothing else of the path', () => {
    const pathOf = (path: string) => replaceReferences({ Operations: [{ op: 'remove', path }] }, toId);
    expect(pathOf('members[value eq "bulkId:a" or value eq "bulkId:b"]')).toEqual({
      Operations: [{ op: 'remove', path: 'members[value eq "id of a" or value eq "id of b"]' }],
    });
    expect(pathOf('members[value eq "bulkId:say \\"x\\""]')).toEqual({
      Operations: [{ op: 'remove', path: 'members[value eq "id of say \\"x\\""]' }],
    });
    for (const path of ['bulkId:a', 'emails[type eq "work"].value', 'members[value eq "bulkId:\\q"]', '"']) {
      expect(pathOf(path)).toEqual({ Operations: [{ op: 'remove', path }] });
    }
  });

  it('leaves alone what only looks like one', () => {
    const text = '{"a":"bulkid:x","b":"see bulkId:x","bulkId:x":1,"__proto__":null}';
    expect(JSON.stringify(replaceReferences(JSON.parse(text), toId))).toBe(text);
  });
});

describe('findReferences', () => {
  it('names each bulkId once', () => {
    const data = { members: [{ value: 'bulkId:a' }, { value: 'bulkId:b' }], x: ['bulkId:a'] };
    expect([...findReferences(data)]).toEqual(['a', 'b']);
  });
});

describe('findTexts', () => {
  it('names what data may mention', () => {
    const data = { Operations: [{ path: 'members[value eq "u1"]', value: { value: 'u2' } }] };
    expect([...findTexts(data)]).toEqual(['u1', 'u2']);
  });
});
