import { describe, expect, it } from 'vitest';
import { compileFilter, compileValueFilter } from '../../../../scim/filter/compile.ts';
import { parseFilter } from '../../../../scim/filter/parser.ts';
import type { JsonObject, JsonValue } from '../../../../scim/json.ts';
import { defineAttribute } from '../../../../scim/schema/common.ts';
import { ResourceSchema } from '../../../../scim/schema/resource-schema.ts';
import type { AttributeDefinition } from '../../../../scim/schema/types.ts';
import { BADGE_URN, CORE_URN, DESK_URN, sampleSchema } from '../../../helpers/sample-schema.ts';

const ada: JsonObject = {
  schemas: [CORE_URN, BADGE_URN],
  id: 'a1',
  externalId: 'Ext-1',
  userName: 'Ada@Example.com',
  active: false,
  name: { givenName: 'Ada', familyName: '' },
  emails: [
    { type: 'work', value: 'ada@work.example', primary: true },
    { type: 'home', value: 'ada@home.example', primary: false },
    { type: 'empty' },
  ],
  nickNames: ['Countess', 'Émilie'],
  photos: [],
  meta: { resourceType: 'User', lastModified: '2024-03-01T12:00:00.000Z' },
  [BADGE_URN]: {
    level: 3,
    weight: 2.5,
    issued: '2024-03-01T12:00:00+01:00',
    print: 'QUJD',
    manager: { value: 'M-1', displayName: 'Boss' },
  },
};

function matches(text: string, resource: JsonObject = ada): boolean {
  return compileFilter(parseFilter(text), sampleSchema)(resource);
}

