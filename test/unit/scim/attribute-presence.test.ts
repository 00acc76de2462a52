import { describe, expect, it } from 'vitest';
import { compilePresence, resolvePathText, toPathText } from '../../../scim/attribute-presence.ts';
import type { JsonObject } from '../../../scim/json.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../scim/schema/enterprise-user.ts';
import { createResourceSchemas } from '../../../scim/schema/resource-types.ts';

const { User } = createResourceSchemas();
const isThere = (path: string, attributes: JsonObject) => compilePresence(resolvePathText(User, path))(attributes);

describe('compilePresence', () => {
  it.each<readonly [string, JsonObject, boolean]>([
    ['displayName', { displayName: 'Ada' }, true],
    ['displayName', { displayName: '  ' }, false],
    ['displayName', {}, false],
    ['active', { active: false }, true],
    ['name.givenName', { name: { givenName: 'Ada' } }, true],
    ['name.givenName', { name: { familyName: 'Lovelace' } }, false],
    ['name', { name: { familyName: 'Lovelace' } }, true],
    ['emails', { emails: [{ value: 'a@example.com' }] }, true],
    ['emails.value', { emails: [{ type: 'work' }] }, false],
    ['emails.value', { emails: [{ type: 'work' }, { value: 'a@example.com' }] }, true],
    ['emails[type eq "work"].value', { emails: [{ type: 'WORK', value: 'a@example.com' }] }, true],
    ['emails[type eq "work"].value', { emails: [{ type: 'home', value: 'a@example.com' }, { type: 'work' }] }, false],
    ['emails[type eq "work"]', { emails: [{ type: 'work' }] }, true],
    [`${ENTERPRISE_USER_SCHEMA}:department`, { [ENTERPRISE_USER_SCHEMA]: { department: 'x' } }, true],
    [`${ENTERPRISE_USER_SCHEMA}:department`, { department: 'x' }, false],
  ])('of %s in %j is %s', (path, attributes, expected) => {
    expect(isThere(path, attributes)).toBe(expected);
  });
});

describe('toPathText', () => {
  it.each([
    ['USERNAME', 'userName'],
    ['Name.GivenName', 'name.givenName'],
    ['Emails[type eq "work"].VALUE', 'emails[type eq "work"].value'],
    ['department', `${ENTERPRISE_USER_SCHEMA}:department`],
  ])('spells %s as %s', (path, expected) => {
    expect(toPathText(resolvePathText(User, path))).toBe(expected);
  });
});
