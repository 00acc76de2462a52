import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../scim/json.ts';
import { findSubAttribute } from '../../../../scim/schema/resource-schema.ts';
import type { AttributeDefinition } from '../../../../scim/schema/types.ts';
import { parseAttributeValue } from '../../../../scim/validation/attribute-value.ts';
import { MAX_STRING_LENGTH, MAX_VALUES } from '../../../../scim/validation/limits.ts';
import { ACME_SCHEMA, acmeUserSchema } from '../../../helpers/acme-extension.ts';

function definition(name: string): AttributeDefinition {
  const attribute = acmeUserSchema.findCoreAttribute(name) ?? acmeUserSchema.findExtensionAttribute(ACME_SCHEMA, name);
  if (attribute === undefined) throw new Error(`no attribute ${name}`);
  return attribute;
}

const parse = (name: string, value: JsonValue) => parseAttributeValue(definition(name), value, name);
const refusal = (detail: string | RegExp) =>
  expect.objectContaining({ status: 400, scimType: 'invalidValue', message: expect.stringMatching(detail) });

describe('parseAttributeValue', () => {
  it.each([
    ['userName', 'Ada'],
    ['profileUrl', 'https://ada.example/'],
    ['level', 0],
    ['level', -42],
    ['score', 1.5],
    ['hiredAt', '2026-02-28T23:59:59.5+01:00'],
    ['key', 'AQID'],
    ['key', 'AQ=='],
    ['key', 'AQ'],
    ['key', '_-8'],
    ['tags', ['a', 'b']],
    ['name', { givenName: 'Ada' }],
    [
      'emails',
      [
        { value: 'a@x.example', primary: true },
        { value: 'b@x.example', primary: false },
      ],
    ],
  ])('keeps a fitting value of %s as it is', (name, value) => {
    expect(parse(name, value)).toEqual(value);
  });

  it.each([
    ['userName', 5, 'userName: expected a string, got a number'],
    ['userName', ['a'], 'userName: expected a string, got a list'],
    ['userName', { a: 1 }, 'got an object'],
    ['profileUrl', true, 'profileUrl: expected a URI as a string, got a boolean'],
    ['active', 'yes', 'active: expected true or false, got a string'],
    ['active', 1, 'got a number'],
    ['level', '5', 'level: expected an integer, got a string'],
    ['level', 1.5, 'level: expected an integer between'],
    ['level', 2 ** 53, 'level: expected an integer between'],
    ['score', 1e300, 'score: expected a number between'],
    ['score', Number.POSITIVE_INFINITY, 'score: expected a number between'],
    ['score', 1e-300, 'score: expected a number'],
    ['hiredAt', '2026-02-30T00:00:00Z', 'hiredAt: expected a date and time'],
    ['hiredAt', 'tomorrow', 'hiredAt: expected a date and time'],
    ['hiredAt', 5, 'hiredAt: expected a date and time .* as a string, got a number'],
    ['key', 'a', 'key: expected base64'],
    ['key', 'A===', 'key: expected base64'],
    ['key', 'AQI==', 'key: expected base64'],
    ['key', 'A+_B', 'key: expected base64'],
    ['key', '§', 'key: expected base64'],
    ['tags', 'a', 'tags: expected a list, got a string'],
    ['tags', [5], 'tags: expected a string, got a number'],
    ['name', 'Ada', 'name: expected an object, got a string'],
    ['name', [{}], 'name: expected an object, got a list'],
    ['emails', { value: 'a' }, 'emails: expected a list, got an object'],
    ['emails', ['a@x.example'], 'emails: expected an object, got a string'],
    ['emails', [{ value: 5 }], 'emails.value: expected a string, got a number'],
    [
      'emails',
      [
        { value: 'a', primary: true },
        { value: 'b', primary: 'True' },
      ],
      'emails: more than one value has primary',
    ],
  ])('refuses %s with a value of another type, naming both', (name, value, detail) => {
    expect(() => parse(name, value)).toThrow(refusal(detail));
  });

  it.each([
    ['userName', null],
    ['userName', ''],
    ['active', ''],
    ['level', null],
    ['tags', null],
    ['tags', ''],
    ['tags', []],
    ['tags', [null, '']],
    ['name', {}],
    ['name', { givenName: '', familyName: null }],
    ['name', { shoeSize: 5 }],
    ['emails', [{}, { value: '' }, null]],
  ])('takes %s for unassigned when nothing is in it', (name, value) => {
    expect(parse(name, value)).toBeUndefined();
  });

  it.each([
    ['True', true],
    ['FALSE', false],
    ['true', true],
  ])('reads the boolean %s sent as a string', (text, expected) => {
    expect(parse('active', text)).toBe(expected);
  });

  it('stores minus zero as zero', () => {
    expect(Object.is(parse('level', -0), 0)).toBe(true);
  });

  it('spells sub-attributes as the schema does and leaves out what is unknown, read-only or write-only', () => {
    const device = { SERIAL: 's1', model: 'm', ports: ['a', '', 'a'], code: 'x', seenAt: 5, weight: 3 };
    expect(parse('devices', [device])).toEqual([{ serial: 's1', model: 'm', ports: ['a'] }]);
  });

  it('checks what is only written', () => {
    expect(() => parse('devices', [{ code: 5 }])).toThrow(refusal('devices.code: expected a string'));
  });

  it('keeps one of several equal values, whatever the order of their members', () => {
    const parsed = parse('emails', [
      { value: 'a', type: 'work' },
      { type: 'work', value: 'a' },
      { value: 'a', type: 'home' },
    ]);
    expect(parsed).toEqual([
      { value: 'a', type: 'work' },
      { value: 'a', type: 'home' },
    ]);
  });

  it('refuses a sub-attribute that is there twice in another case', () => {
    expect(() => parse('name', { givenName: 'a', GivenName: 'b' })).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidSyntax' }),
    );
  });

  it.each(['a\u0000b', 'a\u0001b', '\ud800', 'a\udc00b'])('refuses text that cannot be stored: %j', (text) => {
    expect(() => parse('userName', text)).toThrow(refusal('userName holds'));
    expect(() => parse('emails', [{ value: text }])).toThrow(refusal('emails.value holds'));
  });

  it('names the limits on length and number', () => {
    expect(parse('userName', 'a'.repeat(MAX_STRING_LENGTH))).toHaveLength(MAX_STRING_LENGTH);
    expect(() => parse('userName', 'a'.repeat(MAX_STRING_LENGTH + 1))).toThrow(refusal(`at most ${MAX_STRING_LENGTH}`));
    const tags = Array.from({ length: MAX_VALUES + 1 }, (_, i) => `t${i}`);
    expect(parse('tags', tags.slice(1))).toHaveLength(MAX_VALUES);
    expect(() => parse('tags', tags)).toThrow(refusal(`tags would have 1001 values; at most ${MAX_VALUES}`));
  });

  it('never repeats the value', () => {
    const secret = 'Secret-Value';
    expect(() => parse('active', secret)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(secret) }),
    );
  });

  it('does not reach a prototype', () => {
    const value: JsonValue = JSON.parse('{"__proto__": {"givenName": "x"}, "constructor": {"a": 1}}');
    expect(parse('name', value)).toBeUndefined();
    expect(findSubAttribute(definition('name'), '__proto__')).toBeUndefined();
  });
});