describe('compileFilter', () => {
  it.each([
    // strings, case-insensitive unless the schema says otherwise
    ['userName eq "ADA@example.COM"', true],
    ['USERNAME eq "ada@example.com"', true],
    ['externalId eq "Ext-1"', true],
    ['externalId eq "ext-1"', false],
    ['userName ne "ada@example.com"', false],
    ['userName ne "x"', true],
    ['userName co "@EX"', true],
    ['userName sw "ada"', true],
    ['userName ew ".com"', true],
    ['userName sw "da"', false],
    ['userName ew "ada"', false],
    ['userName gt "ada"', true],
    ['userName ge "ada@example.com"', true],
    ['userName lt "ADB"', true],
    ['userName le "ada"', false],
    ['nickNames eq "e\u0301milie"', true],
    // booleans, also as the strings that Entra sends
    ['active eq false', true],
    ['active eq "False"', true],
    ['active ne "TRUE"', true],
    ['active eq true', false],
    // numbers
    [`${BADGE_URN}:level eq 3`, true],
    [`${BADGE_URN}:level gt 2.5`, true],
    [`${BADGE_URN}:level ge 3`, true],
    [`${BADGE_URN}:level lt 3`, false],
    [`${BADGE_URN}:weight le 2.5`, true],
    [`${BADGE_URN}:weight ne 2.5`, false],
    // dates, by the clock and not by the text
    [`${BADGE_URN}:issued eq "2024-03-01T11:00:00Z"`, true],
    [`${BADGE_URN}:issued lt "2024-03-01T12:00:00Z"`, true],
    ['meta.lastModified ge "2024-03-01T12:00:00Z"', true],
    ['meta.lastModified gt "2024-03-01T12:00:00Z"', false],
    ['meta.lastModified sw "2024-03-01t"', true],
    // binary
    [`${BADGE_URN}:print eq "QUJD"`, true],
    [`${BADGE_URN}:print eq "qujd"`, false],
    [`${BADGE_URN}:print sw "QU"`, true],
    // presence
    ['userName pr', true],
    ['active pr', true],
    ['name pr', true],
    ['name.familyName pr', false],
    ['photos pr', false],
    ['password eq null', 'refused'],
    [`${DESK_URN}:floor pr`, false],
    ['name.familyName eq null', true],
    ['name eq null', false],
    ['userName ne null', true],
    ['emails.value eq null', false],
    // multi-valued: any value
    ['emails.type eq "home"', true],
    ['emails eq "ada@home.example"', true],
    ['emails.value ne "ada@work.example"', true],
    ['emails.type eq "home" and emails.primary eq true', true],
    ['nickNames eq "countess"', true],
    ['schemas eq "URN:example:params:scim:schemas:extension:badge:2.0:User"', true],
    // value paths: one value
    ['emails[type eq "home" and primary eq true]', false],
    ['emails[type eq "work" and primary eq "True"].value eq "ADA@work.example"', true],
    ['emails[not (type eq "work") and value pr]', true],
    ['emails[type eq "empty" and value ne "x"]', false],
    ['emails[type eq "empty" and value eq null]', true],
    ['emails[type eq "empty"].value eq null', true],
    ['nickNames[value sw "count"]', true],
    [`schemas[value eq "${CORE_URN}"]`, true],
    ['name[givenName eq "ada"]', true],
    // URNs and extensions
    [`${CORE_URN}:userName sw "ada"`, true],
    [`${CORE_URN.toUpperCase()}:emails[type eq "work"]`, true],
    [`${BADGE_URN}:manager eq "M-1"`, true],
    [`${BADGE_URN}:manager.value eq "m-1"`, false],
    [`${BADGE_URN}:manager.displayName eq "boss"`, true],
    ['manager eq "M-1"', true],
    ['manager.value eq "M-1"', true],
    ['level eq 3', true],
    [`${BADGE_URN}:manager.$ref pr`, false],
    // logic
    ['userName eq "x" or active eq false', true],
    ['userName pr and not (active eq false)', false],
    ['not (userName eq "x")', true],
  ] as const)('answers %s with %s', (text, expected) => {
    if (expected === 'refused') expect(() => matches(text)).toThrow();
    else expect(matches(text)).toBe(expected);
  });

  it.each(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])(
    'takes no resource without the attribute for a match of %s',
    (operator) => {
      expect(matches(`userName ${operator} "x"`, {})).toBe(false);
      expect(matches(`name.givenName ${operator} "x"`, {})).toBe(false);
      expect(matches(`manager ${operator} "x"`, {})).toBe(false);
    },
  );

  it.each<[string, JsonObject]>([
    ['userName ne "x"', { userName: 5 }],
    ['userName eq "x"', { userName: { value: 'x' } }],
    ['name.givenName eq "x"', { name: 'x' }],
    ['emails.value ne "x"', { emails: ['x', null] }],
    ['active ne true', { active: 'false' }],
    ['level ne 1', { [BADGE_URN]: { level: '2' } }],
    ['level ne 1', { [BADGE_URN]: [] }],
    ['issued ne "2024-01-01T00:00:00Z"', { [BADGE_URN]: { issued: 'yesterday' } }],
    ['issued ne "2024-01-01T00:00:00Z"', { [BADGE_URN]: { issued: 2024 } }],
    ['userName ne "x"', { userName: null }],
  ])('takes values of another type for no match of %s: %j', (text, resource) => {
    expect(matches(text, resource)).toBe(false);
  });

  it.each<[JsonValue, boolean]>([
    [null, false],
    ['', false],
    [[], false],
    [{}, false],
    [['', null, {}], false],
    [{ value: '' }, false],
    [[{ value: null }, { primary: false }], true],
    [{ value: ['', null] }, false],
    [{ value: ['', 'x'] }, true],
    [false, true],
    [0, true],
    [' ', true],
  ])('finds %j present: %s', (value, expected) => {
    expect(matches('emails pr', { emails: value })).toBe(expected);
    expect(matches('emails eq null', { emails: value })).toBe(!expected);
    expect(matches('emails ne null', { emails: value })).toBe(expected);
  });

  it('orders strings by code point', () => {
    expect(matches('externalId gt "\uFFFD"', { externalId: '\u{1F600}' })).toBe(true);
  });

  it('takes one value for a multi-valued attribute of one', () => {
    expect(matches('emails[type eq "work"]', { emails: { type: 'work' } })).toBe(true);
  });

  it.each([
    ['nothing eq "x"', '"nothing" is no attribute of User'],
    ['name.nothing pr', '"name.nothing" is no attribute of User'],
    ['userName.x pr', '"userName.x" is no attribute of User'],
    ['constructor pr', '"constructor" is no attribute of User'],
    ['floor pr', '"floor" is no attribute of User'],
    [`${BADGE_URN}:nothing pr`, '"nothing" is no attribute of the schema "urn:example:params:scim:schemas:'],
    [`${CORE_URN}:level pr`, '"level" is no attribute of the schema'],
    ['urn:no:such:thing pr', 'User has no schema "urn:no:such", which the filter names before "thing"'],
    ['emails[nothing pr]', '"nothing" is no sub-attribute of "emails"'],
    ['emails[emails.type pr]', '"emails.type" is no sub-attribute of "emails"'],
    [`emails[${CORE_URN}:type pr]`, 'is no sub-attribute of "emails"'],
    ['nickNames[type pr]', '"type" is no sub-attribute of "nickNames"'],
    ['userName[value eq "x"]', '"userName" has but one simple value'],
    ['emails.type[value eq "x"]', '"type" has but one simple value'],
    ['password eq "x"', '"password" cannot be used in a filter'],
    ['password pr', '"password" cannot be used in a filter'],
    ['photos.secret pr', '"photos.secret" cannot be used in a filter'],
    ['photos[secret pr]', '"photos.secret" cannot be used in a filter'],
    ['active gt true', 'Operator gt does not apply to "active", which is of type boolean and takes eq, ne, pr'],
    ['active co "t"', 'Operator co does not apply to "active"'],
    ['emails.primary le true', 'Operator le does not apply to "emails.primary"'],
    ['print lt "x"', 'Operator lt does not apply to "print", which is of type binary and takes eq, ne, co, sw, ew, pr'],
    ['level sw 1', 'Operator sw does not apply to "level", which is of type integer'],
    ['name eq "x"', '"name" is complex and has no value of its own; name a sub-attribute, such as name.givenName'],
    ['photos co "x"', '"photos" is complex and has no value of its own'],
    [
      'userName eq 5',
      '"userName" is of type string: expected a string in double quotes to compare it with, found a number',
    ],
    ['userName co null', 'found null'],
    ['userName gt true', 'found a boolean'],
    ['manager eq 5', '"manager.value" is of type string'],
    ['level eq "3"', '"level" is of type integer: expected a number'],
    ['active eq "yes"', '"active" is of type boolean: expected true or false to compare it with, found another string'],
    ['active eq 1', 'expected true or false'],
    ['issued gt "2024-01-01"', 'expected a date and time such as "2011-05-13T04:42:34Z"'],
    ['issued eq 5', 'expected a date and time'],
    ['issued co 5', 'expected a string'],
    ['print eq 5', 'expected a string'],
  ])('refuses %s before it sees a resource', (text, detail) => {
    expect(() => compileFilter(parseFilter(text), sampleSchema)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidFilter', message: expect.stringContaining(detail) }),
    );
  });

  it('refuses to compare what has neither a value nor a sub-attribute that a filter could name', () => {
    const bare = defineAttribute('bare', 'Complex, of nothing.', { type: 'complex' });
    const nested = defineAttribute('nested', 'Its value is complex, which no schema may say.', {
      type: 'complex',
      subAttributes: [defineAttribute('value', 'Complex.', { type: 'complex' })],
    });
    const { type } = sampleSchema;
    const schema = new ResourceSchema({ ...type, schema: { ...type.schema, attributes: [bare, nested] } });
    expect(() => compileFilter(parseFilter('bare eq 1'), schema)).toThrow(/no value of its own; name a sub-attribute$/);
    expect(() => compileFilter(parseFilter('nested eq 1'), schema)).toThrow(/of type complex and takes pr$/);
  });

  it('repeats no literal in a refusal: it may be personal', () => {
    expect(() => matches('issued eq "ada lovelace"')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('lovelace') }),
    );
  });
});

