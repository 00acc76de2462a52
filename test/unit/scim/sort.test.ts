import { describe, expect, it } from 'vitest';
import { toAttributePath } from '../../../scim/filter/attribute-path.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../scim/schema/enterprise-user.ts';
import { createResourceSchemas } from '../../../scim/schema/resource-types.ts';
import { compareSortKeys, createSortKey, resolveSortBy, type SortKey } from '../../../scim/sort.ts';
import { normaliseText } from '../../../scim/text.ts';

const schemas = createResourceSchemas();

function resolve(text: string, type: 'User' | 'Group' = 'User') {
  return resolveSortBy(schemas[type], toAttributePath(text) ?? { name: text });
}

function keyOf(sortBy: string, resource: JsonObject): SortKey | undefined {
  const resolved = resolve(sortBy);
  if (resolved === undefined) throw new Error(`${sortBy} is unknown`);
  return createSortKey(resolved, normaliseText)(resource);
}

describe('resolveSortBy', () => {
  it.each([
    ['USERNAME', 'userName'],
    ['name.familyName', 'name.familyName'],
    ['emails', 'emails.value'],
    ['urn:ietf:params:scim:schemas:core:2.0:User:emails', 'emails.value'],
    [`${ENTERPRISE_USER_SCHEMA}:department`, `${ENTERPRISE_USER_SCHEMA}:department`],
    ['department', `${ENTERPRISE_USER_SCHEMA}:department`],
    ['manager', `${ENTERPRISE_USER_SCHEMA}:manager.value`],
    ['meta.created', 'meta.created'],
    ['schemas', 'schemas'],
  ])('takes %s for %s', (sortBy, canonical) => {
    expect(resolve(sortBy)?.canonical).toBe(canonical);
  });

  it('knows no attribute of another type', () => {
    expect(resolve('shoeSize')).toBeUndefined();
    expect(resolve('userName', 'Group')).toBeUndefined();
    expect(resolve('urn:none:userName')).toBeUndefined();
  });

  it.each([
    ['name', 'User', /"name" is complex.*name\.formatted/],
    ['meta', 'User', /"meta" is complex/],
    ['password', 'User', /"password": it is never returned/],
    ['groups', 'User', /"groups": it is not kept/],
    ['members.value', 'Group', /"members\.value": it is not kept/],
  ] as const)('refuses %s of %s, which has no order', (sortBy, type, detail) => {
    expect(() => resolve(sortBy, type)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidValue', message: expect.stringMatching(detail) }),
    );
  });
});

describe('createSortKey', () => {
  it('folds case unless the attribute is case-exact', () => {
    expect(keyOf('userName', { userName: 'ADA' })).toBe('ada');
    expect(keyOf('externalId', { externalId: 'ADA' })).toBe('ADA');
  });

  it('takes the primary value of a list, or else the first (RFC 7644 §3.4.2.3)', () => {
    const emails = [{ value: 'first@example.com' }, { value: 'second@example.com' }];
    expect(keyOf('emails', { emails })).toBe('first@example.com');
    expect(keyOf('emails', { emails: [...emails, { value: 'third@example.com', primary: true }] })).toBe(
      'third@example.com',
    );
    expect(keyOf('emails.type', { emails: [{ value: 'a' }, { type: 'work' }] })).toBeUndefined();
    expect(keyOf('schemas', { schemas: ['urn:b', 'urn:a'] })).toBe('urn:b');
  });

  it('makes numbers of booleans and dates, so that they sort by what they are', () => {
    expect([false, true].map((active) => keyOf('active', { active }))).toEqual([0, 1]);
    const created = ['2026-01-01T00:00:00+01:00', '2025-12-31T23:30:00Z'];
    const [earlier, later] = created.map((date) => keyOf('meta.created', { meta: { created: date } }));
    expect(compareSortKeys(earlier, later)).toBeLessThan(0);
  });

  it.each<[string, JsonObject]>([
    ['userName', {}],
    ['userName', { userName: '' }],
    ['userName', { userName: null }],
    ['userName', { userName: 7 }],
    ['active', { active: 'true' }],
    ['meta.created', { meta: { created: 'yesterday' } }],
    ['name.familyName', { name: 'x' }],
    ['emails', { emails: [] }],
    [`${ENTERPRISE_USER_SCHEMA}:department`, { department: 'x' }],
  ])('has no data of %s in %j', (sortBy, resource) => {
    expect(keyOf(sortBy, resource)).toBeUndefined();
  });
});

describe('compareSortKeys', () => {
  it('is a total order: numbers, texts by code point, nothing last', () => {
    const ordered = [-1, 0, 2, '', 'A', 'a', 'aa', '\uFFFD', '\u{1F600}', undefined];
    for (const [n, left] of ordered.entries()) {
      for (const [m, right] of ordered.entries()) {
        expect(Math.sign(compareSortKeys(left, right))).toBe(Math.sign(n - m));
      }
    }
  });
});
