import { describe, expect, it } from 'vitest';
import type { TenantSettings } from '../../../directory/context.ts';
import { toValidSettings } from '../../../directory/lifecycle/settings-rules.ts';
import { TenantItemSchema } from '../../../directory/store/tenant-items.ts';
import { STANDARD_REQUIRED_ATTRIBUTES } from '../../../lambda/contract/admin-messages.ts';
import { ENTERPRISE_USER_SCHEMA } from '../../../scim/schema/enterprise-user.ts';
import { createResourceSchemas } from '../../../scim/schema/resource-types.ts';

const schemas = createResourceSchemas();
const defaults: TenantSettings = TenantItemSchema.shape.settings.parse({});
const check = (changes: Partial<TenantSettings>, before: Partial<TenantSettings> = {}) =>
  toValidSettings(schemas, { ...defaults, ...before }, changes);

describe('the settings about users', () => {
  it('are kept in the spelling of the schemas, each path once', () => {
    expect(
      check({
        requiredAttributes: ['USERNAME', 'userName', 'department'],
        locallyOwned: ['Title', 'name.middlename'],
        eventAttributes: ['EMAILS', 'members', ENTERPRISE_USER_SCHEMA.toLowerCase(), '*'],
      }),
    ).toEqual({
      requiredAttributes: ['userName', `${ENTERPRISE_USER_SCHEMA}:department`],
      locallyOwned: ['title', 'name.middleName'],
      eventAttributes: ['emails', 'members', ENTERPRISE_USER_SCHEMA, '*'],
    });
  });

  it('know the standard preset', () => {
    const { requiredAttributes } = check({ requiredAttributes: [...STANDARD_REQUIRED_ATTRIBUTES] });
    expect(requiredAttributes).toEqual(STANDARD_REQUIRED_ATTRIBUTES);
  });

  it('are valid as a tenant has them at first, and leave what is not named', () => {
    expect(check({ ...defaults })).toEqual(defaults);
    expect(check({})).toEqual({});
  });

  it.each<readonly [string, Partial<TenantSettings>, RegExp]>([
    ['an unknown attribute', { requiredAttributes: ['shoeSize'] }, /requiredAttributes: "shoeSize"/],
    ['a malformed path', { requiredAttributes: ['emails[type eq'] }, /requiredAttributes: "emails\[type eq"/],
    ['an unknown sub-attribute in a filter', { requiredAttributes: ['emails[kind eq "x"].value'] }, /kind/],
    ['what is read-only', { requiredAttributes: ['groups'] }, /groups cannot be set/],
    ['what is not kept', { locallyOwned: ['password'] }, /password cannot be set/],
    ['the matching attribute as locally owned', { locallyOwned: ['userName'] }, /userName is always/],
    ['whether one may enter as locally owned', { locallyOwned: ['active'] }, /active is always/],
    ['a part of a list as locally owned', { locallyOwned: ['emails.value'] }, /name emails, which/],
    ['selected values as locally owned', { locallyOwned: ['emails[type eq "work"]'] }, /name emails, which/],
    ['an unknown attribute in events', { eventAttributes: ['shoeSize'] }, /eventAttributes: "shoeSize"/],
    ['a default that no schema has', { createDefaults: { shoeSize: 42 } }, /"shoeSize" is not as a User has it/],
    ['a default in another spelling', { createDefaults: { Locale: 'en' } }, /"Locale"/],
    ['a default of the wrong type', { createDefaults: { active: 'perhaps' } }, /createDefaults: active/],
    ['a default for whether one may enter', { createDefaults: { active: false } }, /active is always the identity/],
    ['a default for what is one user’s', { createDefaults: { userName: 'x' } }, /userName differs from user to user/],
  ])('refuse %s', (_what, changes, message) => {
    expect(() => check(changes)).toThrow(
      expect.objectContaining({ code: 'invalid', message: expect.stringMatching(message) }),
    );
  });

  it.each([
    ['title', 'title'],
    ['name', 'name.givenName'],
    ['emails', 'emails[type eq "work"].value'],
  ])('refuse to have %s locally owned where %s is required, whichever was set first', (owned, required) => {
    const refused = expect.objectContaining({ code: 'invalid', message: expect.stringContaining('one of the two') });
    expect(() => check({ locallyOwned: [owned] }, { requiredAttributes: [required] })).toThrow(refused);
    expect(() => check({ requiredAttributes: [required] }, { locallyOwned: [owned] })).toThrow(refused);
    expect(() => check({ requiredAttributes: ['nickName'] }, { locallyOwned: [owned] })).not.toThrow();
  });
});