describe('compileValueFilter', () => {
  const emails = attributeOf('emails');

  function holds(text: string, value: JsonValue, attribute = emails): boolean {
    return compileValueFilter(parseFilter(text), attribute)(value);
  }

  it('asks sub-attributes of one value', () => {
    const value = { type: 'Work', value: 'a', primary: true };
    expect(holds('type eq "work" and primary eq "true"', value)).toBe(true);
    expect(holds('TYPE eq "home" or not (value pr)', value)).toBe(false);
  });

  it('calls the values of a simple attribute "value"', () => {
    expect(holds('value eq "ADA"', 'Ada', attributeOf('nickNames'))).toBe(true);
    expect(holds('Value pr', '', attributeOf('nickNames'))).toBe(false);
  });

  it('takes what is no object for no match', () => {
    expect(holds('type ne "work"', 'work')).toBe(false);
    expect(holds('type eq null', 'work')).toBe(true);
  });

  it.each([
    ['nothing pr', 'emails'],
    ['value gt 5', 'emails'],
    ['type[value pr]', 'emails'],
    ['value pr', 'userName'],
  ])('refuses %s on %s', (text, name) => {
    expect(() => holds(text, {}, attributeOf(name))).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidFilter' }),
    );
  });
});

describe('ResourceSchema.resolveLenient', () => {
  it('finds an extension’s attribute without its URN', () => {
    expect(sampleSchema.resolveLenient({ name: 'MANAGER', subAttribute: 'value' })?.canonical).toBe(
      `${BADGE_URN}:manager.value`,
    );
  });

  it('finds nothing where two extensions have the name, or the URN is wrong', () => {
    expect(sampleSchema.resolveLenient({ name: 'floor' })).toBeUndefined();
    expect(sampleSchema.resolveLenient({ schema: CORE_URN, name: 'manager' })).toBeUndefined();
    expect(sampleSchema.resolveLenient({ schema: DESK_URN, name: 'floor' })?.canonical).toBe(`${DESK_URN}:floor`);
  });

  it('prefers the core attribute', () => {
    expect(sampleSchema.resolveLenient({ name: 'username' })?.canonical).toBe('userName');
    expect(sampleSchema.resolveLenient({ name: 'name', subAttribute: 'value' })).toBeUndefined();
  });
});

function attributeOf(name: string): AttributeDefinition {
  return sampleSchema.findCoreAttribute(name) ?? expect.fail(`no attribute ${name}`);
}
