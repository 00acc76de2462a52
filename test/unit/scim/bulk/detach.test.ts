import { describe, expect, it } from 'vitest';
import { detachReferences } from '../../../../scim/bulk/detach.ts';
import { PATCH_OP_SCHEMA, parsePatchBody } from '../../../../scim/patch/parse.ts';
import { createResourceSchemas } from '../../../../scim/schema/resource-types.ts';

const schemas = createResourceSchemas();
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

describe('detachReferences', () => {
  it('takes the members out that refer, and leaves the others', () => {
    const members = [{ value: 'bulkId:a' }, { value: 'known' }, { value: 'bulkId:b' }];
    const { data, link } = detachReferences(schemas.Group, { displayName: 'G', members }, new Set(['a']));
    expect(data).toEqual({ displayName: 'G', members: [{ value: 'known' }, { value: 'bulkId:b' }] });
    expect(link).toEqual({
      schemas: [PATCH_OP_SCHEMA],
      Operations: [{ op: 'add', path: 'members', value: [{ value: 'bulkId:a' }] }],
    });
  });

  it.each([
    ['an object', { value: 'bulkId:a', displayName: 'A' }],
    ['a bare id', 'bulkId:a'],
  ])("takes an extension's reference out as a whole: %s", (_, manager) => {
    const body = { userName: 'u', [ENTERPRISE.toUpperCase()]: { MANAGER: manager, department: 'R&D' } };
    const { data, link } = detachReferences(schemas.User, body, new Set(['a']));
    expect(data).toEqual({ userName: 'u', [ENTERPRISE.toUpperCase()]: { department: 'R&D' } });
    const value = typeof manager === 'string' ? { value: manager } : manager;
    expect(parsePatchBody(schemas.User, link ?? null)).toMatchObject([{ op: 'add', path: {}, value }]);
  });

  it('drops what a POST ignores', () => {
    const body = { userName: 'u', groups: [{ value: 'bulkId:a' }], robot: 'bulkId:a', [ENTERPRISE]: null };
    expect(detachReferences(schemas.User, body, new Set(['a']))).toEqual({
      data: { userName: 'u', groups: [], [ENTERPRISE]: null },
      link: undefined,
    });
  });
});
